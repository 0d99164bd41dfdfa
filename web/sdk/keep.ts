/**
 * Where does a client keep what must outlive the app?
 *
 *   keep-browser.ts  IndexedDB
 *   keep-file.ts     a file, for node
 *   MemoryKeep       nowhere: where there is no disk, and for tests
 */
export interface Keep {
  /** All pairs whose keys begin so, in the order of the keys. */
  all<T>(prefix: string): Promise<[key: string, value: T][]>;
  /** Fulfilled once it is on disk. What is put first is there first: after a kill the later ones are missing. */
  put(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
}

export class MemoryKeep implements Keep {
  readonly #values = new Map<string, unknown>();

  async all<T>(prefix: string): Promise<[string, T][]> {
    return pairs<T>(this.#values, prefix);
  }

  async put(key: string, value: unknown): Promise<void> {
    this.#values.set(key, structuredClone(value));
  }

  async delete(key: string): Promise<void> {
    this.#values.delete(key);
  }
}

export const pairs = <T>(values: ReadonlyMap<string, unknown>, prefix: string): [string, T][] =>
  ([...values] as [string, T][]).filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));

/** Nothing under this prefix stays behind. */
export async function forget(keep: Keep, prefix: string): Promise<void> {
  for (const [key] of await keep.all(prefix)) await keep.delete(key);
}
