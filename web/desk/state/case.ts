/** What does the desk hold about one interaction that is the agent's? */
import { computed, effect, signal, untracked, type ReadonlySignal } from "@preact/signals";
import { Attachments, type Attachment } from "../../sdk/attachments.ts";
import { changed } from "../../sdk/context.ts";
import { fromCell } from "../../shared/from-cell.ts";
import type { AskKind, Call, Channel, Context, ContextChange, Disposition, Event, HistoryItem, Interaction, KnownFact, Participant, RunView, Uuid } from "../../sdk/types.ts";
import { wallTime } from "./clock.ts";
import { Commands } from "./command.ts";
import type { Filter } from "./entries.ts";
import type { Conversation, DeskApi, DeskCall, MakeCall } from "./ports.ts";
import { PassOn } from "./pass-on.ts";
import { Resource } from "./resource.ts";

const withChange = (context: Context, change: ContextChange): Context => ({ ...context, ...changed(context.app_state, context.actions, change) });

export type Tab = "reply" | "note" | "ask";
/** A question that is being written; one option a line. */
/** A question, or an approval that is proved. */
export interface Draft { prompt: string; kind: AskKind | "approval"; options: string }
const NO_QUESTION: Draft = { prompt: "", kind: "yes_no", options: "" };

/** Everything typed lives here and not in the page: it survives a look at another customer. */
export class Case {
  readonly id: Uuid;
  readonly context: Resource<Context>;
  readonly run: Resource<RunView | null>;
  readonly history: Resource<HistoryItem[]>;
  /** How it can come out; asked for once it has ended. */
  readonly dispositions: Resource<Disposition[]>;
  readonly facts: Resource<KnownFact[]>;
  /** What the customer said on this device before signing in, where that is a log of its own. */
  readonly earlier: Resource<Event[]>;
  readonly commands = new Commands();
  readonly passOn: PassOn;

  readonly filter = signal<Filter>("all");
  readonly tab = signal<Tab>("reply");
  readonly reply = signal("");
  readonly note = signal("");
  readonly question = signal<Draft>(NO_QUESTION);
  readonly attachments: Attachments;
  readonly attached: ReadonlySignal<readonly Attachment[]>;
  /** Counts up whenever the open tab of the composer should take the focus. */
  readonly focus = signal(0);
  readonly disposition = signal<string | null>(null);
  readonly wrapNote = signal("");
  /** A disposition is missing, and someone tried to finish. */
  readonly undecided = signal(false);

  readonly #interaction;
  readonly #conversation;
  readonly #part = signal<Participant | null>(null);
  readonly #callState = signal<Call | null>(null);
  readonly #call = signal<DeskCall | null>(null);
  readonly #seen = signal(0);
  readonly #api: DeskApi;
  readonly #makeCall: MakeCall;
  /** Since the app told the whole: a snapshot that is on its way may be older than these. */
  #changes: ContextChange[] = [];
  /** What an earlier request of the customer left in the conversation; it is not about this one. */
  #shownBefore: ContextChange | null;
  #flowSeen = 0;
  #seenUpTo = 0;
  readonly #unfollow: () => void;

