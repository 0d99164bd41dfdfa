/** What is one peer's connection to a call? One RTCPeerConnection: its remote picture, its counters, its end. */

export type PeerFactory = () => RTCPeerConnection;

/** What a page says about the connection, from the last second's counters. */
export type Quality = "good" | "weak";

export interface LegCounts { packets: number; lost: number; videoFrames: number; rttMs: number | null }

export class Leg {
  readonly remote: MediaStream;
  /** The newest description made or answered in this leg. */
  rev = -1;

  constructor(
    readonly gen: number,
    readonly pc: RTCPeerConnection,
    stream: MediaStream,
    private readonly onChange: () => void,
  ) {
    this.remote = stream;
    pc.ontrack = ({ track }) => this.#took(track);
    pc.onconnectionstatechange = onChange;
  }

  get connected(): boolean {
    return this.pc.connectionState === "connected";
  }

  get failed(): boolean {
    return this.pc.connectionState === "failed" || this.pc.connectionState === "closed";
  }

  async counts(): Promise<LegCounts> {
    const counts: LegCounts = { packets: 0, lost: 0, videoFrames: 0, rttMs: null };
    const report = await this.pc.getStats();
    report.forEach((entry: Record<string, unknown>) => {
      if (entry.type === "inbound-rtp") {
        counts.packets += Number(entry.packetsReceived ?? 0);
        counts.lost += Number(entry.packetsLost ?? 0);
        counts.videoFrames += Number(entry.framesDecoded ?? 0);
      }
      if (entry.type === "candidate-pair" && entry.nominated === true && typeof entry.currentRoundTripTime === "number") {
        counts.rttMs = entry.currentRoundTripTime * 1000;
      }
    });
    return counts;
  }

  close(): void {
    this.pc.ontrack = null;
    this.pc.onconnectionstatechange = null;
    this.pc.close();
  }

  #took(track: MediaStreamTrack): void {
    this.remote.addTrack(track);
    track.onunmute = track.onmute = track.onended = this.onChange;
    this.onChange();
  }
}

/** Weak: 5 % of the packets since the last look were lost, or an answer takes 400 ms. */
export function quality(before: LegCounts, after: LegCounts): Quality {
  const packets = after.packets - before.packets;
  const lost = Math.max(0, after.lost - before.lost);
  const bad = lost > 0.05 * (packets + lost) || (after.rttMs ?? 0) > 400;
  return bad ? "weak" : "good";
}
