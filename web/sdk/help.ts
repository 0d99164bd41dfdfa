/** What does an agent get to see of what the customer was doing? Only what the app has allowed by name. */
import { Cell } from "./cell.ts";
import type { Action, AppState } from "./types.ts";

const KEPT_ACTIONS = 50;
const KEY = "warmline.actions";
/** Longer runs of digits are numbers of cards, accounts or telephones, whatever the field is called. */
const LONG_NUMBER = /\d(?:[ -]?\d){5,}/g;

export interface RecorderOptions {
  /** Names of fields and action details whose values may leave the device. All others only say whether they are filled. */
  allow: readonly string[];
  /** Where the actions outlive the page; they are redacted before. */
  kept?: Pick<Storage, "getItem" | "setItem">;
  probe?: () => { device: Record<string, string>; network: Record<string, string> };
  now?: () => Date;
}

type Value = string | number | boolean;

/** Keeps the last 50 actions and where the customer is. Redacts as it takes in: what is not allowed is never held. */
export class Recorder {
  /** Counts up with everything that is recorded. */
  readonly changed = new Cell(0);
  readonly #allowed: ReadonlySet<string>;
  #screen = "";
  #fields: Record<string, string> = {};
  #errors: string[] = [];
  #actions: Action[] = [];

  constructor(private readonly options: RecorderOptions) {
    this.#allowed = new Set(options.allow);
    this.#actions = parsed(options.kept?.getItem(KEY) ?? null);
  }

  /** The customer is on another screen; its fields and errors begin empty. */
  screen(name: string): void {
    if (name === this.#screen) return;
    this.#screen = name;
    this.#fields = {};
    this.#errors = [];
    this.track("screen", { screen: name });
  }

  field(id: string, value: string): void {
    this.#fields[id] = this.#allowed.has(id) ? masked(value) : value === "" ? "empty" : "filled";
    this.#tell();
  }

  errors(codes: readonly string[]): void {
    this.#errors = codes.map(masked);
    this.#tell();
  }

  track(name: string, detail: Record<string, Value> = {}): void {
    const kept = Object.entries(detail).filter(([key]) => key === "screen" || this.#allowed.has(key));
    const redacted = Object.fromEntries(kept.map(([key, value]) => [key, typeof value === "string" ? masked(value) : value]));
    const at = (this.options.now?.() ?? new Date()).toISOString();
    this.#actions = [...this.#actions, { at, name, detail: redacted }].slice(-KEPT_ACTIONS);
    this.options.kept?.setItem(KEY, JSON.stringify(this.#actions));
    this.#tell();
  }

  #tell(): void {
    this.changed.update((count) => count + 1);
  }

  get appState(): AppState {
    const { device, network } = this.options.probe?.() ?? { device: {}, network: {} };
    return { screen: this.#screen, fields: { ...this.#fields }, errors: [...this.#errors], device, network };
  }

  get actions(): Action[] {
    return [...this.#actions];
  }
}

function parsed(kept: string | null): Action[] {
  try {
    const actions: unknown = JSON.parse(kept ?? "[]");
    return Array.isArray(actions) ? (actions as Action[]) : [];
  } catch {
    return []; // Damaged storage costs the past, not the page.
  }
}

export const masked = (value: string): string => value.replace(LONG_NUMBER, "•••");
