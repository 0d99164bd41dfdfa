/** How does a page read the core's cells? As Preact signals that follow them. */
import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { Readable, Stop } from "../sdk/cell.ts";

/** For the page's life, or until whoever keeps `stops` calls them. */
export function fromCell<T>(cell: Readable<T>, stops: Stop[] = []): ReadonlySignal<T> {
  const follows = signal(cell.value);
  stops.push(cell.subscribe((value) => { follows.value = value; }));
  return follows;
}
