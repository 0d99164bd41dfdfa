/** How does an app that was killed go on where it stopped? The log of its conversation is on disk, and so is its cursor. */
import type { Keep } from "./keep.ts";
import { forget } from "./keep.ts";
import { place } from "./log.ts";
import type { Event, Uuid } from "./types.ts";

/** Which log is kept: of which database, and how often it began anew. */
interface Head { epoch: Uuid | null; life: number }

export class KeptLog {
  #cursor = 0;

  private constructor(
    private readonly keep: Keep,
    private readonly prefix: string,
    private head: Head,
  ) {}

  /** Shows what an earlier life of the app has read. */
  static async open(keep: Keep, prefix: string, show: (event: Event) => void): Promise<KeptLog> {
    const [head] = await keep.all<Head>(`${prefix}head`).catch(() => []);
    const log = new KeptLog(keep, prefix, head?.[1] ?? { epoch: null, life: 0 });
    for (const [, event] of await keep.all<Event>(log.#events).catch(() => [])) {
      if (place(log.#cursor, event) !== "apply") break; // One before it was never written: it and all after it come again.
      log.#cursor = event.seq;
      show(event);
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

  /** The cursors belong to this database from now on. */
  began(epoch: Uuid): void {
    if (epoch !== this.head.epoch) this.#begin({ ...this.head, epoch });
  }

  add(event: Event): void {
    this.#cursor = event.seq;
    void this.keep.put(this.#place(event), event).catch(lost);
    if (event.kind === "message.edited" || event.kind === "message.deleted") void this.#blank(event.body.of, event.seq).catch(lost);
  }

  /** What was read so far is of another database. */
  reset(): void {
    const before = this.#events;
    this.#cursor = 0;
    this.#begin({ ...this.head, life: this.head.life + 1 });
    void forget(this.keep, before).catch(lost);
  }

  /** Words that were replaced or taken back do not stay on the disk either. */
  async #blank(of: number, seq: number): Promise<void> {
    for (const [key, event] of await this.keep.all<Event>(this.#events)) {
      const replaced = event.kind === "message" ? event.seq === of : event.kind === "message.edited" && event.body.of === of && event.seq < seq;
      if (replaced) await this.keep.put(key, { ...event, body: { ...event.body, text: "" } });
    }
  }

  #place(event: Event): string {
    return this.#events + String(event.seq).padStart(16, "0");
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
