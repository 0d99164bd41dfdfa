/** Which part of "why now" is said first? What went wrong beats where it was. */
import { capital } from "../../shared/format.ts";

export interface Why { first: string; rest: string }

const ASKS = /^asks (for (text|voice|video)|to be called)$/i;
const WHERE = /\bstep \d+ of \d+\b/i;

/**
 * "Activate card, step 2 of 4, digits refused twice, asks for video" is
 * { first: "Digits refused twice", rest: "Activate card, step 2 of 4" }: the channel stands elsewhere on the card.
 */
export function whyParts(whyNow: string): Why {
  const parts = whyNow.split(", ").filter((part) => part && !ASKS.test(part));
  const at = parts.findIndex((part) => WHERE.test(part));
  const after = at < 0 ? [] : parts.slice(at + 1);
  if (after.length === 0) return { first: capital(parts.join(", ") || whyNow), rest: "" };
  return { first: capital(after.join(", ")), rest: parts.slice(0, at + 1).join(", ") };
}
