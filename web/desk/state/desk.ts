/** What does the agent have in front of them? One store: the server's snapshot plus what only this page knows. */
import { computed, effect, signal, untracked, type ReadonlySignal } from "@preact/signals";
import type { AgentMe, CannedReply, Disposition, Instant, Intent, Interaction, Offer, Participation, Uuid } from "../../sdk/types.ts";
import { Case } from "./case.ts";
import { Clock, secondsUntil } from "./clock.ts";
import { Commands } from "./command.ts";
import { Finished } from "./finished.ts";
import { Insight } from "./insight.ts";
import type { DeskApi, DeskLive, Link, MakeCall } from "./ports.ts";
import { Resource } from "./resource.ts";
import type { Ring } from "./ring.ts";

/** What a supervisor took from me, and why. */
export interface Taken { customer: string; by: string; reason: string }

/** Where an offer went that the agent neither took nor declined. */
export interface Missed { customer: string; interaction: Interaction | null }

export interface DeskParts { api: DeskApi; live: DeskLive; makeCall: MakeCall; ring: Ring; clock: Clock; memory: Storage }

const OPEN_CASE = "warmline.desk.case";
/** A second press of the key that asked or ended must not do the next thing at once. */
const DOUBLE_PRESS_MS = 1000;

export class Desk {
  readonly clock: Clock;
  readonly ring: Ring;
  readonly commands = new Commands();
  readonly dispositions: Resource<Disposition[]>;
  readonly cannedReplies: Resource<CannedReply[]>;
  readonly finished: Finished;
  readonly insight: Insight;
  readonly missed = signal<Missed | null>(null);
  readonly taken = signal<Taken | null>(null);
  readonly showsShortcuts = signal(false);
  /** The offer whose reasons for declining are being shown. */
  readonly declining = signal<Uuid | null>(null);

