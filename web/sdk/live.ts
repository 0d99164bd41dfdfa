/** How does a client stay connected, miss nothing and send everything? The rules are in log.ts, outbox.ts, backoff.ts. */
import type { Credentials } from "./api.ts";
import { backoff } from "./backoff.ts";
import { Cell } from "./cell.ts";
import type { Stop } from "./cell.ts";
import type { KeptLog } from "./kept-log.ts";
import { applied, missed, place, tailed, UNREAD } from "./log.ts";
import type { Reading } from "./log.ts";
import type { Outbox, Outgoing } from "./outbox.ts";
import type { Actor, ClientFrame, ContextChange, Event, FileRef, Marks, Me, Place, ServerFrame, Team, Uuid } from "./types.ts";

const PING_MS = 15_000;
const DEAD_MS = 25_000;
const STEADY_MS = 5_000;
const TAIL_MS = 3_000;
const GOT_MS = 500;
/** What people say to each other, and are told that it arrived. */
const TALK: ReadonlySet<string> = new Set(["message", "ask"]);
const NOT_SIGNED_IN = 4401;

/** What a client shows of its connection. */
export type Link = "connecting" | "live" | "down";

/** Who is told what the server says. */
export interface Sink {
  setMe(me: Me): void;
  /** Newer than the last snapshot, or older: its `now` says which. */
  place(place: Place): void;
  setTeam(team: Team): void;
  event(event: Event): void;
  /** The log began anew (another epoch): forget what was shown of it. */
  reset(conversation_id: Uuid): void;
  typing(conversation_id: Uuid, actor: Actor): void;
  /** What the customer's app shows has changed (agents). */
  context(conversation_id: Uuid, change: ContextChange): void;
  marks(conversation_id: Uuid, marks: Marks): void;
  /** The server's clock, as an ISO instant. */
  now(now: string): void;
}

export interface LiveOptions {
  /** ws:// or wss:// address of /v1/live. */
  url: string;
  /** Agents watch conversations; a customer is subscribed to the own one by signing in. */
  kind: Me["kind"];
  credentials: Credentials;
  sink: Sink;
  outbox: Outbox;
  /** Who writes here: the author of messages that were acknowledged before their event came. */
  self: () => Actor;
  socket?: (url: string) => WebSocket;
  random?: () => number;
  /** Calls back when it is worth connecting at once: the network is back, the page is visible again. */
  onWake?: (wake: () => void) => Stop;
  /** A customer's log on disk. */
  log?: KeptLog;
}

export class Live {
  readonly link = new Cell<Link>("connecting");
  readonly #readings = new Map<Uuid, Reading>();
  readonly #asked = new Map<Uuid, { from: number; timer: ReturnType<typeof setTimeout> }>();
  readonly #telling = new Map<Uuid, ReturnType<typeof setTimeout>>();
  readonly #seen = new Map<Uuid, number>();
  /** Logs that began anew: the tail that is under way starts at the cursor of the old one. */
  readonly #forgotten = new Set<Uuid>();
  #socket: WebSocket | null = null;
  #welcomed = false;
  #epoch: Uuid | null;
  #attempt = 0;
  #heard = 0;
  #pinged = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #pinger: ReturnType<typeof setInterval> | undefined;
  #stopWake: Stop | null = null;
  #running = false;
  #refusedToken: string | null = null;

