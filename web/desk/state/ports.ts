/** What does the desk need from outside? The pages wire these to the server, the gallery to fixtures. */
import type { ReadonlySignal } from "@preact/signals";
import type {
  AgentMe, Call, Channel, Context, Disposition, Event, HistoryItem, Instant, Intent, Interaction, RunView, Uuid,
} from "../../sdk/types.ts";

/** The requests of an agent. A refusal is thrown as an error whose message can be shown. */
export interface DeskApi {
  dispositions(): Promise<Disposition[]>;
  setPresence(intent: Intent): Promise<unknown>;
  interaction(id: Uuid): Promise<Interaction>;
  context(id: Uuid): Promise<Context>;
  run(id: Uuid): Promise<RunView>;
  history(customer: Uuid): Promise<HistoryItem[]>;
  accept(id: Uuid): Promise<unknown>;
  decline(id: Uuid, reason: string): Promise<unknown>;
  setChannel(id: Uuid, channel: Channel): Promise<unknown>;
  note(id: Uuid, text: string): Promise<unknown>;
  handBack(id: Uuid, step: string | null): Promise<unknown>;
  end(id: Uuid): Promise<unknown>;
  wrapUp(id: Uuid, disposition: string, note: string): Promise<unknown>;
  endCall(call: Uuid): Promise<unknown>;
}

/** A reply that the server has not confirmed; `refused` says why it never will be. */
export interface Unsent { cmid: Uuid; text: string; at: Instant; refused: string | null }

/** One customer's log as this page has it. */
export interface Conversation {
  readonly events: ReadonlySignal<readonly Event[]>;
  readonly unsent: ReadonlySignal<readonly Unsent[]>;
  /** The first tail has come. */
  readonly loaded: ReadonlySignal<boolean>;
  /** The name of who is typing at the moment. */
  readonly typing: ReadonlySignal<string | null>;
  send(text: string): void;
  typed(): void;
  close(): void;
}

/** `live`: all is well. `reconnecting`: on its way back. `offline`: this computer has no network. */
export type Link = "connecting" | "live" | "reconnecting" | "offline";

export interface DeskLive {
  readonly me: ReadonlySignal<AgentMe | null>;
  readonly link: ReadonlySignal<Link>;
  open(conversation: Uuid): Conversation;
  stop(): void;
}

/** How well picture and sound arrive; `rtt` in milliseconds. */
export interface LinkQuality { grade: "good" | "fair" | "poor"; rtt: number | null }

/** Why the agent's own microphone or camera is not there: each has its own sentence. */
export type DeviceTrouble = "denied" | "none" | "busy";

/** The agent's end of one call. */
export interface DeskCall {
  readonly remote: ReadonlySignal<MediaStream | null>;
  readonly local: ReadonlySignal<MediaStream | null>;
  readonly quality: ReadonlySignal<LinkQuality | null>;
  readonly microphone: ReadonlySignal<boolean>;
  readonly camera: ReadonlySignal<boolean>;
  readonly trouble: ReadonlySignal<DeviceTrouble | null>;
  /** The newest state of the call from the server. */
  update(call: Call): void;
  setMicrophone(on: boolean): void;
  setCamera(on: boolean): void;
  close(): void;
}

export type MakeCall = (call: Call) => DeskCall;
