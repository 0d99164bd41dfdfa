/** How does a program in node keep things on disk? In one file, a line for each change. */
import { open, readFile, rename } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { pairs } from "./keep.ts";
import type { Keep } from "./keep.ts";

/** [key, value], or [key] where it was deleted. */
type Line = [string, unknown?];

/** Changes that come while others are written go together, with one fsync. One process at a time. */
export class FileKeep implements Keep {
  #waiting: Line[] = [];
  /** The write that has not begun; whoever comes now goes with it. */
  #next: Promise<void> | null = null;
  #last: Promise<void> = Promise.resolve();

  private constructor(
    private readonly file: FileHandle,
    private readonly values: Map<string, unknown>,
  ) {}

  /** What was kept, written anew without what is out of date, nor a last line that a kill cut off. */
  static async open(path: string): Promise<FileKeep> {
    const values = new Map<string, unknown>();
    for (const [key, ...value] of lines(await readFile(path, "utf8").catch(() => ""))) {
      if (value.length) values.set(key, value[0]);
      else values.delete(key);
    }
    const file = await open(`${path}.new`, "w");
    await file.write([...values].map((line) => `${JSON.stringify(line)}\n`).join(""));
    await file.datasync();
    await rename(`${path}.new`, path);
    return new FileKeep(file, values);
  }

  async all<T>(prefix: string): Promise<[string, T][]> {
    return pairs<T>(this.values, prefix);
  }

  put(key: string, value: unknown): Promise<void> {
    this.values.set(key, value);
    return this.#change([key, value]);
  }

  delete(key: string): Promise<void> {
    return this.values.delete(key) ? this.#change([key]) : Promise.resolve();
  }

  async close(): Promise<void> {
    await this.#last;
    await this.file.close();
  }

  #change(line: Line): Promise<void> {
    this.#waiting.push(line);
    this.#next ??= this.#last = this.#last.catch(() => undefined).then(() => this.#write());
    return this.#next;
  }

  async #write(): Promise<void> {
    this.#next = null;
    await this.file.write(this.#waiting.splice(0).map((line) => `${JSON.stringify(line)}\n`).join(""));
    await this.file.datasync();
  }
}

function* lines(text: string): Generator<Line> {
  for (const line of text.split("\n").slice(0, -1)) {
    try {
      yield JSON.parse(line) as Line;
    } catch {
      return; // What came after damage may lack something before it.
    }
  }
}
