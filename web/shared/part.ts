/** How is a part of the app fetched that the first screen does not need? Before it is needed; and again where that failed. */
import { signal } from "@preact/signals";

export class Part<M> {
  /** None until it is here. */
  readonly module = signal<M | null>(null);
  readonly failed = signal(false);

  constructor(private readonly fetch: () => Promise<M>) {}

  async load(): Promise<void> {
    if (this.module.value !== null) return;
    this.failed.value = false;
    try {
      this.module.value = await this.fetch();
    } catch {
      this.failed.value = true;
    }
  }

  /** Some browsers remember a failure as long as the page lives, and a new version has other files: then all of it is fetched again. */
  async again(reload: () => void): Promise<void> {
    await this.load();
    if (this.failed.value && navigator.onLine) reload();
  }
}

const IDLE_WITHIN_MS = 3_000;

/** Once the page has nothing better to do; Safari cannot say when that is. */
export function whenIdle(work: () => void): void {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(work, { timeout: IDLE_WITHIN_MS });
  else setTimeout(work, IDLE_WITHIN_MS);
}
