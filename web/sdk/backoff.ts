/** How long does a client wait before it connects again? */

const STEPS_MS = [100, 250, 500, 1000, 2000, 5000];

/** Milliseconds before attempt `n` (from 0), spread by half so that clients do not return together. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const step = STEPS_MS[Math.min(attempt, STEPS_MS.length - 1)]!;
  return Math.round(step * (0.5 + random()));
}
