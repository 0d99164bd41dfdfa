import assert from "node:assert/strict";
import { test } from "node:test";
import { applied, missed, place, tailed, UNREAD } from "./log.ts";

test("a frame is applied only right after what was last seen", () => {
  assert.equal(place(4, { seq: 5, prev: 4 }), "apply");
  assert.equal(place(4, { seq: 9, prev: 4 }), "apply"); // 5 to 8 are not for this audience
  assert.equal(place(4, { seq: 4, prev: 3 }), "drop");
  assert.equal(place(4, { seq: 6, prev: 5 }), "gap");
});

test("one question at a time, and another while more is known than came", () => {
  const at4 = applied(UNREAD, 4);
  const first = missed(at4, 7);
  assert.equal(first.ask, true);
  const second = missed(first.reading, 9);
  assert.equal(second.ask, false);
  const half = tailed(applied(second.reading, 7), 7, 4);
  assert.equal(half.ask, true);
  const whole = tailed(applied(half.reading, 9), 9, 7);
  assert.deepEqual(whole, { reading: { cursor: 9, known: 9, syncing: false }, ask: false });
});

test("a tail may move the cursor over what this audience cannot see", () => {
  assert.equal(tailed(missed(applied(UNREAD, 4), 30).reading, 30, 4).reading.cursor, 30);
});

test("an answer that brings nothing is not asked for again", () => {
  const { reading, ask } = tailed(missed(applied(UNREAD, 4), 9).reading, 4, 4);
  assert.equal(ask, false);
  assert.equal(reading.syncing, false);
});
