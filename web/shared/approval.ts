/** What became of an approval that an agent asked for? The log says. */
import type { Event, Uuid } from "../sdk/types.ts";

export type Outcome = { is: "given"; method: "passkey" | "otp_host"; at: string } | { is: "declined" | "denied"; at: string };

/** None while it can still be given. */
export function outcomeOf(id: Uuid, events: readonly Event[]): Outcome | null {
  for (const event of events) {
    switch (event.kind) {
      case "approval.given": if (event.body.approval_id === id) return { is: "given", method: event.body.method, at: event.at }; break;
      case "approval.declined": if (event.body.approval_id === id) return { is: "declined", at: event.at }; break;
      case "approval.refused": if (event.body.approval_id === id && event.body.denied) return { is: "denied", at: event.at }; break;
    }
  }
  return null;
}

export const METHODS = { passkey: "by passkey", otp_host: "by one-time code" } as const;
