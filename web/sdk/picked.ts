/** Which files answer a question? Each is checked, then sent up as soon as it is chosen; what failed can be tried again. */
import { ApiProblem } from "./api.ts";
import { Cell } from "./cell.ts";
import type { UploadComponent, UploadedFile } from "./types.ts";

/** What the question takes; `max_mb` in millions of bytes. */
export type Wanted = Pick<UploadComponent, "accept" | "max" | "max_mb">;

export interface Picked {
  readonly key: number;
  readonly name: string;
  readonly size: number;
  /** What was chosen on this device since the page was loaded; null for what was there before. */
  readonly source: File | null;
  /** How much of it is there, between 0 and 1. */
  readonly share: number;
  /** Set once it is there. */
  readonly file: UploadedFile | null;
  readonly trouble: Trouble | null;
}

/** `again`: the same file may well pass the next time. */
export interface Trouble { text: string; again: boolean }

export type SendUp = (file: File, tell: (share: number) => void, signal: AbortSignal) => Promise<UploadedFile>;

export class PickedFiles {
  readonly all: Cell<readonly Picked[]>;
  #last = 0;
  readonly #stops = new Map<number, AbortController>();

  constructor(private readonly sendUp: SendUp, private readonly wanted: Wanted, kept: readonly UploadedFile[] = []) {
    this.all = new Cell<readonly Picked[]>(kept.map((file) => ({ key: ++this.#last, name: file.name, size: file.size, source: null, share: 1, file, trouble: null })));
  }

  get there(): UploadedFile[] {
    return this.all.value.flatMap(({ file }) => (file ? [file] : []));
  }

  get sending(): boolean {
    return this.all.value.some(({ file, trouble }) => file === null && trouble === null);
  }

  get room(): number {
    return Math.max(0, this.wanted.max - this.all.value.filter(({ trouble }) => trouble === null).length);
  }

  /** What there is no room for is left out. */
  add(files: Iterable<File>): void {
    for (const source of files) {
      if (this.room === 0) return;
      const key = ++this.#last;
      const text = refusal(this.wanted, source);
      this.all.update((all) => [...all, { key, name: source.name, size: source.size, source, share: 0, file: null, trouble: text ? { text, again: false } : null }]);
      if (text === null) void this.#send(key, source);
    }
  }

  again(key: number): void {
    const source = this.all.value.find((one) => one.key === key)?.source;
    if (!source) return;
    this.#change(key, { trouble: null, share: 0 });
    void this.#send(key, source);
  }

  remove(key: number): void {
    this.#stops.get(key)?.abort();
    this.all.update((all) => all.filter((one) => one.key !== key));
  }

  async #send(key: number, source: File): Promise<void> {
    const stop = new AbortController();
    this.#stops.set(key, stop);
    try {
      const file = await this.sendUp(source, (share) => this.#change(key, { share }), stop.signal);
      const fits = isAccepted(this.wanted.accept, file.type);
      this.#change(key, fits ? { file, share: 1 } : { trouble: { text: otherKind(this.wanted.accept), again: false } });
    } catch (error) {
      this.#change(key, { trouble: troubleOf(error) });
    } finally {
      this.#stops.delete(key);
    }
  }

  #change(key: number, change: Partial<Picked>): void {
    this.all.update((all) => all.map((one) => (one.key === key ? { ...one, ...change } : one)));
  }
}

/** Why this file need not be sent at all; null where it may be. What a device calls no kind of file is for the server to look into. */
export function refusal({ accept, max_mb }: Wanted, { type, size }: Pick<File, "type" | "size">): string | null {
  if (type !== "" && !isAccepted(accept, type)) return otherKind(accept);
  if (size === 0) return "This file is empty.";
  return size > max_mb * 1_000_000 ? `This file is larger than ${max_mb} MB.` : null;
}

/** "image/*" takes every picture. */
export const isAccepted = (accept: readonly string[], type: string): boolean =>
  accept.some((one) => one === type || (one.endsWith("/*") && type.startsWith(one.slice(0, -1))));

const KINDS: Record<string, string> = { "image/*": "photos", "image/jpeg": "photos", "image/png": "photos", "image/webp": "photos", "application/pdf": "PDF", "text/plain": "plain text" };

/** "photos and PDF" */
export function kinds(accept: readonly string[]): string {
  return new Intl.ListFormat("en", { type: "conjunction" }).format([...new Set(accept.map((one) => KINDS[one] ?? one))]);
}

const otherKind = (accept: readonly string[]): string => `Only ${kinds(accept)} can be sent here.`;

function troubleOf(error: unknown): Trouble {
  if (!(error instanceof ApiProblem)) return { text: "It did not arrive. Try again.", again: true };
  switch (error.slug) {
    case "file-refused": return { text: "This isn’t the kind of file that its name says.", again: false };
    case "too-large": return { text: "This file is too large.", again: false };
    case "too-many": return { text: "That were enough files for today.", again: false };
    default: return { text: error.message, again: error.status >= 500 };
  }
}
