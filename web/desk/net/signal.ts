/** How does a page read a cell of the client's core? As a signal. */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { Readable, Stop } from "../../sdk/cell.ts";

/** Follows the cell until whoever keeps `stops` calls them. */
export function fromCell<T>(cell: Readable<T>, stops: Stop[] = []): ReadonlySignal<T> {
  const copy = signal(cell.value);
  stops.push(cell.subscribe((value) => { copy.value = value; }));
  return copy;
}
