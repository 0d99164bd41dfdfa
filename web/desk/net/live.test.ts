import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryKeep } from "../../sdk/keep.ts";
import { C, Line, message, settled } from "../../sdk/line.ts";
import type { AgentMe } from "../../sdk/types.ts";
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

test("a conversation that is accepted again is watched again, though the page still follows it", async () => {
  const line = new Line();
  page(line);
  const live = new ServerLive(ME.agent, { current: async () => "t1", renew: async () => "t2" }, new MemoryKeep());
  const finished = live.open(C); // for the rating that may come
  await settled();
  line.onopen?.();
  line.hear({ type: "welcome", epoch: "a", now: new Date().toISOString(), heads: {}, me: ME as AgentMe });
  line.hear(message(1, 0, "one"));
  line.hear({ type: "tail", conversation_id: C, upto: 1 });
  const again = live.open(C);
  assert.deepEqual(line.last(), { type: "watch", conversation_id: C, after: 1 });
  line.hear(message(2, 1, "two"));
  line.hear({ type: "tail", conversation_id: C, upto: 2 });
  assert.equal(again.events.value.length, 2);
  again.close();
  finished.close();
  assert.deepEqual(line.last(), { type: "unwatch", conversation_id: C });
  live.stop();
});
