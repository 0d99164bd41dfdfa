/** How does the core tell a page that a value changed, without knowing the page's framework? */

export type Stop = () => void;

export interface Readable<T> {
  readonly value: T;
  /** Calls `seen` at once and after every change, until stopped. */
  subscribe(seen: (value: T) => void): Stop;
}

export class Cell<T> implements Readable<T> {
  #value: T;
  readonly #watchers = new Set<(value: T) => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const seen of [...this.#watchers]) seen(value);
  }

  update(change: (value: T) => T): void {
    this.set(change(this.#value));
  }

  subscribe(seen: (value: T) => void): Stop {
    this.#watchers.add(seen);
    seen(this.#value);
    return () => void this.#watchers.delete(seen);
  }
}
