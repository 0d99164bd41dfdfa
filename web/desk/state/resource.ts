/** What has a request brought so far: nothing yet, a value, or the reason why it did not come? */
import { signal, type ReadonlySignal } from "@preact/signals";

export type Loaded<T> = { is: "loading" } | { is: "ready"; value: T } | { is: "failed" };

export class Resource<T> {
  readonly #state = signal<Loaded<T>>({ is: "loading" });
  readonly #load: () => Promise<T>;
  #running = false;
  #again = false;

  constructor(load: () => Promise<T>) {
    this.#load = load;
  }

  get state(): ReadonlySignal<Loaded<T>> {
    return this.#state;
  }

  /** The value, or undefined while there is none. */
  get value(): T | undefined {
    return this.#state.value.is === "ready" ? this.#state.value.value : undefined;
  }

  /** Something of it is known to be different; nothing where there is no value yet. */
  change(how: (value: T) => T): void {
    const state = this.#state.value;
    if (state.is === "ready") this.#state.value = { is: "ready", value: how(state.value) };
  }

  /** One request at a time; asked while one is under way, exactly one more follows. A failure keeps the last value. */
  async refresh(): Promise<void> {
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = true;
    try {
      this.#state.value = { is: "ready", value: await this.#load() };
    } catch {
      if (this.#state.value.is !== "ready") this.#state.value = { is: "failed" };
    }
    this.#running = false;
    if (!this.#again) return;
    this.#again = false;
    await this.refresh();
  }
}
