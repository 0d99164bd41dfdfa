/** Which files go with the next message? Each is sent up as soon as it is chosen; the message then names them. */
import { ApiProblem } from "./api.ts";
import { Cell } from "./cell.ts";
import type { FileRef } from "./types.ts";

/** What the server takes; telephones turn other pictures into JPEG where a page asks for these. */
export const ACCEPTED = "image/jpeg,image/png,image/webp,application/pdf,text/plain";
export const MOST_FILES = 10;

export interface Attachment {
  readonly key: number;
  readonly name: string;
  readonly size: number;
  /** Set once it is there. */
  readonly file: FileRef | null;
  /** Why it is not; it stays to be seen until it is taken away. */
  readonly trouble: string | null;
}

export type Upload = (file: File) => Promise<FileRef>;

export class Attachments {
  readonly all = new Cell<readonly Attachment[]>([]);
  #last = 0;

  constructor(private readonly upload: Upload) {}

  /** Something is still on its way up. */
  get busy(): boolean {
    return this.all.value.some((one) => one.file === null && one.trouble === null);
  }

  add(files: Iterable<File>): void {
    for (const file of files) {
      if (this.all.value.length === MOST_FILES) return;
      const key = ++this.#last;
      this.all.update((all) => [...all, { key, name: file.name, size: file.size, file: null, trouble: null }]);
      void this.upload(file).then((ref) => this.#change(key, { file: ref }), (error: unknown) => this.#change(key, { trouble: troubleOf(error) }));
    }
  }

  remove(key: number): void {
    this.all.update((all) => all.filter((one) => one.key !== key));
  }

  /** What is there goes with the message; what failed stays to be seen. */
  take(): FileRef[] {
    const files = this.all.value.flatMap(({ file }) => (file ? [file] : []));
    this.all.update((all) => all.filter(({ file }) => file === null));
    return files;
  }

  #change(key: number, change: Partial<Attachment>): void {
    this.all.update((all) => all.map((one) => (one.key === key ? { ...one, ...change } : one)));
  }
}

const troubleOf = (error: unknown): string => {
  if (!(error instanceof ApiProblem)) return "It did not arrive. Try again.";
  switch (error.slug) {
    case "file-refused": return "Only photos, PDF and plain text can be sent.";
    case "too-large": return "It is too large.";
    case "too-many": return "That were enough files for today.";
    default: return error.message;
  }
};
