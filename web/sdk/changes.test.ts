import assert from "node:assert/strict";
import { test } from "node:test";
import { changesOf, saidNow } from "./changes.ts";
import type { Event } from "./types.ts";

const event = (seq: number, kind: string, body: object): Event =>
  ({ conversation_id: "c", seq, prev: seq - 1, kind, body, actor: { kind: "customer", id: "m", name: "Maya" }, at: "2026-11-21T11:00:00Z", cmid: null }) as Event;
type Message = Extract<Event, { kind: "message" }>;
const FILE = { id: "f", name: "card.jpg", type: "image/jpeg", size: 1, width: 4, height: 2 };

/** What the customer had before going offline, and the tail that came afterwards. */
const BEFORE = [event(1, "message", { text: "teh card", files: [FILE] }), event(2, "message", { text: "oops" })];
const TAIL = [
  event(3, "message.edited", { of: 1, text: "the card" }), event(4, "message.edited", { of: 1, text: "my card" }), event(5, "message.deleted", { of: 2 }),
];
/** The same, read from the beginning: the old words are gone from the server. */
const FRESH = [
  event(1, "message", { text: "", files: [FILE], edited: 4 }), event(2, "message", { text: "", deleted: 5 }),
  event(3, "message.edited", { of: 1, text: "" }), ...TAIL.slice(1),
];

test("a tail applied to what was known is what one reads from the beginning", () => {
  for (const events of [[...BEFORE, ...TAIL], FRESH]) {
    const changes = changesOf(events);
    const now = events.slice(0, 2).map((one) => saidNow(one as Message, changes.get(one.seq)));
    assert.deepEqual(now, [
      { text: "my card", files: [FILE], edited: true, deleted: false },
      { text: "", files: [], edited: false, deleted: true },
    ]);
  }
});

test("an answer stands at its question", () => {
  const answer = { of: 1, value: true, label: null, fact: null };
  const changes = changesOf([event(1, "ask", { prompt: "Travelling?", kind: "yes_no", options: [], fact: null, answered: 2 }), event(2, "ask.answered", answer)]);
  assert.deepEqual(changes.get(1), { answer });
});
