/** How does the app keep one run? Its screen comes from the server; answers go there with the screen's rev. */
import { signal } from "@preact/signals";
import { ApiProblem } from "../../sdk/api.ts";
import type { Recorder } from "../../sdk/help.ts";
import type { Runs } from "../../sdk/runs.ts";
import type { FieldComponent, Screen } from "../../sdk/types.ts";
import type { Draft } from "./draft.ts";
import type { SentValues, Value, Values } from "./values.ts";
import { sentence } from "./words.ts";

export class RunModel {
  readonly screen = signal<Screen | null>(null);
  /** What is wrong with each field, as the server said it; `people[0].name` is one of an entry. */
  readonly errors = signal<Record<string, string>>({});
  /** What is wrong with the whole, in a sentence. */
  readonly trouble = signal<string | null>(null);
  readonly busy = signal(false);

  constructor(
    private readonly runs: Runs,
    private readonly recorder: Recorder,
    private readonly draft: Draft,
    readonly id: string,
  ) {}

  /** The customer comes to the run, or comes back to it. */
  open(): Promise<void> {
    return this.#ask(() => this.runs.resume(this.id));
  }

  load(): Promise<void> {
    return this.#ask(() => this.runs.screen(this.id));
  }

  answer(values: SentValues): Promise<void> {
    return this.#ask(() => this.runs.answer(this.id, this.screen.value!, values), true);
  }

  /** Back to a step; null: to the one before. */
  reopen(step: string | null): Promise<void> {
    return this.#ask(() => this.runs.reopen(this.id, this.screen.value!, step), true);
  }

  usePasskey(): Promise<void> {
    return this.#ask(() => this.runs.usePasskey(this.id, this.screen.value!), true);
  }

  cancel(): Promise<void> {
    return this.#ask(() => this.runs.cancel(this.id, this.screen.value!), true);
  }

  newCode(): Promise<void> {
    return this.#ask(() => this.runs.newCode(this.id), true);
  }

  /** What was typed here before a reload. */
  get typed(): Values {
    return this.draft.of(this.screen.value!.step);
  }

  keep(field: FieldComponent, value: Value): void {
    this.draft.keep(this.screen.value!.step, field, value);
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

  /** An answer that overtook a reload is the newer one; the same screen once more leaves what is said of its fields. */
  #show(screen: Screen): void {
    const before = this.screen.value;
    if (before && screen.rev < before.rev) return;
    const fresh = before !== null && screen.rev > before.rev;
    if (before && screen.step !== before.step) this.draft.forget();
    if (fresh) this.errors.value = {};
    this.screen.value = screen;
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
    this.errors.value = Object.fromEntries(Object.entries(fields).filter(([id]) => shown.has(fieldOf(id))));
    this.trouble.value = Object.keys(this.errors.value).length > 0 ? null : sentence(error);
    this.recorder.errors(Object.keys(this.errors.value));
    this.recorder.track("refused", { screen: this.screen.value?.title ?? "" });
  }
}

/** "people" of "people[0].name" */
const fieldOf = (id: string): string => id.split(/[.[]/)[0]!;
