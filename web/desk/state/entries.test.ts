import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event } from "../../sdk/types.ts";
import { entries, type Entry } from "./entries.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const FLOW = { run_id: "r", flow: "f", title: "Activate card", step: "digits", step_title: "Card digits" };
let seq = 0;
const event = (kind: string, body: object, more: object = {}): Event => {
  seq += 1;
  return { conversation_id: "v", seq, prev: seq - 1, kind, body, actor: { kind: "customer", id: "c", name: "Maya Okafor" }, at: "2026-11-21T11:00:00Z", cmid: null, ...more } as Event;
};
const invalid = (label = "Digits did not match"): Event => event("flow.invalid", { ...FLOW, code: "MISMATCH", label });
const lines = (list: Entry[]): string[] => list.flatMap((one) => (one.is === "event" ? [one.strong + one.rest] : one.is === "day" ? [] : one.is === "ask" ? [one.prompt] : [one.text]));

test("the same failure again is one line that says how often", () => {
  const list = entries([invalid(), invalid(), invalid(), invalid("Card expired")], [], "all", "a", NOW);
  assert.deepEqual(lines(list), ["Digits did not match, 3 times, at “Card digits”", "Card expired, at “Card digits”"]);
});

test("something between two failures keeps them apart", () => {
  const list = entries([invalid(), event("message", { text: "Hello" }), invalid()], [], "all", "a", NOW);
  assert.equal(lines(list).filter((line) => line.startsWith("Digits")).length, 2);
});

test("being queued and offered is not part of the story", () => {
  const body = { interaction_id: "i", channel: "video" };
  assert.deepEqual(entries([event("interaction.queued", body), event("interaction.offered", body)], [], "all", "a", NOW), []);
});

test("each filter keeps its own kinds", () => {
  const all = [event("message", { text: "Hello" }), event("note", { text: "Old card" }), event("call.started", { call_id: "k", channel: "voice" }), invalid(), event("notification.sent", { notification_id: "n", title: "Back soon" })];
  const kept = (filter: Parameters<typeof entries>[2]): string[] => lines(entries(all, [], filter, "a", NOW));
  assert.deepEqual(kept("messages"), ["Hello"]);
  assert.deepEqual(kept("notes"), ["Old card"]);
  assert.deepEqual(kept("calls"), ["Voice call started by Maya Okafor"]);
  assert.deepEqual(kept("flow"), ["Digits did not match, at “Card digits”"]);
  assert.deepEqual(kept("pushes"), ["Push “Back soon” sent"]);
});

test("a message keeps its key when the server has confirmed it", () => {
  const [, unsent] = entries([], [{ cmid: "m-1", text: "Hi", at: "2026-11-21T11:59:00Z", refused: null }], "all", "a", NOW);
  const [, sent] = entries([event("message", { text: "Hi" }, { cmid: "m-1" })], [], "all", "a", NOW);
  assert.equal(unsent?.key, "m-1");
  assert.equal(sent?.key, "m-1");
});

test("a refused message says why and stays", () => {
  const [, refused] = entries([], [{ cmid: "m-1", text: "Hi", at: "2026-11-21T11:59:00Z", refused: "Too long." }], "all", "a", NOW);
  assert.ok(refused?.is === "message" && refused.state === "refused" && refused.why === "Too long.");
});

test("a call says how long it lasted from its connection on", () => {
  const list = entries([
    event("call.connected", { call_id: "k", channel: "video" }, { at: "2026-11-21T11:00:00Z" }),
    event("call.ended", { call_id: "k", channel: "video" }, { at: "2026-11-21T11:04:12Z", actor: { kind: "agent", id: "a", name: "Ines" } }),
  ], [], "all", "a", NOW);
  assert.equal(lines(list)[1], "Video call ended, 4 min 12 s by you");
});

test("a message says how far it came, and what it says now", () => {
  const agent = { actor: { kind: "agent", id: "a", name: "Ines" } };
  seq = 0;
  const events = ["one", "two", "three"].map((text) => event("message", { text }, agent));
  events.push(event("message.edited", { of: 1, text: "One" }, agent), event("message.deleted", { of: 3 }, agent));
  const marks = { delivered: 2, seen: 1, seen_at: "2026-11-21T11:02:00Z" };
  const list = entries(events, [], "all", "a", Date.parse("2026-11-21T11:05:00Z"), marks);
  const shown = list.flatMap((one) => (one.is === "message" ? [[one.text, one.state, one.readAt !== null, one.edited, one.deleted, one.change]] : []));
  assert.deepEqual(shown, [["One", "read", true, true, false, 1], ["two", "delivered", false, false, false, 2], ["", "sent", false, false, true, null]]);
  const later = entries(events, [], "all", "a", NOW + 86_400_000, marks);
  assert.ok(later.every((one) => one.is !== "message" || one.change === null));
});

test("what became of an asking is said with a name, and without one", () => {
  const system = { actor: { kind: "system", id: null, name: null } };
  const ended = (outcome: string, agent_name: string | null): Event => event("consult.ended", { interaction_id: "i", role: "consult", to: "fraud_team", outcome, agent_name }, system);
  const list = entries([
    ended("nobody", "Nadia Amrani"), ended("taken_back", null), ended("over", null), ended("over", "Nadia Amrani"), ended("declined", null),
    event("interaction.accepted", { interaction_id: "i" }, system),
    event("interaction.transferred", { interaction_id: "i", to: "card_support", waits: true }, { actor: { kind: "agent", id: "a", name: "Ines" } }),
  ], [], "all", "a", NOW);
  assert.deepEqual(lines(list), [
    "Nobody was free to join", "A colleague is no longer needed", "A colleague is no longer needed", "Nadia Amrani is no longer needed", "A colleague could not join",
    "Accepted", "Passed on by you to Card support",
  ]);
});

test("who is not named is someone", () => {
  const nameless = { actor: { kind: "agent", id: "b", name: null } };
  const list = entries([event("note", { text: "Old card" }, nameless), event("message", { text: "Hello" }, nameless)], [], "all", "a", NOW);
  assert.deepEqual(list.flatMap((one) => ("name" in one ? [one.name] : [])), ["Someone", "Someone"]);
});

test("a question has its answer beside it", () => {
  seq = 0;
  const asked = event("ask", { prompt: "Travelling?", kind: "yes_no", options: [], fact: null, answered: 2 });
  const [, before] = entries([asked], [], "messages", "a", NOW);
  const [, after] = entries([asked, event("ask.answered", { of: 1, value: true, label: null, fact: null })], [], "messages", "a", NOW);
  assert.ok(before?.is === "ask" && before.answer === null);
  assert.ok(after?.is === "ask" && after.answer === "Yes");
});
