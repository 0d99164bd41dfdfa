/** How far did an own message come? */
import type { Mark } from "./types.ts";

/** On its way, stored, at the other side, read there; theirs are just sent. */
export type Sent = "unsent" | "refused" | "sent" | "delivered" | "read";

/** `marks` is how far the other side has come. */
export const sentOf = (seq: number, marks: Mark | null): Sent => (!marks || seq > marks.delivered ? "sent" : seq > marks.seen ? "delivered" : "read");
