/** How do flows do? What a lead looks at: which days, which flow, and which version beside it. */
import { computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { AgentMe, FlowInsight, RepeatedQuestions, StepInsight, VersionInsight } from "../../sdk/types.ts";
import type { DeskApi } from "./ports.ts";
import { Resource } from "./resource.ts";

/** As far back as one may look, in days. */
export const PERIODS = [7, 30, 90] as const;

const LEADS: ReadonlySet<string> = new Set(["supervisor", "admin"]);

export const isLead = (me: AgentMe | null): boolean => me?.agent.roles?.some((role) => LEADS.has(role)) ?? false;

export class Insight {
  readonly shown = signal(false);
  readonly days = signal<number>(30);
  /** Anew for other days, so that nothing of the days before is taken for theirs. */
  readonly flows: Signal<Resource<VersionInsight[]>>;
  readonly repeated: Signal<Resource<RepeatedQuestions>>;
  readonly steps = signal<Resource<FlowInsight[]> | null>(null);
  /** The version looked at and the one beside it; none where there is no such version. */
  readonly version = signal<string | null>(null);
  readonly beside = signal<string | null>(null);
  readonly #flow = signal<string | null>(null);
  readonly #api: DeskApi;

  constructor(api: DeskApi) {
    this.#api = api;
    this.flows = signal(this.#flows());
    this.repeated = signal(this.#repeated());
  }

  /** The flow looked at: the one chosen, or the one that most people began. */
  readonly flow: ReadonlySignal<string | null> = computed(() => {
    const all = this.flows.value.value ?? [];
    const chosen = this.#flow.value;
    return all.some(({ flow }) => flow === chosen) ? chosen : mostBegun(all);
  });

  show(): void {
    this.shown.value = true;
    void this.#load();
  }

  look(days: number): void {
    this.days.value = days;
    this.flows.value = this.#flows();
    this.repeated.value = this.#repeated();
    this.steps.value = null;
    void this.#load();
  }

  choose(flow: string, version: string | null = null): void {
    this.#flow.value = flow;
    this.version.value = version;
    this.beside.value = null;
    this.#loadSteps();
  }

  async #load(): Promise<void> {
    const flows = this.flows.value;
    void this.repeated.value.refresh();
    await flows.refresh();
    if (flows === this.flows.value) this.#loadSteps();
  }

  #flows(): Resource<VersionInsight[]> {
    const days = this.days.value;
    return new Resource(() => this.#api.flowsInsight(days));
  }

  #repeated(): Resource<RepeatedQuestions> {
    const days = this.days.value;
    return new Resource(() => this.#api.repeatedQuestions(days));
  }

  #loadSteps(): void {
    const flow = this.flow.value;
    const days = this.days.value;
    this.steps.value = flow === null ? null : new Resource(() => this.#api.flowInsight(flow, days));
    void this.steps.value?.refresh();
  }
}

function mostBegun(all: readonly VersionInsight[]): string | null {
  const begun = new Map<string, number>();
  for (const { flow, started } of all) begun.set(flow, (begun.get(flow) ?? 0) + started);
  return [...begun].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null;
}

/** A step of the version looked at, with the same step of the one beside it. */
export interface Row { step: StepInsight; part: number; before: number | null }

/** How many of those who began came to each step, as parts of one; what only one version has stands there alone. */
export function funnel(one: FlowInsight, beside: FlowInsight | null): Row[] {
  const before = new Map(beside?.steps.map(({ step, entered }) => [step, share(entered, beside.run.started)]));
  return one.steps.map((step) => ({ step, part: share(step.entered, one.run.started), before: before.get(step.step) ?? null }));
}

export interface Spot { step: string; what: string; count: number }

/** Where people and back ends stumble, most often first. */
export function hotSpots(one: FlowInsight, most = 8): Spot[] {
  const found = one.steps.flatMap(({ title, invalid, failed, helped }) => [
    ...invalid.map((often) => ({ step: title, what: `${often.field ?? "Answer"} refused: ${words(often.code)}`, count: often.count })),
    ...failed.map(({ code, count }) => ({ step: title, what: `Back end: ${words(code)}`, count })),
    ...(helped > 0 ? [{ step: title, what: "Help pressed", count: helped }] : []),
  ]);
  return found.sort((a, b) => b.count - a.count).slice(0, most);
}

const words = (code: string): string => code.replaceAll(/[_.]/g, " ").toLowerCase();

export const share = (count: number, of: number): number => (of > 0 ? Math.min(1, count / of) : 0);

export const percent = (part: number): string => `${Math.round(part * 100)} %`;

/** `40 s`, `3 min`, `2 h`, `5 d`: known within a fifth, so one unit says enough. */
export function lasted(seconds: number | null): string {
  if (seconds === null) return "–";
  const units: [number, string][] = [[86_400, "d"], [3_600, "h"], [60, "min"]];
  const [size, unit] = units.find(([size]) => seconds >= size * 1.5) ?? [1, "s"];
  return seconds < 1 ? "< 1 s" : `${Math.round(seconds / size)} ${unit}`;
}

/** What a version is called beside others of its flow. */
export const versionName = ({ label, version }: VersionInsight): string => label ?? version.slice(0, 7);
