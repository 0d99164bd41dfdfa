/** How does an offer make itself heard? Two soft tones, made here: no sound file, no licence. */
import { signal, type ReadonlySignal } from "@preact/signals";

const TONES_HZ = [659.3, 784];
const TONE_S = 0.22;
const EVERY_MS = 2200;

export class Ring {
  /** Browsers keep a page silent until the first click: an agent must see that, or misses offers. */
  readonly #silent = signal(true);
  #audio: AudioContext | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  get silent(): ReadonlySignal<boolean> {
    return this.#silent;
  }

  /** Only works inside a click or a key press. */
  async unlock(): Promise<void> {
    this.#audio ??= new AudioContext();
    await this.#audio.resume();
    this.#silent.value = this.#audio.state !== "running";
  }

  async test(): Promise<void> {
    await this.unlock();
    this.#play();
  }

  start(): void {
    if (this.#timer !== undefined) return;
    this.#play();
    this.#timer = setInterval(() => this.#play(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #play(): void {
    const audio = this.#audio;
    if (audio?.state !== "running") return;
    TONES_HZ.forEach((frequency, i) => {
      const start = audio.currentTime + i * TONE_S;
      const tone = new OscillatorNode(audio, { frequency, type: "sine" });
      const volume = new GainNode(audio, { gain: 0 });
      volume.gain.setValueAtTime(0, start);
      volume.gain.linearRampToValueAtTime(0.18, start + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.001, start + TONE_S);
      tone.connect(volume).connect(audio.destination);
      tone.start(start);
      tone.stop(start + TONE_S);
    });
  }
}
