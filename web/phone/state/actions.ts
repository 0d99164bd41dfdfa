/** What can the customer do? Every tap that reaches the server, in the order in which things must happen. */
import { signal } from "@preact/signals";
import { uuid7 } from "../../sdk/uuid.ts";
import type { AskValue, Callback, CallbackRequest, Channel, HelpRequest, Interaction, NotificationDetail, Screen } from "../../sdk/types.ts";
import { rememberShared } from "./client.ts";
import type { Client } from "./client.ts";
import { forgetJoined, rememberJoined } from "./joined.ts";
import { go } from "./route.ts";
import { until } from "./use.ts";
import { sentence } from "./words.ts";

/** The time zone of this phone, an IANA name. */
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

export class Actions {
  /** What is being asked of the server now; its control shows that it is busy. */
  readonly busy = signal<string | null>(null);
  readonly trouble = signal<string | null>(null);
  /** Muted before joining. */
  readonly muted = signal(false);
  /** The newest notification that was not put away. */
  readonly note = signal<NotificationDetail | null>(null);
  /** Interactions that the customer chose to keep to text, or not to rate. */
  readonly keptToText = signal<string | null>(null);
  /** Whether the agent who calls back may see what the customer was doing. */
  readonly shares = signal(true);
  readonly skipped = signal(localStorage.getItem("warmline.skipped"));

  constructor(private readonly client: Client) {}

