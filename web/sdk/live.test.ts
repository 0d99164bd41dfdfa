import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryKeep } from "./keep.ts";
import { Live } from "./live.ts";
import { Outbox } from "./outbox.ts";
import { Store } from "./store.ts";
import { C, Line, ME, message, settled } from "./line.ts";
import type { CustomerMe, Interaction } from "./types.ts";

function setUp() {
  const lines: Line[] = [];
  const renewed: string[] = [];
  const store = new Store<CustomerMe>("customer");
  const outbox = new Outbox(new MemoryKeep(), "maya/");
  const live = new Live({
    url: "ws://test/v1/live", kind: "customer", sink: store, outbox, random: () => 0,
    credentials: { current: async () => "t1", renew: async (stale) => (renewed.push(stale), "t2") },
    self: () => ({ kind: "customer", id: "m", name: "Maya" }),
    socket: () => (lines.push(new Line()), lines.at(-1) as unknown as WebSocket),
  });
  live.watch(C);
  live.start();
  return { lines, live, store, outbox, renewed, texts: () => store.timeline(C).value.map((e) => (e.kind === "message" ? e.body.text : e.kind)) };
}

/* chatwoot#13713: events that came out of order became rows that stood there twice. */
test("a hole is asked for once, and nothing is applied twice or out of order", async () => {
  const { lines, live, texts } = setUp();
  await settled();
  const line = lines[0]!;
  line.welcome(0);
  assert.deepEqual(line.said[0], { type: "hello", token: "t1", cursors: { [C]: 0 }, caps: [] });
  line.hear(message(1, 0, "one"));
  line.hear(message(4, 3, "four"));
  line.hear(message(5, 4, "five"));
  assert.deepEqual(line.said.filter((f) => f.type === "sync"), [{ type: "sync", conversation_id: C, after: 1 }]);
  for (const frame of [message(1, 0, "one"), message(3, 1, "three"), message(4, 3, "four"), message(5, 4, "five")]) line.hear(frame);
  line.hear({ type: "tail", conversation_id: C, upto: 5 });
  assert.deepEqual(texts(), ["one", "three", "four", "five"]);
  live.stop();
});

test("a message is sent again after the connection died, and shown once", async () => {
  const { lines, live, outbox, texts } = setUp();
  await settled();
  lines[0]!.welcome(0);
  const { cmid } = live.send(C, "I have both here");
  assert.equal(lines[0]!.last()?.type, "send");
  lines[0]!.onclose?.({ code: 1012 });
  await new Promise((done) => setTimeout(done, 80));
  const line = lines[1]!;
  line.welcome(0);
  assert.deepEqual(line.last(), { type: "send", cmid, conversation_id: C, text: "I have both here" });
  line.hear({ type: "ack", cmid, conversation_id: C, seq: 1, prev: 0, at: "2026-11-20T09:43:00Z" });
  line.hear(message(1, 0, "I have both here", cmid));
  assert.deepEqual(texts(), ["I have both here"]);
  assert.deepEqual(outbox.entries.value, []);
  live.stop();
});

/* amazon-connect-chatjs#254, chatwoot#3916, chatwoot#4335, chatwoot#5182, RocketChat#36023: after the phone was
   locked nothing came until the page was reloaded, as its socket still seemed to be open. */
test("a line that fell silent without an end is left, and what was missed is asked for", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval", "setTimeout", "Date"] });
  const { lines, live, texts } = setUp();
  const settle = async (): Promise<void> => { for (let i = 0; i < 20; i += 1) await Promise.resolve(); };
  await settle();
  lines[0]!.welcome(0);
  lines[0]!.hear(message(1, 0, "one"));
  t.mock.timers.tick(24_000);
  assert.equal(lines.length, 1);
  t.mock.timers.tick(2_000);
  await settle();
  t.mock.timers.tick(5_000);
  await settle();
  assert.equal(lines.length, 2);
  const line = lines[1]!;
  line.welcome(2);
  assert.deepEqual(line.said[0], { type: "hello", token: "t1", cursors: { [C]: 1 }, caps: [] });
  line.hear(message(2, 1, "two"));
  assert.deepEqual(texts(), ["one", "two"]);
  live.stop();
});

test("a refused token is renewed, another epoch begins the log anew", async () => {
  const { lines, live, renewed, texts } = setUp();
  await settled();
  lines[0]!.welcome(0);
  lines[0]!.hear(message(1, 0, "old"));
  lines[0]!.onclose?.({ code: 4401 });
  await new Promise((done) => setTimeout(done, 80));
  assert.deepEqual(renewed, ["t1"]);
  lines[1]!.welcome(1, "b");
  lines[1]!.hear(message(1, 0, "new"));
  assert.deepEqual(texts(), ["new"]);
  live.stop();
});

test("another epoch whose log is as long is read from its beginning, past the tail that goes on from the old cursor", async () => {
  const { lines, live, texts } = setUp();
  await settled();
  lines[0]!.welcome(0);
  lines[0]!.hear(message(1, 0, "old"));
  lines[0]!.onclose?.({ code: 1012 });
  await new Promise((done) => setTimeout(done, 80));
  const line = lines[1]!;
  line.welcome(2, "b");
  line.hear(message(2, 1, "two"));
  line.hear({ type: "tail", conversation_id: C, upto: 2 });
  assert.deepEqual(line.last(), { type: "sync", conversation_id: C, after: 0 });
  for (const frame of [message(1, 0, "one"), message(2, 1, "two")]) line.hear(frame);
  line.hear({ type: "tail", conversation_id: C, upto: 2 });
  assert.deepEqual(texts(), ["one", "two"]);
  assert.equal(live.cursor(C), 2);
  assert.equal(line.said.filter((frame) => frame.type === "sync").length, 1);
  live.stop();
});

test("a place is shown unless the snapshot is newer", async () => {
  const { lines, live, store } = setUp();
  await settled();
  const line = lines[0]!;
  line.welcome(0);
  const at = (second: number): string => `2026-11-20T09:43:0${second}Z`;
  const interaction = { id: "i1", place: 3, wait: { p50_s: 60, p90_s: 120 }, nobody_there: false, now: at(2) } as Interaction;
  line.hear({ type: "me", me: { ...ME, interaction } });
  line.hear({ type: "place", interaction_id: "i1", place: 9, wait: null, nobody_there: true, now: at(1) });
  assert.equal(store.me.value?.interaction?.place, 3);
  line.hear({ type: "place", interaction_id: "other", place: 9, wait: null, nobody_there: true, now: at(3) });
  line.hear({ type: "place", interaction_id: "i1", place: 2, wait: null, nobody_there: true, now: at(4) });
  assert.deepEqual(store.me.value?.interaction, { ...interaction, place: 2, wait: null, nobody_there: true, now: at(4) });
  live.stop();
});
