/** How does a desk run without a server? The same store, fed from values. */
import { signal } from "@preact/signals";
import type { CallView } from "../../sdk/call-side.ts";
import type { AgentMe, Call, ContextChange, Event, FileRef, Mark, Uuid } from "../../sdk/types.ts";
import { Clock } from "../state/clock.ts";
import { Desk } from "../state/desk.ts";
import type { Conversation, DeskApi, DeskCall, DeskLive, Link, Unsent } from "../state/ports.ts";
import { Ring } from "../state/ring.ts";
import { CONTEXT, DISPOSITIONS, EARLIER, FACTS, HISTORY, INTERACTION, NOW, REPLIES, RUN, TARGETS } from "./people.ts";
import { GOES, REPEATED, VERSIONS } from "./insight.ts";
import { picture } from "./picture.ts";

/** What stands in for a photo: drawn, so that it needs no file. */
const photo = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><rect width="4" height="3" fill="#cfd8d6"/><rect x=".6" y=".7" width="2.8" height="1.7" rx=".15" fill="#0d5c66"/></svg>')}`;

export interface Scene {
  me?: AgentMe | null;
  link?: Link;
  events?: readonly Event[];
  unsent?: readonly Unsent[];
  typing?: string | null;
  marks?: Mark | null;
  shown?: ContextChange | null;
  api?: Partial<DeskApi>;
  view?: Partial<CallView>;
}

const never = new Promise<never>(() => undefined);
/** A request that is never answered, and one that fails. */
export const pending = (): Promise<never> => never;
export const failing = (): Promise<never> => Promise.reject(new Error("no answer"));

function api(changes: Partial<DeskApi>): DeskApi {
  const done = async (): Promise<void> => undefined;
  return {
    dispositions: async () => DISPOSITIONS, cannedReplies: async () => REPLIES, setPresence: done, interaction: async () => INTERACTION, context: async () => CONTEXT, run: async () => RUN,
    history: async () => HISTORY, facts: async () => FACTS, log: async () => EARLIER, accept: done, decline: done, setChannel: done, note: done, handBack: done, close: done, keepOpen: done, end: done, wrapUp: done, endCall: done, pause: done, callLater: done,
    upload: () => new Promise<FileRef>(() => undefined), file: async () => (await fetch(photo)).blob(), editMessage: done, deleteMessage: done, ask: done, askApproval: done,
    targets: async () => TARGETS, transfer: done, takeOver: done, askIn: done, join: done, declineToJoin: done, leave: done, handOver: done, flowsInsight: async () => VERSIONS, flowInsight: async (flow) => GOES.filter(({ run }) => run.flow === flow), repeatedQuestions: async () => REPEATED, ...changes,
  };
}

class SceneLive implements DeskLive {
  readonly me = signal<AgentMe | null>(null);
  readonly link;
  readonly #scene: Scene;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.link = signal<Link>(scene.link ?? "live");
  }

  open(id: Uuid): Conversation {
    const { events = [], unsent = [], typing = null, marks = null, shown = null } = id === "v-maya" ? this.#scene : {};
    return { events: signal(events), unsent: signal(unsent), typing: signal(typing), marks: signal(marks), shown: signal(shown), send() {}, remove() {}, seen() {}, typed() {}, close() {} };
  }

  stop(): void {}
}

function sceneCall(call: Call, changes: Partial<CallView>): DeskCall {
  const own = { audio: true, video: call.video, facing: "user", trouble: {} } as const;
  const view: CallView = { call, joined: true, flowing: true, remote: picture("customer"), remoteVideo: true, own, local: picture("agent"), quality: "good", ...changes };
  return { view: signal(view), update() {}, mute() {}, camera() {}, close() {} };
}

class Forgetful implements Storage {
  readonly #kept = new Map<string, string>();
  get length(): number { return this.#kept.size; }
  clear(): void { this.#kept.clear(); }
  getItem(key: string): string | null { return this.#kept.get(key) ?? null; }
  key(at: number): string | null { return [...this.#kept.keys()][at] ?? null; }
  removeItem(key: string): void { this.#kept.delete(key); }
  setItem(key: string, value: string): void { this.#kept.set(key, value); }
}

export interface Staged { desk: Desk; show: (me: AgentMe) => void }

export function staged(scene: Scene): Staged {
  const live = new SceneLive(scene);
  const desk = new Desk({
    api: api(scene.api ?? {}), live, clock: new Clock(() => NOW), makeCall: (call) => sceneCall(call, scene.view ?? {}), ring: new Ring(), memory: new Forgetful(),
  });
  const show = (me: AgentMe): void => { live.me.value = me; };
  if (scene.me) show(scene.me);
  return { desk, show };
}