  startRun(flow: string, inputs: Record<string, string>): Promise<void> {
    return this.#doing(`flow-${flow}`, async () => {
      const screen = await this.client.api.post<Screen>("/v1/runs", { flow, inputs });
      this.client.recorder.track("run.opened", { flow });
      go({ page: "run", id: screen.run_id });
    });
  }

  ask(channel: Channel, run_id: string | null, share: boolean): Promise<void> {
    const { api, me } = this.client;
    return this.#doing(`channel-${channel}`, async () => {
      const request: HelpRequest = { channel, run_id, reason: null, share, ...this.#context(share) };
      const { id } = await api.post<Interaction>("/v1/help", request);
      if (share) rememberShared(id);
      await until(me, (now) => now?.interaction?.id === id, 3_000);
      go({ page: "talk" }, "replace");
    });
  }

  stopWaiting(interaction: Interaction): Promise<void> {
    return this.#doing("stop", async () => {
      await this.client.api.post(`/v1/interactions/${interaction.id}/cancel`);
      go(interaction.run_id ? { page: "run", id: interaction.run_id } : { page: "home" }, "replace");
    });
  }

  /** Leaves the app, so to say: the place is kept, and a notification comes. */
  notifyMe(interaction: Interaction): Promise<void> {
    return this.#doing("notify", async () => {
      await this.client.api.post(`/v1/interactions/${interaction.id}/notify`);
      go({ page: "home" });
    });
  }

  pause(interaction: Interaction, remind_at: string | null): Promise<void> {
    return this.#doing("pause", () => this.client.api.post(`/v1/interactions/${interaction.id}/pause`, { remind_at }));
  }

  resume(interaction: Interaction): Promise<void> {
    return this.#doing("resume", () => this.client.api.post(`/v1/interactions/${interaction.id}/resume`));
  }

  /** `at` is a time on this phone's clock; none: at the own turn. */
  callMe(at: string | null, run_id: string | null): Promise<void> {
    const share = this.shares.value;
    const request: CallbackRequest = { at, zone: ZONE, channel: "voice", run_id, share, ...this.#context(share) };
    return this.#callback("call-me", "/v1/callbacks", request, at ? "home" : "talk");
  }

  moveCallback({ id }: Callback, at: string): Promise<void> {
    return this.#callback("call-me", `/v1/callbacks/${id}/move`, { at, zone: ZONE }, "home");
  }

  cancelCallback({ id }: Callback): Promise<void> {
    return this.#callback("cancel-call", `/v1/callbacks/${id}/cancel`, {}, "home");
  }

  callAgain({ id }: Callback): Promise<void> {
    return this.#callback("call-again", `/v1/callbacks/${id}/again`, {}, "talk");
  }

  /** The microphone first, so that its question belongs to this tap; then the call. */
  join(interaction: Interaction, channel: "voice" | "video"): Promise<void> {
    const { api, call, me } = this.client;
    return this.#doing("join", async () => {
      await call.media.audio(!this.muted.value);
      if (call.media.state.value.trouble.audio) return go({ page: "join", channel }, "replace"); // where it says what to do
      const running = me.value?.call;
      const open = running && running.state !== "ended";
      if (!open || (channel === "video" && !running.video)) await api.post(`/v1/interactions/${interaction.id}/channel`, { channel });
      if (channel === "voice" && call.media.state.value.video) await call.media.video(false);
      await call.join({ audio: !this.muted.value, video: call.media.state.value.video });
      await until(me, (now) => now?.call != null && now.call.state !== "ended", 3_000);
      this.#remember();
      go({ page: "talk" }, "replace");
    });
  }

  notNow(callId: string): Promise<void> {
    return this.#doing("not-now", () => this.client.api.post(`/v1/calls/${callId}/end`));
  }

  keepToText(interaction: Interaction): void {
    this.keptToText.value = interaction.id;
    this.client.call.media.stop();
    go({ page: "chat" }, "replace");
  }

  async mute(): Promise<void> {
    await this.client.call.mute(this.client.callView.value.own.audio);
    this.#remember();
  }

  /** A voice call is widened to video first; its new offer then carries the picture. */
  camera(interaction: Interaction): Promise<void> {
    const { api, call, callView } = this.client;
    return this.#doing("camera", async () => {
      const { own, call: running } = callView.value;
      if (!own.video && running && !running.video) await api.post(`/v1/interactions/${interaction.id}/channel`, { channel: "video" });
      await call.camera(!own.video);
      this.#remember();
    });
  }

  voiceOnly(interaction: Interaction): Promise<void> {
    const { api, call } = this.client;
    return this.#doing("voice", async () => {
      await call.camera(false);
      await api.post(`/v1/interactions/${interaction.id}/channel`, { channel: "voice" });
    });
  }

  endCall(): Promise<void> {
    forgetJoined();
    go({ page: "chat" }, "replace");
    return this.#doing("end", () => this.client.call.end());
  }

  keepOpen(interaction: Interaction): Promise<void> {
    return this.#doing("keep-open", () => this.client.api.post(`/v1/interactions/${interaction.id}/keep-open`));
  }

  /** A call that nobody takes becomes a text that whoever is back can answer; the place stays. */
  leaveMessage(interaction: Interaction): Promise<void> {
    return this.#doing("write", async () => {
      if (interaction.channel !== "text") await this.client.api.post(`/v1/interactions/${interaction.id}/channel`, { channel: "text" });
      go({ page: "chat" });
    });
  }

  endInteraction(interaction: Interaction): Promise<void> {
    return this.#doing("end", () => this.client.api.post(`/v1/interactions/${interaction.id}/end`));
  }

  rate(interaction: Interaction, score: number, text: string | null): Promise<void> {
    return this.#doing("rate", async () => {
      await this.client.api.post(`/v1/interactions/${interaction.id}/rating`, { score, text });
      this.skipRating(interaction);
    });
  }

  skipRating(interaction: Interaction): void {
    localStorage.setItem("warmline.skipped", interaction.id);
    this.skipped.value = interaction.id;
    go({ page: "home" }, "replace");
  }

  #context(share: boolean): Pick<HelpRequest, "app_state" | "actions"> {
    const { recorder } = this.client;
    return share ? { app_state: recorder.appState, actions: recorder.actions } : { app_state: null, actions: [] };
  }

  #callback(what: string, path: string, body: unknown, then: "home" | "talk"): Promise<void> {
    const { api, me } = this.client;
    return this.#doing(what, async () => {
      const { id, state, due_at } = await api.post<Callback>(path, body);
      const known = (one: Callback): boolean => one.id === id && one.state === state && one.due_at === due_at;
      await until(me, (now) => state === "cancelled" || (now?.callbacks?.some(known) ?? false), 3_000);
      go({ page: then }, "replace");
    });
  }

  /** Other words for an own message. */
  editMessage(seq: number, text: string): Promise<void> {
    return this.#doing("edit", () => this.client.api.put(`${this.#messages}/${seq}`, { cmid: uuid7(), text }));
  }

  deleteMessage(seq: number): Promise<void> {
    return this.#doing("delete", () => this.client.api.delete(`${this.#messages}/${seq}`));
  }

  answer(seq: number, value: AskValue): Promise<void> {
    return this.#doing(`answer-${seq}`, () => this.client.api.post(`/v1/conversations/${this.client.conversationId}/asks/${seq}/answer`, { cmid: uuid7(), value }));
  }

  get #messages(): string {
    return `/v1/conversations/${this.client.conversationId}/messages`;
  }

  #remember(): void {
    const { call, own, joined } = this.client.callView.value;
    if (call && joined) rememberJoined({ call: call.id, audio: own.audio, video: own.video });
  }

  /** One thing at a time; its failure is said where it was asked for. */
  async #doing(what: string, work: () => Promise<void>): Promise<void> {
    if (this.busy.value !== null) return;
    this.busy.value = what;
    this.trouble.value = null;
    try {
      await work();
    } catch (error) {
      this.trouble.value = sentence(error);
    } finally {
      this.busy.value = null;
    }
  }
}
