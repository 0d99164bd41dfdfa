/** Which messages has the server not acknowledged yet? They outlive the page. */
import { Cell } from "./cell.ts";
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

export type KeptStrings = Pick<Storage, "getItem" | "setItem">;

export class Outbox {
  readonly entries: Cell<readonly Outgoing[]>;

  constructor(
    private readonly storage: KeptStrings,
    private readonly key: string,
  ) {
    this.entries = new Cell(this.#load());
  }

  /** Oldest first; what was refused or acknowledged is not sent again. */
  get unsent(): readonly Outgoing[] {
    return this.entries.value.filter((entry) => entry.seq === null && entry.problem === null);
  }

  add(conversation_id: Uuid, text: string, at: Instant, files: readonly FileRef[] = []): Outgoing {
    const entry: Outgoing = { cmid: uuid7(), conversation_id, text, ...(files.length > 0 ? { files } : {}), at, seq: null, problem: null };
    this.#keep([...this.entries.value, entry]);
    return entry;
  }

  find(cmid: Uuid): Outgoing | undefined {
    return this.entries.value.find((entry) => entry.cmid === cmid);
  }

  acked(cmid: Uuid, seq: number): void {
    this.#keep(this.entries.value.map((entry) => (entry.cmid === cmid ? { ...entry, seq } : entry)));
  }

  refused(cmid: Uuid, problem: Problem): void {
    this.#keep(this.entries.value.map((entry) => (entry.cmid === cmid ? { ...entry, problem } : entry)));
  }

  /** Its event is in the log, or the writer has given it up. */
  remove(cmid: Uuid): void {
    if (this.find(cmid)) this.#keep(this.entries.value.filter((entry) => entry.cmid !== cmid));
  }

  /** Everything acknowledged up to `seq` of a conversation is in its log now. */
  settle(conversation_id: Uuid, seq: number): void {
    const left = this.entries.value.filter((e) => e.conversation_id !== conversation_id || e.seq === null || e.seq > seq);
    if (left.length < this.entries.value.length) this.#keep(left);
  }

  #keep(entries: readonly Outgoing[]): void {
    this.storage.setItem(this.key, JSON.stringify(entries));
    this.entries.set(entries);
  }

  #load(): readonly Outgoing[] {
    try {
      const kept: unknown = JSON.parse(this.storage.getItem(this.key) ?? "[]");
      return Array.isArray(kept) ? (kept as Outgoing[]) : [];
    } catch {
      return []; // A damaged entry must not keep the page from opening.
    }
  }
}
