/** What do we send of ourselves? Microphone and camera: asked for, muted, turned round, given back. */
import { Cell } from "./cell.ts";

export type Kind = "audio" | "video";
/** Three different misfortunes; each has its own sentence and its own way on. */
export type Trouble = "denied" | "none" | "busy";
export type Devices = Pick<MediaDevices, "getUserMedia">;

export interface OwnState {
  readonly audio: boolean;
  readonly video: boolean;
  readonly facing: "user" | "environment";
  readonly trouble: Partial<Record<Kind, Trouble>>;
}

export class OwnMedia {
  readonly stream: MediaStream;
  readonly state = new Cell<OwnState>({ audio: false, video: false, facing: "user", trouble: {} });

  constructor(
    private readonly devices: Devices | undefined,
    newStream: () => MediaStream = () => new MediaStream(),
  ) {
    this.stream = newStream();
  }

  track(kind: Kind): MediaStreamTrack | null {
    const [track] = kind === "audio" ? this.stream.getAudioTracks() : this.stream.getVideoTracks();
    return track ?? null;
  }

  /** The microphone, heard. Once taken it is only muted, so that unmuting is instant. */
  async audio(on: boolean): Promise<void> {
    if (on && this.track("audio") === null) await this.#take("audio");
    const track = this.track("audio");
    if (track) track.enabled = on;
    this.#set({ audio: on && track !== null });
  }

  /** The camera; off gives it back, so that its light goes out. */
  async video(on: boolean): Promise<void> {
    if (on) await this.#take("video");
    else this.#release("video");
    this.#set({ video: this.track("video") !== null });
  }

  async flip(): Promise<void> {
    this.#set({ facing: this.state.value.facing === "user" ? "environment" : "user" });
    if (this.track("video")) await this.video(true);
  }

  stop(): void {
    this.#release("audio");
    this.#release("video");
    this.#set({ audio: false, video: false, trouble: {} });
  }

  /** The old camera is let go first: many phones open only one at a time. */
  async #take(kind: Kind): Promise<void> {
    this.#release(kind);
    const { [kind]: _, ...trouble } = this.state.value.trouble;
    try {
      if (!this.devices) throw new DOMException("no media devices here", "NotFoundError");
      const taken = await this.devices.getUserMedia(kind === "audio" ? AUDIO : video(this.state.value.facing));
      for (const track of taken.getTracks()) this.stream.addTrack(track);
      this.#set({ trouble });
    } catch (error) {
      this.#set({ trouble: { ...trouble, [kind]: troubleOf(error) } });
    }
  }

  #release(kind: Kind): void {
    const track = this.track(kind);
    if (!track) return;
    this.stream.removeTrack(track);
    track.stop();
  }

  #set(change: Partial<OwnState>): void {
    this.state.update((state) => ({ ...state, ...change }));
  }
}

const AUDIO = { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } };
const video = (facingMode: string): MediaStreamConstraints => ({
  video: { facingMode, width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 24, max: 30 } },
});

export function troubleOf(error: unknown): Trouble {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  return name === "NotReadableError" || name === "AbortError" ? "busy" : "none";
}
