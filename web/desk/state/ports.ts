/** What does the desk need from outside? The pages wire these to the server, the gallery to fixtures. */
import type { ReadonlySignal } from "@preact/signals";
import type { CallView } from "../../sdk/call-side.ts";
import type {
  AgentMe, Call, Channel, Context, ContextChange, Disposition, Event, HistoryItem, Instant, Intent, Interaction, KnownFact, RunView, Uuid,
} from "../../sdk/types.ts";

/** The requests of an agent. A refusal is thrown as an error whose message can be shown. */
export interface DeskApi {
  dispositions(): Promise<Disposition[]>;
  setPresence(intent: Intent): Promise<unknown>;
  interaction(id: Uuid): Promise<Interaction>;
  context(id: Uuid): Promise<Context>;
  run(id: Uuid): Promise<RunView>;
  history(customer: Uuid): Promise<HistoryItem[]>;
  facts(customer: Uuid): Promise<KnownFact[]>;
  /** What was said in another conversation of the customer. */
  log(conversation: Uuid): Promise<Event[]>;
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
  /** The name of who is typing at the moment. */
  readonly typing: ReadonlySignal<string | null>;
  /** The newest change of what the customer's app shows. */
  readonly shown: ReadonlySignal<ContextChange | null>;
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

/** The agent's end of one call. */
export interface DeskCall {
  readonly view: ReadonlySignal<CallView>;
  /** The newest state of the call from the server. */
  update(call: Call): void;
  mute(muted: boolean): void;
  camera(on: boolean): void;
  /** Only this page stops taking part; the call itself goes on. */
  close(): void;
}

export type MakeCall = (call: Call) => DeskCall;
