/** Which frames of a log may be applied, and when must the client ask for what it missed? No I/O. */

export type Place = "apply" | "drop" | "gap";

/** Where a frame stands against the cursor: `prev` is the last seq that this audience could see. */
export function place(cursor: number, frame: { seq: number; prev: number }): Place {
  if (frame.seq <= cursor) return "drop";
  return frame.prev === cursor ? "apply" : "gap";
}

/** How far one conversation has been read here, and how far it is known to reach. */
export interface Reading {
  readonly cursor: number;
  /** The highest seq heard of. */
  readonly known: number;
  readonly syncing: boolean;
}

export const UNREAD: Reading = { cursor: 0, known: 0, syncing: false };

export function applied(reading: Reading, seq: number): Reading {
  return { ...reading, cursor: seq, known: Math.max(reading.known, seq) };
}

/** A frame that does not fit: remember how far the log reaches. Ask only while no answer is under way. */
export function missed(reading: Reading, seq: number): { reading: Reading; ask: boolean } {
  return { reading: { ...reading, known: Math.max(reading.known, seq), syncing: true }, ask: !reading.syncing };
}

/** A tail has ended at `upto`. Ask on while more is known, but never again where the answer brought nothing. */
export function tailed(reading: Reading, upto: number, from: number): { reading: Reading; ask: boolean } {
  const cursor = Math.max(reading.cursor, upto);
  const ask = cursor < reading.known && cursor > from;
  return { reading: { cursor, known: ask ? reading.known : cursor, syncing: ask }, ask };
}
