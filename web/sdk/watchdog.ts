/** Has media stopped? Counts packets, no timers of its own: a leg without media for 2 s is to be replaced. */

const SILENT_MS = 2_000;
/** A new leg gets this long to bring its first packet before it is replaced in its turn. */
const GRACE_MS = 6_000;

export class Watchdog {
  #packets = -1;
  #moved: number | null = null;

  /** `packets` received so far by this leg; true when the leg should be replaced (then call `reset`). */
  tick(now: number, packets: number, connected: boolean): boolean {
    if (!connected) {
      this.#moved = null;
      return false;
    }
    if (packets > this.#packets || this.#moved === null) {
      // Before the first packet the other side may still be asking for its camera.
      this.#moved = packets > 0 ? now : now + GRACE_MS - SILENT_MS;
      this.#packets = packets;
    }
    return now - this.#moved >= SILENT_MS;
  }

  reset(): void {
    this.#packets = -1;
    this.#moved = null;
  }
}
