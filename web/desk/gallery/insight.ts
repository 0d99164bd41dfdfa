/** What does the gallery's page of insight tell? Two versions of a flow, and a second flow. */
import type { FlowInsight, Often, RepeatedQuestions, StepInsight, VersionInsight } from "../../sdk/types.ts";
import { before } from "./people.ts";

const COUNTS = { abandoned: 0, refused: 0, expired: 0, lying: 0, helped: 0, escalated: 0, came_back: 0 };

function step(name: string, title: string, kind: StepInsight["kind"], entered: number, answered: number, more: Partial<StepInsight> = {}): StepInsight {
  return { step: name, title, kind, entered, answered, left: 0, escalated: 0, helped: 0, p50_s: null, p90_s: null, invalid: [], failed: [], ...more };
}

const often = (code: string, count: number, field: string | null = null): Often => ({ field, code, count });

const NEW: VersionInsight = {
  flow: "activate_debit_card", title: "Activate card", version: "08b0e3f8c567b6bb", label: "Both cards", published_at: before(260_000), live: true, ...COUNTS,
  started: 412, solved: 354, solved_alone: 331, came_back: 6, abandoned: 19, expired: 8, lying: 9, helped: 31, escalated: 22, median_s: 68.2,
};
const OLD: VersionInsight = { ...NEW, version: "5a91c0d2ee47a1f0", label: null, published_at: before(2_400_000), live: false, started: 1180, solved: 862, solved_alone: 760, came_back: 41, abandoned: 130, expired: 52, lying: 0, helped: 164, escalated: 136, median_s: 96.5 };
const DISPUTE: VersionInsight = { ...NEW, flow: "dispute_charge", title: "Dispute a charge", version: "c41d77aa09be6621", label: null, published_at: before(800_000), started: 97, solved: 61, solved_alone: 58, came_back: 0, abandoned: 12, expired: 4, lying: 3, helped: 9, escalated: 17, median_s: 341 };

export const VERSIONS: VersionInsight[] = [NEW, OLD, DISPUTE];

export const GOES: FlowInsight[] = [
  {
    run: NEW,
    steps: [
      step("load_card", "Find the card", "action", 412, 410, { p50_s: 0.4, p90_s: 0.7, failed: [often("CARD_UNKNOWN", 2)] }),
      step("ask_digits", "Card digits", "ask", 410, 388, { left: 21, helped: 18, p50_s: 27, p90_s: 91, invalid: [often("digits_length", 43, "last4"), often("card_expired", 12, "expiry")] }),
      step("prove_identity", "Confirm it’s you", "ask", 388, 376, { left: 11, helped: 9, p50_s: 19, p90_s: 54, invalid: [often("WRONG", 37, "identity")] }),
      step("activate", "Activate", "action", 376, 354, { p50_s: 1.2, p90_s: 3.3, failed: [often("DIGITS_MISMATCH", 58), often("UNAVAILABLE", 4)] }),
      step("done", "Your card works", "other", 354, 0, { helped: 4 }),
    ],
  },
  {
    run: OLD,
    steps: [
      step("load_card", "Find the card", "action", 1180, 1176, { p50_s: 0.4, p90_s: 0.7 }),
      step("ask_digits", "Card digits", "ask", 1176, 1012, { left: 122, helped: 120, p50_s: 45, p90_s: 152, invalid: [often("digits_length", 310, "last4")] }),
      step("prove_identity", "Confirm it’s you", "ask", 1012, 958, { left: 60, helped: 44, p50_s: 22, p90_s: 64 }),
      step("activate", "Activate", "action", 958, 862, { p50_s: 1.2, p90_s: 3.3, failed: [often("DIGITS_MISMATCH", 402)] }),
      step("done", "Your card works", "other", 862, 0),
    ],
  },
  {
    run: DISPUTE,
    steps: [
      step("which_charge", "Which charge?", "ask", 97, 90, { left: 7, p50_s: 32, p90_s: 120 }),
      step("what_happened", "What happened?", "ask", 90, 78, { left: 12, helped: 9, p50_s: 128, p90_s: 620 }),
    ],
  },
];

export const REPEATED: RepeatedQuestions = {
  total: 7, interactions: 388,
  items: [
    { key: "card_last4", by: "agent", source: "Said in Activate card", count: 5, latest_at: before(6_000) },
    { key: "email", by: "flow", source: "Said to Tom Weber", count: 2, latest_at: before(90_000) },
  ],
};
