/** How does the desk hear from the server? One live connection; each open conversation is watched once. */
import { computed, signal, type ReadonlySignal } from "@preact/signals";
import type { Credentials } from "../../sdk/api.ts";
import { onWake } from "../../sdk/browser.ts";
import type { Stop } from "../../sdk/cell.ts";
import type { Keep } from "../../sdk/keep.ts";
import { Live, liveUrl } from "../../sdk/live.ts";
import { Outbox } from "../../sdk/outbox.ts";
import { Store } from "../../sdk/store.ts";
import type { Agent, AgentMe, Uuid } from "../../sdk/types.ts";
import type { Conversation, DeskLive, Link, Unsent } from "../state/ports.ts";
import { fromCell } from "../../shared/from-cell.ts";

/** Typing is told at most this often. */
const TYPING_MS = 2000;

export class ServerLive implements DeskLive {
  readonly me: ReadonlySignal<AgentMe | null>;
  readonly link: ReadonlySignal<Link>;
  readonly #store = new Store<AgentMe>("agent");
  readonly #outbox: Outbox;
  readonly #live: Live;
  readonly #readers = new Map<Uuid, number>();

  constructor(agent: Agent, credentials: Credentials, keep: Keep) {
    this.#outbox = new Outbox(keep, `desk/${agent.id}/outbox/`);
    this.#live = new Live({
      url: liveUrl(location.origin), kind: "agent", credentials, sink: this.#store, outbox: this.#outbox, onWake,
      self: () => ({ kind: "agent", id: agent.id, name: agent.name }),
    });
    this.me = fromCell(this.#store.me);
    const state = fromCell(this.#live.link);
    const network = onlineSignal();
    this.link = computed(() => (state.value !== "down" ? state.value : network.value ? "reconnecting" : "offline"));
    this.#live.start();
  }

  /** Milliseconds of the server's clock. */
  readonly now = (): number => this.#store.serverNow;

  open(id: Uuid): Conversation {
    const readers = this.#readers.get(id) ?? 0;
    this.#readers.set(id, readers + 1);
    this.#live.watch(id);
    const stops: Stop[] = [];
    const events = fromCell(this.#store.timeline(id), stops);
    const typer = fromCell(this.#store.typer(id), stops);
    const shown = fromCell(this.#store.shown(id), stops);
    const marks = fromCell(this.#store.marksOf(id), stops);
    const waiting = fromCell(this.#outbox.entries, stops);
    let told = 0;
    return {
      events,
      shown,
      unsent: computed(() => unsentOf(waiting.value.filter((entry) => entry.conversation_id === id), events.value.map((e) => e.cmid))),
      typing: computed(() => (typer.value && typer.value.kind === "customer" ? typer.value.name : null)),
      marks: computed(() => marks.value?.customer ?? null),
      send: (text, files) => void this.#live.send(id, text, files),
      remove: (cmid) => this.#outbox.remove(cmid),
      seen: () => { if (document.visibilityState === "visible") this.#live.seen(id, this.#live.cursor(id)); },
      typed: () => {
        if (Date.now() - told < TYPING_MS) return;
        told = Date.now();
        this.#live.typing(id);
      },
      close: () => {
        for (const stop of stops) stop();
        this.#close(id);
      },
    };
  }

  /** The shift is over: nothing of it stays behind on this machine. */
  stop(): void {
    this.#live.stop();
    void this.#outbox.forget();
  }

  #close(id: Uuid): void {
    const readers = (this.#readers.get(id) ?? 1) - 1;
    this.#readers.set(id, readers);
    if (readers > 0) return;
    this.#live.unwatch(id);
    this.#store.reset(id);
  }
}

type Waiting = Outbox["entries"]["value"];

/** A message that is already in the log is not shown twice. */
function unsentOf(waiting: Waiting, known: readonly (Uuid | null)[]): Unsent[] {
  return waiting.filter((entry) => !known.includes(entry.cmid))
    .map(({ cmid, text, files = [], at, problem }) => ({ cmid, text, files, at, refused: problem ? (problem.detail ?? problem.title) : null }));
}

function onlineSignal(): ReadonlySignal<boolean> {
  const online = signal(navigator.onLine);
  addEventListener("online", () => { online.value = true; });
  addEventListener("offline", () => { online.value = false; });
  return online;
}
