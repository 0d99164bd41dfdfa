/** Which messages has the server not acknowledged yet? They outlive the app. */
import { Cell } from "./cell.ts";
import { forget } from "./keep.ts";
import type { Keep } from "./keep.ts";
import type { FileRef, Instant, Problem, Uuid } from "./types.ts";
import { uuid7 } from "./uuid.ts";

export interface Outgoing {
  readonly cmid: Uuid;
  readonly conversation_id: Uuid;
  readonly text: string;
  /** Uploaded already. */
  readonly files?: readonly FileRef[];
  readonly at: Instant;
  /** Set once acknowledged, while its event is still on the way. */
  readonly seq: number | null;
  /** Why the server will not take it; it stays visible. */
  readonly problem: Problem | null;
}

/** What a guest had not sent yet is for the customer to say whom they turned out to be; prefixes as in `Outbox`. */
export async function inherit(keep: Keep, from: string, to: string, conversation_id: Uuid): Promise<void> {
  for (const [key, entry] of await keep.all<Outgoing>(from)) {
    await keep.put(to + entry.cmid, { ...entry, conversation_id });
    await keep.delete(key);
  }
}

/** An entry is kept under its cmid, which sorts by time. */
export class Outbox {
  readonly entries = new Cell<readonly Outgoing[]>([]);
  /** Fulfilled once what an earlier life of the app left is here. */
  readonly ready: Promise<void>;
  #kept: Promise<void>;

  constructor(
    private readonly keep: Keep,
    private readonly prefix: string,
  ) {
    this.#kept = this.ready = this.#load();
  }

  /** Oldest first; what was refused or acknowledged is not sent again. */
  get unsent(): readonly Outgoing[] {
    return this.entries.value.filter((entry) => entry.seq === null && entry.problem === null);
  }

  /** Fulfilled once everything until now is on disk. */
  get kept(): Promise<void> {
    return this.#kept;
  }

  add(conversation_id: Uuid, text: string, at: Instant, files: readonly FileRef[] = []): Outgoing {
    const entry: Outgoing = { cmid: uuid7(), conversation_id, text, ...(files.length > 0 ? { files } : {}), at, seq: null, problem: null };
    this.entries.update((entries) => [...entries, entry]);
    this.#put(entry);
    return entry;
  }

  find(cmid: Uuid): Outgoing | undefined {
    return this.entries.value.find((entry) => entry.cmid === cmid);
  }

  /** The server has it, so the disk need not. */
  acked(cmid: Uuid, seq: number): void {
    this.entries.update((entries) => entries.map((entry) => (entry.cmid === cmid ? { ...entry, seq } : entry)));
    this.#afterwards(this.keep.delete(this.prefix + cmid));
  }

  refused(cmid: Uuid, problem: Problem): void {
    this.entries.update((entries) => entries.map((entry) => (entry.cmid === cmid ? { ...entry, problem } : entry)));
    const entry = this.find(cmid);
    if (entry) this.#put(entry);
  }

  /** Its event is in the log, or the writer has given it up. */
  remove(cmid: Uuid): void {
    if (!this.find(cmid)) return;
    this.entries.update((entries) => entries.filter((entry) => entry.cmid !== cmid));
    this.#afterwards(this.keep.delete(this.prefix + cmid));
  }

  /** Everything acknowledged up to `seq` of a conversation is in its log now. */
  settle(conversation_id: Uuid, seq: number): void {
    const left = this.entries.value.filter((e) => e.conversation_id !== conversation_id || e.seq === null || e.seq > seq);
    if (left.length < this.entries.value.length) this.entries.set(left);
  }

  /** Nothing stays behind, not even what was never sent. */
  async forget(): Promise<void> {
    this.entries.set([]);
    await forget(this.keep, this.prefix);
  }

  async #load(): Promise<void> {
    const before = await this.keep.all<Outgoing>(this.prefix).catch(() => []); // Damage must not keep the app from opening.
    this.entries.update((since) => [...before.map(([, entry]) => entry), ...since]);
  }

  #put(entry: Outgoing): void {
    this.#afterwards(this.keep.put(this.prefix + entry.cmid, entry));
  }

  #afterwards(change: Promise<void>): void {
    const written = change.catch((error: unknown) => console.warn("warmline: not kept on disk:", error));
    this.#kept = Promise.all([this.#kept, written]).then(() => undefined);
  }
}
