/** How does a page keep things on disk? In IndexedDB; where the browser refuses that, in memory. */
import { MemoryKeep } from "./keep.ts";
import type { Keep } from "./keep.ts";

const DATABASE = "warmline";
const KEPT = "kept";

/** Of this origin, shared by its pages. */
export function browserKeep(): Keep {
  const opened: Promise<Keep> = open().then((db) => new IndexedDbKeep(db), () => new MemoryKeep());
  return {
    all: async (prefix) => (await opened).all(prefix),
    put: async (key, value) => (await opened).put(key, value),
    delete: async (key) => (await opened).delete(key),
  };
}

async function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => void request.result.createObjectStore(KEPT);
  return done(request);
}

class IndexedDbKeep implements Keep {
  constructor(private readonly db: IDBDatabase) {}

  async all<T>(prefix: string): Promise<[string, T][]> {
    const kept = this.db.transaction(KEPT).objectStore(KEPT);
    const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
    const [keys, values] = await Promise.all([done(kept.getAllKeys(range)), done(kept.getAll(range))]);
    return keys.map((key, at) => [String(key), values[at] as T]);
  }

  put(key: string, value: unknown): Promise<void> {
    return this.#change((kept) => kept.put(value, key));
  }

  delete(key: string): Promise<void> {
    return this.#change((kept) => kept.delete(key));
  }

  #change(change: (kept: IDBObjectStore) => void): Promise<void> {
    const transaction = this.db.transaction(KEPT, "readwrite", { durability: "strict" });
    change(transaction.objectStore(KEPT));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("not kept"));
    });
  }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB does not answer"));
  });
}
