/** How does the app keep one run? Its screen comes from the server; answers go there with the screen's rev. */
import { signal } from "@preact/signals";
import { ApiProblem } from "../../sdk/api.ts";
import type { Api } from "../../sdk/api.ts";
import type { Recorder } from "../../sdk/help.ts";
import type { Screen } from "../../sdk/types.ts";
import { sentence } from "./words.ts";

export type Values = Record<string, string>;

export class RunModel {
  readonly screen = signal<Screen | null>(null);
  /** What is wrong with each field, as the server said it. */
  readonly errors = signal<Record<string, string>>({});
  /** What is wrong with the whole, in a sentence. */
  readonly trouble = signal<string | null>(null);
  readonly busy = signal(false);

  constructor(
    private readonly api: Api,
    private readonly recorder: Recorder,
    readonly id: string,
  ) {}

  load(): Promise<void> {
    return this.#ask(() => this.api.get<Screen>(`/v1/runs/${this.id}`));
  }

  answer(values: Values): Promise<void> {
    const { rev, step } = this.screen.value!;
    return this.#ask(() => this.api.post<Screen>(`/v1/runs/${this.id}/answers`, { rev, step, values }), true);
  }

  /** Proves the identity; what it takes is fetched only now. */
  usePasskey(): Promise<void> {
    const { rev, step } = this.screen.value!;
    return this.#ask(async () => {
      const { signByPasskey } = await import("../../sdk/passkeys.ts");
      const passkey = await signByPasskey(this.api, `/v1/runs/${this.id}/passkey`);
      return this.api.post<Screen>(`/v1/runs/${this.id}/answers`, { rev, step, values: { passkey } });
    }, true);
  }

  cancel(): Promise<void> {
    return this.#ask(() => this.api.post<Screen>(`/v1/runs/${this.id}/cancel`, { rev: this.screen.value!.rev }), true);
  }

  async newCode(): Promise<void> {
    await this.#ask(async () => {
      await this.api.post(`/v1/runs/${this.id}/code`);
      return this.api.get<Screen>(`/v1/runs/${this.id}`);
    }, true);
  }

  async #ask(question: () => Promise<Screen>, busy = false): Promise<void> {
    if (this.busy.value) return;
    this.busy.value = busy;
    try {
      this.#show(await question());
      this.trouble.value = null;
    } catch (error) {
      this.#failed(error);
    } finally {
      this.busy.value = false;
    }
  }

  /** An answer that overtook a reload is the newer one. */
  #show(screen: Screen): void {
    const before = this.screen.value?.rev ?? -1;
    if (screen.rev < before) return;
    const fresh = before >= 0 && screen.rev > before;
    this.screen.value = screen;
    this.errors.value = {};
    this.recorder.screen(`${screen.flow}.${screen.step}`);
    const code = screen.notice?.code;
    this.recorder.errors(code ? [code] : []);
    if (code && fresh) this.recorder.track("refused", { screen: screen.title, code });
  }

  /** 409: somebody was faster (another device, a hand-back); what is true now is shown. */
  #failed(error: unknown): void {
    if (error instanceof ApiProblem && error.status === 409 && error.problem.screen) return this.#show(error.problem.screen);
    const fields = error instanceof ApiProblem ? error.fields : {};
    const shown = new Set(this.screen.value?.components.map((c) => ("id" in c ? c.id : "")));
    this.errors.value = Object.fromEntries(Object.entries(fields).filter(([id]) => shown.has(id)));
    this.trouble.value = Object.keys(this.errors.value).length > 0 ? null : sentence(error);
    this.recorder.errors(Object.keys(this.errors.value));
    this.recorder.track("refused", { screen: this.screen.value?.title ?? "" });
  }
}