  constructor(private readonly options: LiveOptions) {
    this.#epoch = options.log?.epoch ?? null;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#stopWake = this.options.onWake?.(() => this.#wake()) ?? null;
    void this.options.outbox.ready.then(() => this.#connect());
  }

  stop(): void {
    this.#running = false;
    this.#stopWake?.();
    clearTimeout(this.#retry);
    for (const { timer } of this.#asked.values()) clearTimeout(timer);
    this.#asked.clear();
    for (const timer of this.#telling.values()) clearTimeout(timer);
    this.#telling.clear();
    this.#drop();
    this.link.set("down");
  }

  /**
   * Reads a conversation from a cursor on; from 0 it is the whole. One that is read already goes on where it is: an
   * agent says so again, as the server stops telling whoever lost the right to it, and may have given it back.
   */
  watch(conversation_id: Uuid, cursor = 0): void {
    if (!this.#readings.has(conversation_id)) this.#readings.set(conversation_id, { ...UNREAD, cursor, known: cursor });
    if (this.options.kind === "agent") this.#put({ type: "watch", conversation_id, after: this.cursor(conversation_id) });
  }

  unwatch(conversation_id: Uuid): void {
    if (!this.#readings.delete(conversation_id)) return;
    this.#answered(conversation_id);
    this.#put({ type: "unwatch", conversation_id });
  }

  /** Kept until the server has acknowledged it, over reconnects and reloads. */
  send(conversation_id: Uuid, text: string, files: readonly FileRef[] = []): Outgoing {
    const entry = this.options.outbox.add(conversation_id, text, new Date().toISOString(), files);
    this.#put(sendFrame(entry));
    return entry;
  }

  /** Everything up to this seq is before somebody's eyes. */
  seen(conversation_id: Uuid, upto: number): void {
    if (upto <= (this.#seen.get(conversation_id) ?? 0)) return;
    this.#seen.set(conversation_id, upto);
    this.#put({ type: "seen", conversation_id, upto });
  }

  typing(conversation_id: Uuid): void {
    this.#put({ type: "typing", conversation_id });
  }

  /** What the app shows has changed; false where nobody can be told now. */
  context({ whole, patch, actions }: ContextChange): boolean {
    this.#put({ type: "context", whole, patch, actions });
    return this.#welcomed;
  }

  /** How far a conversation has been read. */
  cursor(conversation_id: Uuid): number {
    return this.#readings.get(conversation_id)?.cursor ?? 0;
  }

  /* ---- the connection ---- */

  async #connect(): Promise<void> {
    clearTimeout(this.#retry);
    if (!this.#running || this.#socket !== null) return;
    if (this.link.value !== "down") this.link.set("connecting");
    const token = await this.#token();
    if (!this.#running || this.#socket !== null) return;
    if (token === null) return this.#later();
    const socket = this.options.socket?.(this.options.url) ?? new WebSocket(this.options.url);
    this.#socket = socket;
    this.#heard = Date.now();
    this.#pinger = setInterval(() => this.#beat(), PING_MS / 3);
    socket.onopen = () => this.#write({ type: "hello", token, cursors: this.#cursors(), caps: [] });
    socket.onmessage = (message) => this.#hear(socket, String(message.data));
    socket.onclose = ({ code }) => this.#closed(socket, code, token);
  }

  async #token(): Promise<string | null> {
    const { credentials } = this.options;
    const refused = this.#refusedToken;
    this.#refusedToken = null;
    return (refused === null ? credentials.current() : credentials.renew(refused)).catch(() => null);
  }

  /** An agent's conversations are watched one by one after the welcome. */
  #cursors(): Record<Uuid, number> {
    if (this.options.kind === "agent") return {};
    return Object.fromEntries([...this.#readings].map(([id, { cursor }]) => [id, cursor]));
  }

  #closed(socket: WebSocket, code: number, token: string): void {
    if (socket !== this.#socket) return;
    if (code === NOT_SIGNED_IN) this.#refusedToken = token;
    this.#drop();
    this.#later();
  }

  #later(after = backoff(this.#attempt, this.options.random)): void {
    if (!this.#running) return;
    this.link.set("down");
    this.#attempt += 1;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#connect(), after);
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#welcomed = false;
    clearInterval(this.#pinger);
    socket?.close();
  }

  /** A visible page pings at once: what slept through its death notices in a second, not in 25. */
  #wake(): void {
    if (this.#socket === null) return void this.#connect();
    if (Date.now() - this.#heard > PING_MS) {
      this.#drop();
      void this.#connect();
    }
  }

  #beat(): void {
    const silent = Date.now() - this.#heard;
    if (silent >= DEAD_MS) {
      this.#drop();
      return this.#later();
    }
    if (Date.now() - this.#pinged < PING_MS - 500) return;
    this.#pinged = Date.now();
    this.#put({ type: "ping" });
  }

  #put(frame: ClientFrame): void {
    if (this.#welcomed) this.#write(frame);
  }

  #write(frame: ClientFrame): void {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(frame));
  }

  /* ---- what the server says ---- */

  #hear(socket: WebSocket, data: string): void {
    if (socket !== this.#socket) return;
    this.#heard = Date.now();
    const frame = JSON.parse(data) as ServerFrame;
    switch (frame.type) {
      case "welcome": return this.#welcome(frame);
      case "event": return this.#event(frame);
      case "ack": return this.#ack(frame);
      case "refused": return this.options.outbox.refused(frame.cmid, frame.problem);
      case "tail": return this.#tail(frame.conversation_id, frame.upto);
      case "me": return this.options.sink.setMe(frame.me);
      case "place": return this.options.sink.place(frame);
      case "marks": return this.options.sink.marks(frame.conversation_id, { customer: frame.customer, agent: frame.agent });
      case "team": return this.options.sink.setTeam(frame);
      case "typing": return this.options.sink.typing(frame.conversation_id, frame.actor);
      case "context": return this.options.sink.context(frame.conversation_id, { whole: frame.whole, patch: frame.patch, actions: frame.actions });
      case "goaway": return this.#leave(frame.after_ms);
      case "pong": return;
      case "error": return console.warn("warmline:", frame.problem.title, frame.problem.detail ?? "");
    }
  }

  #welcome(frame: ServerFrame & { type: "welcome" }): void {
    this.#welcomed = true;
    const socket = this.#socket;
    setTimeout(() => { if (socket === this.#socket) this.#attempt = 0; }, STEADY_MS);
    if (this.#epoch !== null && this.#epoch !== frame.epoch) for (const id of this.#readings.keys()) this.#forget(id);
    this.#epoch = frame.epoch;
    this.options.log?.began(frame.epoch);
    this.options.sink.now(frame.now);
    this.options.sink.setMe(frame.me);
    this.link.set("live");
    for (const [id, head] of Object.entries(frame.heads)) this.#headed(id, head);
    if (this.options.kind === "agent") {
      for (const [id, { cursor }] of this.#readings) this.#write({ type: "watch", conversation_id: id, after: cursor });
    }
    for (const entry of this.options.outbox.unsent) this.#write(sendFrame(entry));
    for (const [id, upto] of this.#seen) this.#write({ type: "seen", conversation_id: id, upto });
  }

  /** The tail follows a welcome by itself; ask only if it does not come. */
  #headed(id: Uuid, head: number): void {
    const reading = this.#readings.get(id);
    if (!reading) return;
    if (head < reading.cursor) this.#forget(id);
    const { cursor } = this.#readings.get(id)!;
    this.#readings.set(id, { cursor, known: head, syncing: head > cursor });
    if (head > cursor) this.#expectTail(id, cursor);
  }

  #forget(id: Uuid): void {
    this.#readings.set(id, UNREAD);
    this.#forgotten.add(id);
    this.#seen.delete(id);
    this.options.sink.reset(id);
    this.options.log?.reset();
  }

  #event({ type: _, ...event }: ServerFrame & { type: "event" }): void {
    const id = event.conversation_id;
    const reading = this.#readings.get(id);
    if (!reading) return;
    if (event.cmid !== null && place(reading.cursor, event) !== "gap") this.options.outbox.remove(event.cmid);
    this.#take(id, event, () => {
      this.#show(event as Event);
      if (TALK.has(event.kind) && event.actor.kind !== this.options.kind) this.#arrived(id);
    });
  }

  /** An acknowledged message is in the log: show it there at once if its place is next. */
  #ack(frame: ServerFrame & { type: "ack" }): void {
    const entry = this.options.outbox.find(frame.cmid);
    if (!entry) return;
    if (!this.#readings.has(frame.conversation_id)) return this.options.outbox.remove(frame.cmid);
    this.options.outbox.acked(frame.cmid, frame.seq);
    this.#take(frame.conversation_id, frame, () => {
      const { cmid, conversation_id, seq, prev, at } = frame;
      this.#show({
        conversation_id, seq, prev, at, cmid, kind: "message", actor: this.options.self(),
        body: { text: entry.text, ...(entry.files ? { files: [...entry.files] } : {}) },
      });
    });
  }

  #show(event: Event): void {
    this.options.sink.event(event);
    this.options.log?.add(event);
  }

  #take(id: Uuid, frame: { seq: number; prev: number }, apply: () => void): void {
    const reading = this.#readings.get(id)!;
    switch (place(reading.cursor, frame)) {
      case "drop": break;
      case "apply":
        this.#readings.set(id, applied(reading, frame.seq));
        apply();
        break;
      case "gap": {
        const next = missed(reading, frame.seq);
        this.#readings.set(id, next.reading);
        if (next.ask) this.#sync(id);
      }
    }
    this.options.outbox.settle(id, this.cursor(id));
  }

  /** Told once for all that comes within a moment; the cursor says how far. */
  #arrived(id: Uuid): void {
    if (this.#telling.has(id)) return;
    this.#telling.set(id, setTimeout(() => {
      this.#telling.delete(id);
      this.#put({ type: "got", conversation_id: id, upto: this.cursor(id) });
    }, GOT_MS));
  }

  #tail(id: Uuid, upto: number): void {
    const reading = this.#readings.get(id);
    if (!reading) return;
    if (this.#forgotten.has(id)) return this.#sync(id);
    const next = tailed(reading, upto, this.#answered(id) ?? -1);
    this.#readings.set(id, next.reading);
    this.options.outbox.settle(id, next.reading.cursor);
    if (next.ask) this.#sync(id);
  }

  #sync(id: Uuid): void {
    const after = this.cursor(id);
    this.#forgotten.delete(id);
    this.#put({ type: "sync", conversation_id: id, after });
    this.#expectTail(id, after);
  }

  #expectTail(id: Uuid, from: number): void {
    clearTimeout(this.#asked.get(id)?.timer);
    const timer = setTimeout(() => this.#welcomed && this.#sync(id), TAIL_MS);
    this.#asked.set(id, { from, timer });
  }

  /** The cursor at which the question was asked that this tail answers. */
  #answered(id: Uuid): number | undefined {
    const asked = this.#asked.get(id);
    clearTimeout(asked?.timer);
    this.#asked.delete(id);
    return asked?.from;
  }

  #leave(after: number): void {
    this.#drop();
    this.#later(after);
  }
}

const sendFrame = ({ cmid, conversation_id, text, files = [] }: Outgoing): ClientFrame => ({
  type: "send", cmid, conversation_id, ...(text === "" ? {} : { text }), ...(files.length > 0 ? { files: files.map(({ id }) => id) } : {}),
});

/** ws://host/v1/live for a server at `url`. */
export function liveUrl(url: string): string {
  const address = new URL("/v1/live", url);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  address.search = address.hash = "";
  return address.href;
}
