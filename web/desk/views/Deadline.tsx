/** How much time is left? A ring that empties and the seconds beside it, by the server's clock. */
import type { Instant } from "../../sdk/types.ts";
import { secondsUntil } from "../state/clock.ts";
import { useDesk } from "./context.ts";

export interface DeadlineProps { from: Instant; until: Instant; what: string; words?: boolean; warn?: boolean }

export function Deadline({ from, until, what, words = true, warn = false }: DeadlineProps) {
  const left = secondsUntil(until, useDesk().clock.now.value);
  const whole = Math.max(1, (Date.parse(until) - Date.parse(from)) / 1000);
  const share = Math.min(100, (left / whole) * 100);
  return (
    <span class={`deadline${warn ? " deadline--warn" : ""}`} role="timer" aria-label={`${left} seconds ${what}`}>
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <circle cx="16" cy="16" r="13" />
        <circle cx="16" cy="16" r="13" pathLength="100" stroke-dasharray={`${share} 100`} opacity={share > 0 ? 1 : 0} />
      </svg>
      {words && `${left} s`}
    </span>
  );
}
