import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryKeep } from "../../sdk/keep.ts";
import { C, Line, message, settled } from "../../sdk/line.ts";
import { ME } from "../gallery/people.ts";
import { ServerLive } from "./live.ts";

const events = new EventTarget();
const heard = events.addEventListener.bind(events);

/** What a page has and node has not. */
function page(line: Line): void {
  const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  Object.assign(globalThis, {
    location: new URL("http://desk.example/"), document, addEventListener: heard, removeEventListener: events.removeEventListener.bind(events),
    WebSocket: function () { return line; },
  });
  Object.defineProperty(globalThis, "navigator", { value: { onLine: true }, configurable: true });
}

async function connected() {
  const line = new Line();
  page(line);
  const live = new ServerLive(ME.agent, { current: async () => "t1", renew: async () => "t2" }, new MemoryKeep());
  await settled();
  line.onopen?.();
  line.hear({ type: "welcome", epoch: "a", now: new Date().toISOString(), heads: {}, me: ME });
  return { live, line };
}

test("a conversation that is accepted again is watched again, though another part of the page still reads it", async () => {
  const { live, line } = await connected();
  const other = live.open(C);
  line.hear(message(1, 0, "one"));
  line.hear({ type: "tail", conversation_id: C, upto: 1 });
  const again = live.open(C);
  assert.deepEqual(line.last(), { type: "watch", conversation_id: C, after: 1 });
  line.hear(message(2, 1, "two"));
  line.hear({ type: "tail", conversation_id: C, upto: 2 });
  assert.equal(again.events.value.length, 2);
  again.close();
  other.close();
  assert.deepEqual(line.last(), { type: "unwatch", conversation_id: C });
  live.stop();
});

test("a reply that was refused stays with its reason until the agent gives it up", async () => {
  const { live, line } = await connected();
  const { unsent, send, remove } = live.open(C);
  send("Hello", []);
  const sent = line.last();
  assert.ok(sent?.type === "send");
  line.hear({ type: "refused", cmid: sent.cmid, problem: { type: "/problems/not-found", title: "Not found", status: 404, detail: "Tom has it now." } });
  assert.deepEqual(unsent.value.map(({ refused }) => refused), ["Tom has it now."]);
  remove(sent.cmid);
  assert.deepEqual(unsent.value, []);
  live.stop();
});
