import assert from "node:assert/strict";
import { test } from "node:test";
import { coming, duration, initials, opening, ordinal, stopwatch, wait, waitSentence } from "./format.ts";

test("waits are rounded up and never promise less", () => {
  assert.deepEqual([0, 5, 6, 31, 50, 51, 61, 119].map(wait), ["Now", "Now", "about 10 s", "about 40 s", "about 50 s", "about 1 min", "about 2 min", "about 2 min"]);
  assert.equal(waitSentence(55), "About 1 minute");
});

test("a time to come is named as near as it is, in the reader's language", () => {
  const friday = new Date(2026, 10, 20, 9, 42);
  const in_ = (days: number, locale: string): string => opening(new Date(2026, 10, 20 + days, 8).toISOString(), friday.getTime(), locale).replace("\u202f", " ");
  assert.equal(in_(0, "en"), "today 8:00 AM");
  assert.equal(in_(1, "en"), "tomorrow 8:00 AM");
  assert.equal(in_(3, "en"), "Monday 8:00 AM");
  assert.equal(in_(3, "es"), "lunes 8:00");
  assert.equal(in_(9, "en-GB"), "29 November 8:00");
});

test("durations and places read aloud", () => {
  assert.equal(stopwatch(134_000), "02:14");
  assert.equal(stopwatch(3_734_000), "1:02:14");
  assert.equal(duration(252_000), "4 min 12 s");
  assert.deepEqual([1, 2, 3, 4, 11, 21].map(ordinal), ["1st", "2nd", "3rd", "4th", "11th", "21st"]);
  assert.equal(initials("Maya van der Okafor"), "MO");
});

test("what is to come is named by the day", () => {
  const now = new Date(2026, 10, 20, 9, 42).getTime();
  const at = (day: number, hour: number): string => new Date(2026, 10, day, hour, 30).toISOString();
  assert.equal(coming(at(20, 18), now, "en"), "today at 18:30");
  assert.equal(coming(at(21, 8), now, "en"), "tomorrow at 08:30");
  assert.equal(coming(at(23, 9), now, "en-GB"), "on Monday 23 November at 09:30");
});
