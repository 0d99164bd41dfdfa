/** What does the desk hold about one interaction that is the agent's? */
import { computed, effect, signal, untracked, type ReadonlySignal } from "@preact/signals";
import { changed } from "../../sdk/context.ts";
import type { Call, Channel, Context, ContextChange, Event, HistoryItem, Interaction, KnownFact, RunView, Uuid } from "../../sdk/types.ts";
import { Commands } from "./command.ts";
import type { Filter } from "./entries.ts";
import type { Conversation, DeskApi, DeskCall, MakeCall } from "./ports.ts";
import { Resource } from "./resource.ts";

const withChange = (context: Context, change: ContextChange): Context => ({ ...context, ...changed(context.app_state, context.actions, change) });

/** Everything typed lives here and not in the page: it survives a look at another customer. */
export class Case {
  readonly id: Uuid;
  readonly context: Resource<Context>;
  readonly run: Resource<RunView | null>;
  readonly history: Resource<HistoryItem[]>;
  readonly facts: Resource<KnownFact[]>;
  /** What the customer said on this device before signing in, where that is a log of its own. */
  readonly earlier: Resource<Event[]>;
  readonly commands = new Commands();

  readonly filter = signal<Filter>("all");
  readonly tab = signal<"reply" | "note">("reply");
  readonly reply = signal("");
  readonly note = signal("");
  /** Counts up whenever the open tab of the composer should take the focus. */
  readonly focus = signal(0);
  readonly disposition = signal<string | null>(null);
  readonly wrapNote = signal("");
  /** A disposition is missing, and someone tried to finish. */
  readonly undecided = signal(false);

  readonly #interaction;
  readonly #conversation;
  readonly #callState = signal<Call | null>(null);
  readonly #call = signal<DeskCall | null>(null);
  readonly #seen = signal(0);
  readonly #api: DeskApi;
  readonly #makeCall: MakeCall;
  /** Since the app told the whole: a snapshot that is on its way may be older than these. */
  #changes: ContextChange[] = [];
  #flowSeen = 0;
  #seenUpTo = 0;
  readonly #unfollow: () => void;

  constructor(interaction: Interaction, conversation: Conversation, api: DeskApi, makeCall: MakeCall) {
    this.id = interaction.id;
    this.#conversation = signal(conversation);
    this.#interaction = signal(interaction);
    this.#api = api;
    this.#makeCall = makeCall;
    this.context = new Resource(async () => this.#changes.reduce(withChange, await api.context(this.id)));
    this.run = new Resource(async () => (this.interaction.peek().run_id ? api.run(this.id) : null));
    const customer = (): Uuid => this.interaction.peek().customer.id;
    this.history = new Resource(async () => (await api.history(customer())).filter((past) => past.interaction_id !== this.id));
    this.facts = new Resource(() => api.facts(customer()));
    this.earlier = new Resource(async () => { const other = this.earlierLog.peek(); return other ? api.log(other) : []; });
    for (const one of [this.context, this.run, this.history, this.facts, this.earlier]) void one.refresh();
    const stops = [effect(() => this.#follow()), effect(() => this.#look())];
    this.#unfollow = () => { for (const stop of stops) stop(); };
  }

  get conversation(): Conversation { return this.#conversation.value; }
  get interaction(): ReadonlySignal<Interaction> { return this.#interaction; }
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
    this.#flowSeen = 0;
    this.#seenUpTo = 0;
    this.#conversation.value = conversation;
  }

  /** A newer snapshot of the server, with the call that is open now. */
  update(interaction: Interaction, call: Call | null): void {
    const before = this.#interaction.peek();
    this.#interaction.value = interaction;
    if (before.customer.id !== interaction.customer.id) for (const one of [this.context, this.history, this.facts]) void one.refresh();
    if (before.run_id !== interaction.run_id || before.state !== interaction.state) void this.run.refresh();
    if (this.#callState.value?.id !== call?.id) this.#hangUp();
    this.#callState.value = call;
    if (!call) return;
    this.#call.value ??= this.#makeCall(call);
    this.#call.value.update(call);
  }

  look(): void {
    const events = this.conversation.events.peek();
    this.#seen.value = events[events.length - 1]?.seq ?? 0;
  }

  write(tab: "reply" | "note"): void {
    this.tab.value = tab;
    this.focus.value += 1;
  }

  send(): void {
    const text = this.reply.value.trim();
    if (!text) return;
    this.conversation.send(text);
    this.reply.value = "";
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

  end(): Promise<boolean> {
    return this.commands.run("end", () => this.#api.end(this.id));
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
    if (change === null) return;
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
    if (kinds.has("flow.answered") || kinds.has("message")) void this.facts.refresh();
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