  constructor(interaction: Interaction, conversation: Conversation, api: DeskApi, makeCall: MakeCall) {
    this.id = interaction.id;
    this.#conversation = signal(conversation);
    this.#shownBefore = conversation.shown.peek();
    this.#interaction = signal(interaction);
    this.#api = api;
    this.#makeCall = makeCall;
    this.attachments = new Attachments((file) => api.upload(this.#conversationId, file));
    this.attached = fromCell(this.attachments.all);
    this.context = new Resource(async () => this.#changes.reduce(withChange, await api.context(this.id)));
    this.run = new Resource(async () => (this.interaction.peek().run_id ? api.run(this.id) : null));
    const customer = (): Uuid => this.interaction.peek().customer.id;
    this.history = new Resource(async () => (await api.history(customer())).filter((past) => past.interaction_id !== this.id));
    this.facts = new Resource(() => api.facts(customer()));
    this.earlier = new Resource(async () => { const other = this.earlierLog.peek(); return other ? api.log(other) : []; });
    this.dispositions = new Resource(() => api.dispositions(this.interaction.peek().queue));
    this.passOn = new PassOn(this.id, api);
    for (const one of [this.context, this.run, this.history, this.facts, this.earlier]) void one.refresh();
    if (interaction.state === "wrap_up") void this.dispositions.refresh();
    const stops = [effect(() => this.#follow()), effect(() => this.#look())];
    this.#unfollow = () => { for (const stop of stops) stop(); };
  }

  get conversation(): Conversation { return this.#conversation.value; }
  get #conversationId(): Uuid { return this.#interaction.peek().conversation_id; }
  get interaction(): ReadonlySignal<Interaction> { return this.#interaction; }
  /** My part in what a colleague has; null where it is mine. */
  get part(): ReadonlySignal<Participant | null> { return this.#part; }
  /** Whoever is asked for advice answers the agent, never the customer. */
  get advises(): boolean { return this.#part.value?.role === "consult"; }
  /** The call as the server sees it; null where there is none or it has ended. */
  get callState(): ReadonlySignal<Call | null> { return this.#callState; }
  /** The agent's end of it. */
  get call(): ReadonlySignal<DeskCall | null> { return this.#call; }

  /** The log of the device before the customer signed in on it. */
  readonly earlierLog = computed<Uuid | null>(() => {
    const linked = this.conversation.events.value.findLast((e) => e.kind === "identity.linked");
    return linked?.kind === "identity.linked" ? linked.body.conversation_id : null;
  });

  /** Messages of the customer that nobody has looked at or answered. */
  readonly unread = computed(() => {
    const events = this.conversation.events.value;
    const answered = events.findLast((e) => e.actor.kind === "agent")?.seq ?? 0;
    const seen = Math.max(answered, this.#seen.value);
    return events.filter((e) => e.seq > seen && e.kind === "message" && e.actor.kind === "customer").length;
  });

  /** The customer signed in: it goes on in the customer's own conversation. */
  moveTo(conversation: Conversation): void {
    this.conversation.close();
    this.#changes = [];
    this.#shownBefore = conversation.shown.peek();
    this.#flowSeen = 0;
    this.#seenUpTo = 0;
    this.#conversation.value = conversation;
  }

  /** A newer snapshot of the server, with the call that is open now, and my part where a colleague has it. */
  update(interaction: Interaction, call: Call | null, part: Participant | null = null): void {
    const before = this.#interaction.peek();
    this.#part.value = part;
    if (this.advises) this.tab.value = "note";
    this.#interaction.value = interaction;
    if (before.customer.id !== interaction.customer.id) for (const one of [this.context, this.history, this.facts]) void one.refresh();
    if (before.run_id !== interaction.run_id || before.state !== interaction.state) void this.run.refresh();
    if (before.state !== "wrap_up" && interaction.state === "wrap_up") void this.dispositions.refresh();
    if (this.#callState.value?.id !== call?.id) this.#hangUp();
    this.#callState.value = call;
    if (!call) return;
    this.#call.value ??= this.#makeCall(call);
    this.#call.value.update(call);
  }

  look(): void {
    const events = this.conversation.events.peek();
    this.#seen.value = events[events.length - 1]?.seq ?? 0;
    this.conversation.seen();
  }

  write(tab: Tab): void {
    this.tab.value = this.advises ? "note" : tab;
    this.focus.value += 1;
  }

  send(): void {
    const text = this.reply.value.trim();
    const ready = this.attachments.all.value.some(({ file }) => file !== null);
    if (this.attachments.busy || (!text && !ready)) return;
    this.conversation.send(text, this.attachments.take());
    this.reply.value = "";
  }

  loadFile = (id: Uuid): Promise<Blob> => this.#api.file(id);

  editMessage(seq: number, text: string): Promise<boolean> {
    return this.commands.run("edit", () => this.#api.editMessage(this.#conversationId, seq, text));
  }

  deleteMessage(seq: number): Promise<boolean> {
    return this.commands.run("delete", () => this.#api.deleteMessage(this.#conversationId, seq));
  }

  /** One line is one option; a question without options is answered in writing, or with yes or no. */
  async ask(): Promise<void> {
    const { prompt, kind, options } = this.question.value;
    const labels = kind === "choice" ? options.split("\n").map((one) => one.trim()).filter(Boolean) : [];
    const question = { prompt: prompt.trim(), kind: kind === "approval" ? "text" as const : kind, options: labels.map((label) => ({ value: label, label })) };
    if (!question.prompt || (kind === "choice" && labels.length < 2)) return;
    if (kind === "approval") {
      if (await this.commands.run("ask", () => this.#api.askApproval(this.id, question.prompt))) this.question.value = NO_QUESTION;
      return;
    }
    if (await this.commands.run("ask", () => this.#api.ask(this.#conversationId, question))) this.question.value = NO_QUESTION;
  }

  async saveNote(): Promise<void> {
    const text = this.note.value.trim();
    if (text && (await this.commands.run("note", () => this.#api.note(this.id, text)))) this.note.value = "";
  }

  setChannel(channel: Channel): Promise<boolean> {
    return this.commands.run(`channel-${channel}`, () => this.#api.setChannel(this.id, channel));
  }

  /** `null` is the step where the customer is now. */
  handBack(step: string | null): Promise<boolean> {
    return this.commands.run("hand-back", () => this.#api.handBack(this.id, step));
  }

  /** In a call goodbye is said aloud; a text asks first, and ends by itself if there is no answer. */
  get asksFirst(): boolean {
    const { channel, closing } = this.interaction.value;
    return channel === "text" && closing === null;
  }

  askToClose(): Promise<boolean> {
    return this.commands.run("close", () => this.#api.close(this.id));
  }

  keepOpen(): Promise<boolean> {
    return this.commands.run("keep-open", () => this.#api.keepOpen(this.id));
  }

  /** Leave what a colleague has, or need somebody beside me no more. */
  leave(participant: Participant): Promise<boolean> {
    return this.commands.run("leave", () => this.#api.leave(participant.id));
  }

  handOver(participant: Participant): Promise<boolean> {
    return this.commands.run("hand-over", () => this.#api.handOver(participant.id));
  }

  end(): Promise<boolean> {
    return this.commands.run("end", () => this.#api.end(this.id));
  }

  /** The customer answers later; the agent is free meanwhile. */
  pause(): Promise<boolean> {
    return this.commands.run("pause", () => this.#api.pause(this.id));
  }

  /** The customer is called again, by this agent if possible. */
  callLater(at: Date): Promise<boolean> {
    return this.commands.run("call-later", () => this.#api.callLater(this.id, wallTime(at), Intl.DateTimeFormat().resolvedOptions().timeZone));
  }

  async endCall(): Promise<void> {
    const call = this.#callState.value;
    if (call) await this.commands.run("end-call", () => this.#api.endCall(call.id));
  }

  async finish(): Promise<void> {
    const disposition = this.disposition.value;
    this.undecided.value = disposition === null;
    if (disposition !== null) await this.commands.run("wrap-up", () => this.#api.wrapUp(this.id, disposition, this.wrapNote.value.trim()));
  }

  close(): void {
    this.#unfollow();
    this.#hangUp();
  }

  #hangUp(): void {
    this.#call.value?.close();
    this.#call.value = null;
  }

  /** What the app shows has changed: merge it into what is known. */
  #look(): void {
    const change = this.conversation.shown.value;
    if (change === null || change === this.#shownBefore) return;
    this.#changes = change.whole ? [change] : [...this.#changes, change];
    untracked(() => this.context.change((context) => withChange(context, change)));
  }

  /** Something was kept, told or linked: ask for it again. */
  #refreshed(events: readonly Event[]): void {
    const fresh = events.filter((e) => e.seq > this.#seenUpTo);
    if (fresh.length === 0) return;
    const first = this.#seenUpTo === 0;
    this.#seenUpTo = fresh[fresh.length - 1]!.seq;
    const kinds = new Set(fresh.map((e) => e.kind));
    if (kinds.has("identity.linked")) void this.earlier.refresh();
    if (first) return;
    if (kinds.has("context.captured")) void this.context.refresh();
    if (kinds.has("flow.answered") || kinds.has("ask.answered") || kinds.has("message")) void this.facts.refresh();
  }

  /** The flow moved: ask for the run again. */
  #follow(): void {
    const events = this.conversation.events.value;
    untracked(() => this.#refreshed(events));
    const last = events.findLast((e) => e.kind.startsWith("flow."));
    if (!last || last.seq <= this.#flowSeen) return;
    this.#flowSeen = last.seq;
    void this.run.refresh();
  }
}
