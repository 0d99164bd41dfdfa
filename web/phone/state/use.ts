/** Which small habits do the screens share? Time that passes, and waiting for what the server will say. */
import { useEffect, useState } from "preact/hooks";
import type { ReadonlySignal } from "@preact/signals";

/** The time by `clock`, drawn again every `every` milliseconds. */
export function useNow(clock: () => number, every: number): number {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), every);
    return () => clearInterval(timer);
  }, [every]);
  return clock();
}

/** True once `on` has been true for `ms`: a moment's outage is not worth a word. */
export function useLasting(on: boolean, ms: number): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!on) return setLasting(false);
    const timer = setTimeout(() => setLasting(true), ms);
    return () => clearTimeout(timer);
  }, [on, ms]);
  return on && lasting;
}

/** Waits until the signal says so, but no longer than `ms`. */
export function until<T>(source: ReadonlySignal<T>, wanted: (value: T) => boolean, ms: number): Promise<void> {
  return new Promise((resolve) => {
    let stop = (): void => undefined;
    const done = (): void => { clearTimeout(timer); stop(); resolve(); };
    const timer = setTimeout(done, ms);
    queueMicrotask(() => { stop = source.subscribe((value) => { if (wanted(value)) queueMicrotask(done); }); });
  });
}
