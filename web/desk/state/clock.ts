/** What time is it on the server? Every deadline counts down from the server's clock, never from this computer's. */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { Instant } from "../../sdk/types.ts";

export class Clock {
  readonly #now;
  readonly #read: () => number;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** `read` gives the server's time in milliseconds. */
  constructor(read: () => number) {
    this.#read = read;
    this.#now = signal(read());
  }

  /** Milliseconds of the server's clock, renewed every second. */
  get now(): ReadonlySignal<number> {
    return this.#now;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.tick(), 1000);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  tick(): void {
    this.#now.value = this.#read();
  }
}

/** Milliseconds since `at`, never negative. */
export const since = (at: Instant, now: number): number => Math.max(0, now - Date.parse(at));

/** Whole seconds until `at`, rounded up, never negative. */
export const secondsUntil = (at: Instant, now: number): number => Math.max(0, Math.ceil((Date.parse(at) - now) / 1000));

/** "2026-11-21T18:30", as the clock on the wall shows it here. */
export function wallTime(at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
