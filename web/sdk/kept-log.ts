/** How does an app that was killed go on where it stopped? The log of a conversation is on disk, and so is its cursor. */
import type { Keep } from "./keep.ts";
import { forget } from "./keep.ts";
import type { Sink } from "./live.ts";
import { place } from "./log.ts";
import type { Actor, Event, Me, Uuid } from "./types.ts";

/** Which log is kept: of which database, and how often it began anew. */
interface Head { epoch: Uuid | null; life: number }

/** Passes everything on to another sink, and keeps the events of one conversation. */
export class KeptLog implements Sink {
  #cursor = 0;

  private constructor(
    private readonly keep: Keep,
    private readonly prefix: string,
    private readonly next: Sink,
    private head: Head,
  ) {}

  /** Hands on what an earlier life of the app has read. */
  static async open(keep: Keep, prefix: string, next: Sink): Promise<KeptLog> {
    const [head] = await keep.all<Head>(`${prefix}head`).catch(() => []);
    const log = new KeptLog(keep, prefix, next, head?.[1] ?? { epoch: null, life: 0 });
    for (const [, event] of await keep.all<Event>(log.#events).catch(() => [])) {
      if (place(log.#cursor, event) !== "apply") break; // One before it was never written: it and all after it come again.
      log.#cursor = event.seq;
      next.event(event);
    }
    return log;
  }

  /** Of the database that the cursor belongs to. */
  get epoch(): Uuid | null {
    return this.head.epoch;
  }

  /** Where to read on. */
  get cursor(): number {
    return this.#cursor;
  }

  began(epoch: Uuid): void {
    this.next.began(epoch);
    if (epoch !== this.head.epoch) this.#begin({ ...this.head, epoch });
  }

  event(event: Event): void {
    this.next.event(event);
    this.#cursor = event.seq;
    void this.keep.put(this.#events + String(event.seq).padStart(16, "0"), event).catch(lost);
  }

  reset(conversation_id: Uuid): void {
    this.next.reset(conversation_id);
    const before = this.#events;
    this.#cursor = 0;
    this.#begin({ ...this.head, life: this.head.life + 1 });
    void forget(this.keep, before).catch(lost);
  }

  setMe(me: Me): void {
    this.next.setMe(me);
  }

  typing(conversation_id: Uuid, actor: Actor): void {
    this.next.typing(conversation_id, actor);
  }

  now(now: string): void {
    this.next.now(now);
  }

  get #events(): string {
    return `${this.prefix}${this.head.life}/`;
  }

  /** Written before the first event that belongs to it. */
  #begin(head: Head): void {
    this.head = head;
    void this.keep.put(`${this.prefix}head`, head).catch(lost);
  }
}

/** It comes again from the server. */
const lost = (error: unknown): void => console.warn("warmline: not kept on disk:", error);
