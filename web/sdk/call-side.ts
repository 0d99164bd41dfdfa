/** What do both sides of a call share? Own media, the present leg, its watchdog, and the end. */
import { ApiProblem } from "./api.ts";
import type { Api } from "./api.ts";
import { Cell } from "./cell.ts";
import { Leg, quality } from "./leg.ts";
import type { LegCounts, PeerFactory, Quality } from "./leg.ts";
import { OwnMedia } from "./own-media.ts";
import type { Devices, Kind, OwnState } from "./own-media.ts";
import type { Call } from "./types.ts";
import { Watchdog } from "./watchdog.ts";

const LOOK_MS = 500;
const AGAIN_MS = 1_000;

export interface CallOptions {
  api: Api;
  devices?: Devices | undefined;
  peer?: PeerFactory;
  stream?: () => MediaStream;
}

export interface CallView {
  /** The call as the server last told it. */
  readonly call: Call | null;
  /** This side takes part: it has been joined here and not ended. */
  readonly joined: boolean;
  /** Media runs: the server and this leg both say connected. */
  readonly flowing: boolean;
  readonly remote: MediaStream | null;
  readonly remoteVideo: boolean;
  readonly own: OwnState;
  readonly local: MediaStream;
  readonly quality: Quality | null;
}

export abstract class CallSide {
  readonly media: OwnMedia;
  readonly view: Cell<CallView>;
  protected call: Call | null = null;
  protected leg: Leg | null = null;
  protected joined = false;
  readonly #watchdog = new Watchdog();
  #timer: ReturnType<typeof setInterval> | undefined;
  #counts: LegCounts | null = null;
  #quality: Quality | null = null;
  #work: Promise<void> = Promise.resolve();
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(protected readonly options: CallOptions) {
    this.media = new OwnMedia(options.devices, options.stream);
    this.view = new Cell(this.#look());
    this.media.state.subscribe(() => this.show());
  }

  /** Feed it the call of every `me` snapshot; it does what the snapshot asks for, in order. */
  update(call: Call | null): void {
    const before = this.call;
    this.call = call;
    if (open(before) && !(open(call) && call.id === before.id)) this.#finish();
    this.show();
    this.run();
  }

  /** Takes the microphone (and camera) and takes part. The camera's failure does not keep the voice out. */
  async join(media: { audio?: boolean; video?: boolean } = {}): Promise<void> {
    this.joined = true;
    await this.media.audio(media.audio ?? true);
    if (media.video && this.media.track("video") === null) await this.media.video(true);
    this.#timer ??= setInterval(() => void this.#watch(), LOOK_MS);
    this.show();
    this.run();
  }

  async mute(muted: boolean): Promise<void> {
    await this.media.audio(!muted);
    await this.#announce("audio");
  }

  async camera(on: boolean): Promise<void> {
    await this.media.video(on);
    await this.#announce("video");
  }

  async flip(): Promise<void> {
    await this.media.flip();
    await this.#announce("video");
  }

  async end(): Promise<void> {
    const id = this.call?.id;
    this.#finish();
    this.show();
    if (id) await this.options.api.post(`/v1/calls/${id}/end`);
  }

  /** Closes without telling the server: the page goes away, the call may go on. */
  close(): void {
    this.#finish();
  }

  /** What this side does with the call as it stands; repeated after a second when it fails. */
  protected abstract follow(call: Call): Promise<void>;

  protected run(): void {
    clearTimeout(this.#again);
    this.#work = this.#work.then(async () => {
      if (!this.joined || !open(this.call)) return;
      await this.follow(this.call);
    }).catch((error: unknown) => {
      // 409: the call has moved on; its next snapshot says where to.
      if (error instanceof ApiProblem && error.status === 409) return;
      this.#again = setTimeout(() => this.run(), AGAIN_MS);
    });
  }

  /** Asks for new legs; the server does nothing where newer ones than ours are wanted already. */
  protected replace(call: Call): Promise<void> {
    this.#watchdog.reset();
    return this.options.api.post(`/v1/calls/${call.id}/replace`, { gen: this.leg?.gen ?? call.gen });
  }

  protected open(gen: number): Leg {
    this.#shut();
    const pc = this.options.peer?.() ?? new RTCPeerConnection({ iceServers: [], bundlePolicy: "max-bundle" });
    this.leg = new Leg(gen, pc, this.options.stream?.() ?? new MediaStream(), () => this.#changed());
    return this.leg;
  }

  /** Puts our track where the connection sends this kind; null sends nothing but keeps the place. */
  protected async attach(transceiver: RTCRtpTransceiver, kind: Kind): Promise<void> {
    transceiver.sender.setStreams?.(this.media.stream);
    if (transceiver.direction !== "sendrecv") transceiver.direction = "sendrecv";
    await transceiver.sender.replaceTrack(this.media.track(kind));
  }

  protected transceiver(kind: Kind): RTCRtpTransceiver | undefined {
    return this.leg?.pc.getTransceivers().find((t) => t.receiver.track.kind === kind);
  }

  protected show(): void {
    this.view.set(this.#look());
  }

  /** A camera that was opened, closed or turned round only changes the track of its sender. */
  async #announce(kind: Kind): Promise<void> {
    const transceiver = this.transceiver(kind);
    if (transceiver) await transceiver.sender.replaceTrack(this.media.track(kind));
    this.show();
    const { audio, video } = this.media.state.value;
    if (this.joined && this.call) await this.options.api.post(`/v1/calls/${this.call.id}/media`, { audio, video });
  }

  #changed(): void {
    this.show();
    if (this.leg?.failed && this.call && this.call.wanted_gen <= this.leg.gen) {
      void this.replace(this.call).catch(() => undefined); // The watchdog asks again.
    }
  }

  async #watch(): Promise<void> {
    const { leg, call } = this;
    if (!leg || !call || leg.pc.connectionState === "closed") return;
    const counts = await leg.counts();
    if (leg !== this.leg) return;
    if (this.#counts && counts.packets - this.#counts.packets >= 25) {
      this.#quality = quality(this.#counts, counts);
      this.#counts = counts;
    }
    this.#counts ??= counts;
    const connected = call.state === "connected" && call.wanted_gen <= leg.gen && !["new", "connecting"].includes(leg.pc.connectionState);
    if (this.#watchdog.tick(Date.now(), counts.packets, connected)) await this.replace(call).catch(() => undefined);
    this.show();
  }

  #finish(): void {
    this.joined = false;
    clearInterval(this.#timer);
    clearTimeout(this.#again);
    this.#timer = undefined;
    this.#shut();
    this.media.stop();
  }

  #shut(): void {
    this.leg?.close();
    this.leg = null;
    this.#counts = null;
    this.#quality = null;
    this.#watchdog.reset();
  }

  #look(): CallView {
    const video = this.leg?.remote.getVideoTracks()[0];
    return {
      call: this.call,
      joined: this.joined,
      flowing: this.leg?.connected === true && this.call?.state === "connected",
      remote: this.leg?.remote ?? null,
      remoteVideo: video !== undefined && !video.muted && video.readyState === "live",
      own: this.media.state.value,
      local: this.media.stream,
      quality: this.#quality,
    };
  }
}

/** An ended call stays in the snapshots until there is another: it must not end what has just been joined. */
const open = (call: Call | null): call is Call => call !== null && call.state !== "ended";
