/** How does a page read the core's cells? As Preact signals that follow them for the page's life. */
import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { Readable } from "../sdk/cell.ts";

export function fromCell<T>(cell: Readable<T>): ReadonlySignal<T> {
  const follows = signal(cell.value);
  cell.subscribe((value) => { follows.value = value; });
  return follows;
}
