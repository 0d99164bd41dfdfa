/** How does an agent see where the customer is now? Only differences are sent, at most two a second. */
import type { Recorder } from "./help.ts";
import type { Action, AppState, ContextChange } from "./types.ts";

/** The server takes two a second. */
const APART_MS = 600;
/** So long an agent's page may take to follow what was accepted there. */
const FOLLOWS_MS = 1_500;
/** The server takes 8 KiB with the frame around it. */
const LARGEST = 8_000;
const MAX_ACTIONS = 50;

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What leads from one to the other (RFC 7396). */
export function mergePatch(from: Json, to: Json): Json {
  const patch: Json = {};
  for (const name of Object.keys(from)) if (!(name in to)) patch[name] = null;
  for (const [name, value] of Object.entries(to)) {
    const before = from[name];
    if (same(before, value)) continue;
    patch[name] = isObject(before) && isObject(value) ? mergePatch(before, value) : value;
  }
  return patch;
}

/** The other way: an object with a patch. */
export function merged(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const whole: Json = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete whole[name];
    else whole[name] = merged(whole[name], value);
  }
  return whole;
}

/** An app state and its actions as they are after a change; the same change again makes no difference. */
export function changed(state: AppState | null, actions: readonly Action[], change: ContextChange): { app_state: AppState; actions: Action[] } {
  return {
    app_state: merged(change.whole ? {} : (state ?? {}), change.patch) as AppState,
    actions: (change.whole ? change.actions : [...actions, ...change.actions.filter((one) => !actions.some((known) => same(known, one)))]).slice(-MAX_ACTIONS),
  };
}

export interface LiveContextOptions {
  recorder: Recorder;
  /** False where there is no connection. */
  send: (change: ContextChange) => boolean;
}

/** Tells the agent what the app shows, as long as the customer shares it. */
export class LiveContext {
  #sharing = false;
  /** What the server has; null: nothing, or nobody knows. */
  #sent: { state: Json; last: Action | undefined } | null = null;
  #looker: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sentAt = -Infinity;

  constructor(private readonly options: LiveContextOptions) {
    options.recorder.changed.subscribe(() => this.#soon());
  }

  /** Whether somebody may look on, from now on. */
  share(on: boolean): void {
    if (on === this.#sharing) return;
    this.#sharing = on;
    this.connected();
  }

  /** Whoever is new has not heard what was told before their page followed it: they get the whole. */
  looksOn(who: string | null): void {
    if (who === this.#looker) return;
    this.#looker = who;
    if (who !== null) setTimeout(() => this.connected(), FOLLOWS_MS);
  }

  /** A new connection: the server begins with nothing. */
  connected(): void {
    this.#sent = null;
    this.#soon();
  }

  #soon(): void {
    if (!this.#sharing) return;
    this.#timer ??= setTimeout(() => this.#tell(), Math.max(0, this.#sentAt + APART_MS - Date.now()));
  }

  #tell(): void {
    this.#timer = undefined;
    const change = this.#sharing ? this.#change() : null;
    if (change === null || !this.options.send(change)) return;
    this.#sentAt = Date.now();
    const { appState, actions } = this.options.recorder;
    this.#sent = { state: { ...appState }, last: actions.at(-1) };
  }

  #change(): ContextChange | null {
    const { recorder } = this.options;
    const state: Json = { ...recorder.appState };
    const before = this.#sent;
    const patch = before ? mergePatch(before.state, state) : state;
    const done = recorder.actions;
    const actions = before ? done.slice(done.findLastIndex((one) => same(one, before.last)) + 1) : done;
    while (actions.length > 0 && size(patch, actions) > LARGEST) actions.shift();
    if (before && Object.keys(patch).length === 0 && actions.length === 0) return null;
    return { whole: before === null, patch, actions };
  }
}

const size = (patch: Json, actions: readonly Action[]): number => new TextEncoder().encode(JSON.stringify({ patch, actions })).length;
