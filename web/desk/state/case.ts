/** What does the desk hold about one interaction that is the agent's? */
import { computed, effect, signal, type ReadonlySignal } from "@preact/signals";
import type { Call, Channel, Context, HistoryItem, Interaction, Participant, RunView, Uuid } from "../../sdk/types.ts";
import { wallTime } from "./clock.ts";
import { Commands } from "./command.ts";
import type { Filter } from "./entries.ts";
import type { Conversation, DeskApi, DeskCall, MakeCall } from "./ports.ts";
import { PassOn } from "./pass-on.ts";
import { Resource } from "./resource.ts";

/** Everything typed lives here and not in the page: it survives a look at another customer. */
export class Case {
  readonly id: Uuid;
  readonly conversation: Conversation;
  readonly context: Resource<Context>;
  readonly run: Resource<RunView | null>;
  readonly history: Resource<HistoryItem[]>;
  readonly commands = new Commands();
  readonly passOn: PassOn;

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
  readonly #part = signal<Participant | null>(null);
  readonly #callState = signal<Call | null>(null);
  readonly #call = signal<DeskCall | null>(null);
  readonly #seen = signal(0);
  readonly #api: DeskApi;
  readonly #makeCall: MakeCall;
  #flowSeen = 0;
  readonly #unfollow: () => void;

  constructor(interaction: Interaction, conversation: Conversation, api: DeskApi, makeCall: MakeCall) {
    this.id = interaction.id;
    this.conversation = conversation;
    this.#interaction = signal(interaction);
    this.#api = api;
    this.#makeCall = makeCall;
    this.context = new Resource(() => api.context(this.id));
    this.run = new Resource(async () => (this.interaction.peek().run_id ? api.run(this.id) : null));
    this.history = new Resource(async () => (await api.history(interaction.customer.id)).filter((past) => past.interaction_id !== this.id));
    this.passOn = new PassOn(this.id, api);
    void this.context.refresh();
    void this.run.refresh();
    void this.history.refresh();
    this.#unfollow = effect(() => this.#follow());
  }

  get interaction(): ReadonlySignal<Interaction> { return this.#interaction; }
  /** My part in what a colleague has; null where it is mine. */
  get part(): ReadonlySignal<Participant | null> { return this.#part; }
  /** The call as the server sees it; null where there is none or it has ended. */
  get callState(): ReadonlySignal<Call | null> { return this.#callState; }
  /** The agent's end of it. */
  get call(): ReadonlySignal<DeskCall | null> { return this.#call; }

  /** Messages of the customer that nobody has looked at or answered. */
  readonly unread = computed(() => {
    const events = this.conversation.events.value;
    const answered = events.findLast((e) => e.actor.kind === "agent")?.seq ?? 0;
    const seen = Math.max(answered, this.#seen.value);
    return events.filter((e) => e.seq > seen && e.kind === "message" && e.actor.kind === "customer").length;
  });

  /** A newer snapshot of the server, with the call that is open now, and my part where a colleague has it. */
  update(interaction: Interaction, call: Call | null, part: Participant | null = null): void {
    const before = this.#interaction.peek();
    if (part?.role === "consult") this.tab.value = "note"; // whoever is asked for advice answers the agent
    this.#part.value = part;
    this.#interaction.value = interaction;
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

  /** The flow moved: ask for the run again. */
  #follow(): void {
    const last = this.conversation.events.value.findLast((e) => e.kind.startsWith("flow."));
    if (!last || last.seq <= this.#flowSeen) return;
    this.#flowSeen = last.seq;
    void this.run.refresh();
  }
}
