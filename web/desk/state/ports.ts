/** What does the desk need from outside? The pages wire these to the server, the gallery to fixtures. */
import type { ReadonlySignal } from "@preact/signals";
import type { CallView } from "../../sdk/call-side.ts";
import type {
  AgentMe, AskQuestion, Call, CannedReply, Channel, Context, ContextChange, Disposition, Event, FileRef, FlowInsight, HistoryItem, Mark, Instant, Intent, Interaction, KnownFact, RepeatedQuestions, Role, RunView, Target, Targets, Uuid, VersionInsight,
} from "../../sdk/types.ts";

/** The requests of an agent. A refusal is thrown as an error whose message can be shown. */
export interface DeskApi {
  /** Those of one queue, or of any. */
  dispositions(queue?: string): Promise<Disposition[]>;
  cannedReplies(): Promise<CannedReply[]>;
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
  /** Ask the customer whether everything is solved. */
  close(id: Uuid): Promise<unknown>;
  keepOpen(id: Uuid): Promise<unknown>;
  /** Without asking. */
  end(id: Uuid): Promise<unknown>;
  wrapUp(id: Uuid, disposition: string, note: string): Promise<unknown>;
  endCall(call: Uuid): Promise<unknown>;
  /** These three are for leads: about runs that began, and questions asked, in the last days. */
  flowsInsight(days: number): Promise<VersionInsight[]>;
  flowInsight(flow: string, days: number): Promise<FlowInsight[]>;
  repeatedQuestions(days: number): Promise<RepeatedQuestions>;
  pause(id: Uuid): Promise<unknown>;
  /** `at` is a time on this computer's clock, "2026-11-21T18:30", `zone` its IANA name. */
  callLater(id: Uuid, at: string, zone: string): Promise<unknown>;
  upload(conversation: Uuid, file: File): Promise<FileRef>;
  file(id: Uuid): Promise<Blob>;
  editMessage(conversation: Uuid, seq: number, text: string): Promise<unknown>;
  deleteMessage(conversation: Uuid, seq: number): Promise<unknown>;
  /** The customer proves who they are for exactly these words. */
  askApproval(interaction: Uuid, what: string): Promise<unknown>;
  ask(conversation: Uuid, question: Omit<AskQuestion, "fact">): Promise<unknown>;
  targets(): Promise<Targets>;
  transfer(id: Uuid, to: Target, reason: string, note: string): Promise<unknown>;
  takeOver(id: Uuid, reason: string): Promise<unknown>;
  askIn(id: Uuid, role: Role, to: Target, note: string): Promise<unknown>;
  /** These four are about a participant. */
  join(id: Uuid): Promise<unknown>;
  declineToJoin(id: Uuid): Promise<unknown>;
  leave(id: Uuid): Promise<unknown>;
  handOver(id: Uuid): Promise<unknown>;
}

/** A reply that the server has not confirmed; `refused` says why it never will be. */
export interface Unsent { cmid: Uuid; text: string; files?: readonly FileRef[]; at: Instant; refused: string | null }

/** One customer's log as this page has it. */
export interface Conversation {
  readonly events: ReadonlySignal<readonly Event[]>;
  readonly unsent: ReadonlySignal<readonly Unsent[]>;
  /** The name of who is typing at the moment. */
  readonly typing: ReadonlySignal<string | null>;
  /** The newest change of what the customer's app shows. */
  readonly shown: ReadonlySignal<ContextChange | null>;
  /** How far the customer has received and read; null while nothing is known. */
  readonly marks: ReadonlySignal<Mark | null>;
  send(text: string, files: readonly FileRef[]): void;
  /** Gives up a reply that was refused. */
  remove(cmid: Uuid): void;
  /** All of it is before the agent's eyes. */
  seen(): void;
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
