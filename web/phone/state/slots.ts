/** Which times can be chosen for a call? Half hours in which somebody is there, on this phone's clock. */
import { clock, comingDay } from "../../shared/format.ts";
import type { CallbackChoice } from "../../sdk/types.ts";

/** `at` is what the clock on the wall shows then, "2026-11-21T18:30". */
export interface Slot { at: string; label: string; moment: number }
export interface SlotDay { key: string; label: string; slots: Slot[] }

const STEP_MS = 30 * 60_000;
/** Sooner than that the call at one's turn is as good. */
const NOTICE_MS = 15 * 60_000;

const two = (n: number): string => String(n).padStart(2, "0");
const dayOf = (d: Date): string => `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;

/** An hour that comes twice, where the clock is put back, is offered once: the first. */
export function slotDays(windows: CallbackChoice["windows"], now: number): SlotDay[] {
  const days = new Map<string, SlotDay>();
  for (const { opens_at, closes_at } of windows) {
    const from = Math.max(Date.parse(opens_at), now + NOTICE_MS);
    for (let moment = Math.ceil(from / STEP_MS) * STEP_MS; moment < Date.parse(closes_at); moment += STEP_MS) {
      const there = new Date(moment);
      const [key, iso] = [dayOf(there), there.toISOString()];
      const day = days.get(key) ?? { key, label: named(iso, now), slots: [] };
      const at = `${key}T${two(there.getHours())}:${two(there.getMinutes())}`;
      if (!day.slots.some((slot) => slot.at === at)) day.slots.push({ at, label: clock(iso), moment });
      days.set(key, day);
    }
  }
  return [...days.values()];
}

/** "Today", "Tomorrow", "Monday, 23 November" */
function named(iso: string, now: number): string {
  const word = comingDay(iso, now).replace(/^on /, "");
  return word.charAt(0).toLocaleUpperCase() + word.slice(1);
}
