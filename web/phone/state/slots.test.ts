import assert from "node:assert/strict";
import { test } from "node:test";
import { slotDays } from "./slots.ts";

const NOW = new Date(2026, 10, 20, 16, 20).getTime();
const iso = (day: number, hour: number, minute = 0): string => new Date(2026, 10, day, hour, minute).toISOString();

test("half hours inside the windows, not too soon, none at closing time", () => {
  const days = slotDays([{ opens_at: iso(20, 9), closes_at: iso(20, 18) }, { opens_at: iso(21, 9, 10), closes_at: iso(21, 10, 15) }], NOW);
  assert.deepEqual(days.map((day) => [day.key, day.label, day.slots.map((slot) => slot.label)]), [
    ["2026-11-20", "Today", ["17:00", "17:30"]],
    ["2026-11-21", "Tomorrow", ["09:30", "10:00"]],
  ]);
  assert.equal(days[0]?.slots[0]?.at, "2026-11-20T17:00");
});

test("a week that is always open is a choice of days", () => {
  const days = slotDays([{ opens_at: iso(20, 16, 20), closes_at: iso(27, 16, 20) }], NOW);
  assert.equal(days.length, 8);
  assert.equal(days[3]?.slots.length, 48);
});

test("no window, no choice", () => assert.deepEqual(slotDays([], NOW), []));
