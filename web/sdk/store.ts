/** What does a client know? The `me` snapshot and the timelines of the conversations it reads. */
import { Cell } from "./cell.ts";
import type { Sink } from "./live.ts";
import type { Actor, ContextChange, Event, Marks, Me, Place, Team, Uuid } from "./types.ts";

const TYPING_MS = 4_000;

export class Store<M extends Me> implements Sink {
  readonly me = new Cell<M | null>(null);
  readonly #timelines = new Map<Uuid, Cell<readonly Event[]>>();
  readonly #changes = new Map<Uuid, Cell<ContextChange | null>>();
  readonly #marks = new Map<Uuid, Cell<Marks | null>>();
  readonly #typing = new Map<Uuid, Cell<Actor | null>>();
  readonly #typingTimers = new Map<Uuid, ReturnType<typeof setTimeout>>();
  /** Milliseconds that the server's clock is ahead of this device's. */
  #ahead = 0;

  constructor(private readonly kind: M["kind"]) {}

  /** The server's time; deadlines count against it, never against this device's clock. */
  get serverNow(): number {
    return Date.now() + this.#ahead;
  }

  timeline(conversation_id: Uuid): Cell<readonly Event[]> {
    return cellOf(this.#timelines, conversation_id, []);
  }

  /** How far both sides have read there; null while nothing is known. */
  marksOf(conversation_id: Uuid): Cell<Marks | null> {
    return cellOf(this.#marks, conversation_id, null);
  }

  /** Who else is writing there now; null after four quiet seconds. */
  typer(conversation_id: Uuid): Cell<Actor | null> {
    return cellOf(this.#typing, conversation_id, null);
  }

  /** The newest change of what the customer's app shows. */
  shown(conversation_id: Uuid): Cell<ContextChange | null> {
    return cellOf(this.#changes, conversation_id, null);
  }

  setMe(me: Me): void {
    if (me.kind === this.kind) this.me.set(me as M);
  }

  /** Changes the place in the snapshot, unless that is the newer of the two. */
  place({ interaction_id, place, wait, nobody_there, now }: Place): void {
    const me = this.me.value;
    if (me?.kind !== "customer" || me.interaction?.id !== interaction_id) return;
    if (Date.parse(now) < Date.parse(me.interaction.now)) return;
    this.setMe({ ...me, interaction: { ...me.interaction, place, wait, nobody_there, now } });
  }

  setTeam({ queue, waiting, team, floor }: Team): void {
    const me = this.me.value as Me | null;
    if (me?.kind === "agent") this.setMe({ ...me, queue, waiting, team, floor });
  }

  now(now: string): void {
    this.#ahead = Date.parse(now) - Date.now();
  }

  event(event: Event): void {
    this.timeline(event.conversation_id).update((events) => [...events, event]);
    if (event.kind === "message") this.typer(event.conversation_id).set(null);
  }

  marks(conversation_id: Uuid, marks: Marks): void {
    this.marksOf(conversation_id).set(marks);
  }

  reset(conversation_id: Uuid): void {
    this.marksOf(conversation_id).set(null);
    this.shown(conversation_id).set(null);
    this.timeline(conversation_id).set([]);
  }

  context(conversation_id: Uuid, change: ContextChange): void {
    this.shown(conversation_id).set(change);
  }

  typing(conversation_id: Uuid, actor: Actor): void {
    const cell = this.typer(conversation_id);
    cell.set(actor);
    clearTimeout(this.#typingTimers.get(conversation_id));
    this.#typingTimers.set(conversation_id, setTimeout(() => cell.set(null), TYPING_MS));
  }
}

function cellOf<T>(cells: Map<Uuid, Cell<T>>, id: Uuid, empty: T): Cell<T> {
  let cell = cells.get(id);
  if (!cell) cells.set(id, (cell = new Cell(empty)));
  return cell;
}