  readonly #parts: DeskParts;
  readonly #cases = signal<ReadonlyMap<Uuid, Case>>(new Map());
  readonly #open: ReturnType<typeof signal<Uuid | null>>;
  readonly #answered = new Set<Uuid>();
  readonly #stops: (() => void)[];
  #offered: readonly Offer[] = [];
  #endedAt = 0;
  #resumed = false;

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.clock = parts.clock;
    this.ring = parts.ring;
    this.#open = signal<Uuid | null>(parts.memory.getItem(OPEN_CASE));
    this.dispositions = new Resource(() => parts.api.dispositions());
    this.finished = new Finished(parts.api, parts.memory);
    this.insight = new Insight(parts.api);
    this.cannedReplies = new Resource(() => parts.api.cannedReplies());
    void this.dispositions.refresh();
    void this.cannedReplies.refresh();
    this.#stops = [effect(() => this.#follow(parts.live.me.value)), effect(() => this.#sound()), effect(() => this.#readOn())];
  }

  get me(): ReadonlySignal<AgentMe | null> { return this.#parts.live.me; }
  get link(): ReadonlySignal<Link> { return this.#parts.live.link; }
  get cases(): ReadonlySignal<ReadonlyMap<Uuid, Case>> { return this.#cases; }

  /** The case in front; none while the agent looks at offers and queue. */
  readonly current: ReadonlySignal<Case | null> = computed(() => this.#cases.value.get(this.#open.value ?? "") ?? null);

  /** The first offer, even when it has just run out: it stays in sight until the server takes it back. */
  readonly offer: ReadonlySignal<Offer | null> = computed(() => this.me.value?.offers[0] ?? null);

  /** What colleagues ask me to join. */
  readonly asks: ReadonlySignal<readonly Participation[]> = computed(() => this.me.value?.participations.filter(({ participant }) => participant.state === "offered") ?? []);

  /** The page of leads, in the place of offers and queue. */
  openInsight(): void {
    this.openCase(null);
    this.insight.show();
  }

  isOver(expiresAt: Instant): boolean {
    return secondsUntil(expiresAt, this.clock.now.value) === 0;
  }

  openCase(id: Uuid | null): void {
    this.insight.shown.value = false;
    this.#open.value = id;
    if (id === null) this.#parts.memory.removeItem(OPEN_CASE);
    else this.#parts.memory.setItem(OPEN_CASE, id);
  }

  /** Called from a click or a key press, so that the ring may sound from now on. */
  async setPresence(intent: Intent): Promise<void> {
    if (intent === "available") void this.ring.unlock();
    await this.commands.run("presence", () => this.#parts.api.setPresence(intent));
  }

  async accept(offer: Offer): Promise<void> {
    const { id } = offer.interaction;
    this.#answered.add(id);
    if (await this.commands.run("accept", () => this.#parts.api.accept(id))) this.openCase(id);
    else this.#answered.delete(id);
  }

  async decline(offer: Offer, reason: string): Promise<void> {
    const { id } = offer.interaction;
    this.declining.value = null;
    this.#answered.add(id);
    if (!(await this.commands.run("decline", () => this.#parts.api.decline(id, reason)))) this.#answered.delete(id);
  }

  async join({ participant, interaction }: Participation): Promise<void> {
    if (await this.commands.run("join", () => this.#parts.api.join(participant.id))) this.openCase(interaction.id);
  }

  async declineToJoin({ participant }: Participation): Promise<void> {
    await this.commands.run("decline-to-join", () => this.#parts.api.declineToJoin(participant.id));
  }

  async takeOver(id: Uuid, reason: string): Promise<void> {
    if (await this.commands.run(`take-over-${id}`, () => this.#parts.api.takeOver(id, reason))) this.openCase(id);
  }

  /** First press asks, in a text; the next ends the help, and the one after finishes the wrap-up. */
  async endOrFinish(): Promise<void> {
    const open = this.current.value;
    if (!open || open.part.value) return;
    if (open.interaction.value.state === "wrap_up") {
      if (Date.now() - this.#endedAt > DOUBLE_PRESS_MS) await open.finish();
      return;
    }
    if (Date.now() - this.#endedAt <= DOUBLE_PRESS_MS) return;
    this.#endedAt = Date.now();
    await (open.asksFirst ? open.askToClose() : open.end());
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    for (const one of this.#cases.value.values()) one.close();
    this.ring.stop();
  }

  /** The server's snapshot replaces everything; what it no longer names is gone. */
  #follow(me: AgentMe | null): void {
    if (me) untracked(() => {
      this.#followCases(me);
      this.#followOffers(me);
      this.finished.told(me.now);
    });
  }

  #followCases(me: AgentMe): void {
    const next = new Map<Uuid, Case>();
    for (const interaction of me.interactions) {
      const known = this.#caseOf(interaction);
      known.update(interaction, me.calls.find((call) => call.interaction_id === interaction.id && call.state !== "ended") ?? null);
      next.set(interaction.id, known);
    }
    for (const { participant, interaction } of me.participations) {
      if (participant.state !== "joined") continue;
      const known = this.#caseOf(interaction);
      known.update(interaction, null, participant);
      next.set(interaction.id, known);
    }
    for (const [id, gone] of this.#cases.value) {
      if (next.has(id)) continue;
      gone.close();
      this.#putAway(gone);
      gone.conversation.close();
      if (this.#open.value === id) this.openCase(null);
    }
    this.#cases.value = next;
    this.#resume(me);
  }

  /** What I helped to its end stands under my last ones; what somebody took from me is told. */
  #putAway(gone: Case): void {
    const last = gone.interaction.value;
    if (gone.part.value) return;
    if (last.state === "live") void this.#lookWhoHas(last);
    else this.finished.add(last);
  }

  async #lookWhoHas({ id, customer }: Interaction): Promise<void> {
    const now = await this.#parts.api.interaction(id).catch(() => null);
    if (now?.agent && now.agent.id === this.me.value?.agent.id) this.finished.add(now); // ended on another page
    else if (now?.passed_on?.how === "taken_over") this.taken.value = { customer: customer.name, by: now.passed_on.by, reason: now.passed_on.reason ?? "" };
  }

  /** Whoever signs in while somebody is on the line, on another machine for instance, sees them at once. */
  #resume(me: AgentMe): void {
    const first = me.interactions[0];
    if (!this.#resumed && first && !this.current.value) this.openCase(first.id);
    this.#resumed = true;
  }

  #caseOf(interaction: Interaction): Case {
    const known = this.#cases.value.get(interaction.id);
    if (!known) return this.#take(interaction);
    if (known.interaction.peek().conversation_id !== interaction.conversation_id) known.moveTo(this.#parts.live.open(interaction.conversation_id));
    return known;
  }

  #take(interaction: Interaction): Case {
    const { api, live, makeCall } = this.#parts;
    return new Case(interaction, live.open(interaction.conversation_id), api, makeCall);
  }

  #followOffers(me: AgentMe): void {
    const here = new Set(me.offers.map((offer) => offer.interaction.id));
    for (const { interaction } of this.#offered) {
      if (here.has(interaction.id) || this.#answered.has(interaction.id)) continue;
      void this.#lookAfter(interaction);
    }
    for (const id of this.#answered) if (!here.has(id)) this.#answered.delete(id);
    if (me.offers[0]) this.missed.value = null;
    this.clock.tick();
    this.#offered = me.offers;
  }

  async #lookAfter(lost: Interaction): Promise<void> {
    const interaction = await this.#parts.api.interaction(lost.id).catch(() => null);
    this.missed.value = { customer: lost.customer.name, interaction };
  }

  #sound(): void {
    const until = [...(this.me.value?.offers ?? []), ...this.asks.value.map(({ participant }) => participant)].map((one) => one.expires_at);
    const rings = until.some((expiresAt) => expiresAt !== null && !this.isOver(expiresAt));
    if (rings) this.ring.start();
    else this.ring.stop();
  }

  /** What comes while a case is open counts as read. */
  #readOn(): void {
    const open = this.current.value;
    if (open?.conversation.events.value) untracked(() => open.look());
  }
}
