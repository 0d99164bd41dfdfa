/** What is going on between the customer and us, as pages ask it? */
import type { Interaction } from "../../sdk/types.ts";

export const asked = (i: Interaction | null): boolean => i?.state === "queued" || i?.state === "offered";
export const withAgent = (i: Interaction | null): boolean => i?.state === "live" || i?.state === "paused";
export const isOver = (i: Interaction | null): boolean => i?.state === "wrap_up" || i?.state === "closed";

/** Somebody reads what is written, now or later; otherwise the server refuses it. */
export const mayWrite = (i: Interaction | null): boolean => asked(i) || withAgent(i) || i?.state === "wrap_up";

/** Who helped and has not been rated; null when there is nothing to rate. */
export function unratedBy(i: Interaction | null, skipped: string | null): string | null {
  return isOver(i) && i!.agent && i!.rating === null && skipped !== i!.id ? i!.agent.name : null;
}

/** Whether a run has not come to its end. */
export const isOpen = (status: string): boolean => status === "active" || status === "waiting" || status === "with_human";
