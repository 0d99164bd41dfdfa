/** Which lines does the timeline show for the events of a conversation? */
import { METHODS } from "../../shared/approval.ts";
import { clock, coming, day, targetName } from "../../shared/format.ts";
import type { IconName } from "../../shared/icon.tsx";
import { answerWords } from "../../shared/answer.ts";
import { changesOf, isYoung, saidNow, type Change } from "../../sdk/changes.ts";
import { sentOf, type Sent } from "../../sdk/sent.ts";
import type { CallbackBody, Channel, Event, EventBodies, FileRef, FlowBody, InteractionBody, Mark, Uuid } from "../../sdk/types.ts";
import type { Unsent } from "./ports.ts";

export const FILTERS = ["all", "messages", "calls", "flow", "notes", "pushes"] as const;
export type Filter = (typeof FILTERS)[number];

interface Line { key: string; time: string }
export interface MessageEntry extends Line {
  is: "message"; mine: boolean; name: string; text: string; files: readonly FileRef[]; edited: boolean; deleted: boolean;
  state: Sent; why: string | null;
  /** When the customer read it, on the newest message that they did. */
  readAt: string | null;
  /** Its number, while it can be edited and deleted. */
  change: number | null;
}
export type Entry =
  | { is: "day"; key: string; label: string }
  | MessageEntry
  | (Line & { is: "note"; mine: boolean; name: string; text: string })
  | (Line & { is: "ask"; name: string; mine: boolean; prompt: string; options: readonly string[]; answer: string | null })
  | (Line & { is: "event"; icon: IconName; failed: boolean; strong: string; rest: string; rating: number | null });

type Words = { icon: IconName; strong: string; rest?: string; failed?: boolean; rating?: number };

const TIMES = ["", "", "twice"];
export const times = (n: number): string => TIMES[n] ?? `${n} times`;

const CALLS: Record<Channel, string> = { text: "Text", voice: "Voice call", video: "Video call" };
const at = (body: FlowBody): string => (body.step_title ? `, at “${body.step_title}”` : "");
const because = (reason: string | null | undefined): string => (reason ? `, ${reason.replaceAll("_", " ")}` : "");
const who = (event: Event, me: Uuid): string => (event.actor.id === me ? "you" : (event.actor.name ?? ""));
const by = (event: Event, me: Uuid): string => (event.actor.kind === "system" || !event.actor.name ? "" : ` by ${who(event, me)}`);

function flowWords(kind: string, body: FlowBody): Words | null {
  switch (kind) {
    case "flow.started": return { icon: "flow", strong: body.title, rest: " started" };
    case "flow.answered": return { icon: "flow", strong: body.step_title ?? body.title, rest: ", answered" };
    case "flow.invalid": return { icon: "alert", failed: true, strong: body.label ?? "Not accepted", rest: at(body) };
    case "flow.action": return !body.code || body.code === "OK"
      ? { icon: "flow", strong: body.label ?? body.step_title ?? body.title, rest: ", done" }
      : { icon: "alert", failed: true, strong: body.label ?? "Not accepted", rest: at(body) };
    case "flow.proved": return { icon: "verified", strong: "Identity confirmed", rest: body.method ? ` ${METHODS[body.method]}` : "" };
    case "flow.help": return { icon: "hand", strong: body.title, rest: ` waits${at(body)}` };
    case "flow.handed_back": return { icon: "flow", strong: "Handed back", rest: `${at(body)}, goes on alone` };
    case "flow.ended": return { icon: "done", strong: body.title, rest: ` finished${body.label ? `, ${body.label}` : ""}` };
    default: return null;
  }
}

/** How an asking ended, after the colleague's name. */
const ENDS: Record<string, string> = {
  left: " left", taken_back: " is no longer needed", handed_over: " has it now", declined: " could not join", over: " is no longer needed",
};

/** Of a queue nobody may have been found yet whose name could stand here. */
function askingEnded({ outcome, agent_name }: EventBodies["consult.ended"]): Words {
  if (outcome === "nobody") return { icon: "people", strong: "Nobody", rest: " was free to join" };
  return { icon: "people", strong: agent_name ?? "A colleague", rest: ENDS[outcome ?? ""] ?? " is gone" };
}

/** Being queued and offered is how it works, not what happened: those two stay out of the timeline. */
function interactionWords(event: Event, body: InteractionBody, me: Uuid): Words | null {
  switch (event.kind) {
    case "help.asked": return { icon: "help", strong: "Asked for help", rest: body.channel ? ` by ${body.channel}` : "" };
    case "interaction.declined": return { icon: "bell", strong: "Offer declined", rest: `${by(event, me)}${because(body.reason)}` };
    case "interaction.expired": return { icon: "bell", strong: "Offer not answered", rest: body.agent_name ? `, ${body.agent_name}` : "" };
    case "interaction.accepted": return { icon: "person", strong: "Accepted", rest: by(event, me) || (body.agent_name ? ` by ${body.agent_name}` : "") };
    case "interaction.channel": return { icon: body.channel ?? "text", strong: `Changed to ${body.channel ?? "text"}`, rest: by(event, me) };
    case "interaction.transferred": return { icon: "transfer", strong: "Passed on", rest: `${by(event, me)} to ${targetName(event.body.to)}` };
    case "interaction.taken_over": return { icon: "transfer", strong: "Taken over", rest: by(event, me) };
    case "consult.asked": return { icon: "add-person", strong: event.body.role === "consult" ? "Advice asked" : "Specialist asked", rest: `${event.body.to ? ` of ${targetName(event.body.to)}` : ""}${by(event, me)}` };
    case "consult.accepted": return { icon: "people", strong: body.agent_name ?? "A colleague", rest: " reads along" };
    case "consult.ended": return askingEnded(event.body);
    case "participant.joined": return { icon: "people", strong: body.agent_name ?? "A specialist", rest: " joined" };
    case "participant.left": return { icon: "people", strong: body.agent_name ?? "A specialist", rest: " left" };
    case "interaction.closing": return body.reason === "silence"
      ? { icon: "clock", strong: "No answer for a while", rest: ", closes by itself" }
      : { icon: "clock", strong: "Asked whether everything is solved", rest: by(event, me) };
    case "interaction.kept_open": return { icon: "text", strong: "Goes on", rest: by(event, me) };
    case "interaction.nobody_there": return { icon: "clock", strong: "Nobody was there", rest: ", the customer was told" };
    case "interaction.somebody_there": return { icon: "people", strong: "Somebody was back", rest: ", the customer was told" };
    case "help.claim_ignored": return { icon: "alert", strong: "Said that it cannot wait", rest: ", too often today to come first" };
    case "interaction.ended": return { icon: "end", strong: "Help ended", rest: event.actor.kind === "system" ? ", no answer" : by(event, me) };
    case "interaction.wrapped_up": return { icon: "note", strong: "Wrap-up finished", rest: `${by(event, me)}${because(body.reason)}` };
    case "interaction.cancelled": return { icon: "close", strong: "Left the queue", rest: because(body.reason) };
    case "interaction.given_up": return { icon: "people", strong: "Back in the queue", rest: ", the agent left" };
    case "interaction.paused": return { icon: "hold", strong: "Paused", rest: by(event, me) };
    case "interaction.resumed": return { icon: "people", strong: "Back in line", rest: by(event, me) };
    default: return null;
  }
}

/** How long the call of this event lasted, if the timeline knows when it connected. */
function lasted(event: Event & { kind: "call.ended" }, events: readonly Event[]): string {
  const start = events.find((e) => e.kind === "call.connected" && e.body.call_id === event.body.call_id);
  if (!start) return "";
  const s = Math.round((Date.parse(event.at) - Date.parse(start.at)) / 1000);
  return `, ${s < 60 ? `${s} s` : `${Math.floor(s / 60)} min ${s % 60} s`}`;
}

function callbackWords(event: Event, due: string | null | undefined, me: Uuid): Words | null {
  const at = due ? `, ${coming(due, Date.parse(event.at))}` : "";
  switch (event.kind) {
    case "callback.scheduled": return { icon: "callback", strong: "Callback planned", rest: `${by(event, me)}${at}` };
    case "callback.moved": return { icon: "callback", strong: "Callback moved", rest: `${by(event, me)}${at}` };
    case "callback.cancelled": return { icon: "callback", strong: "Callback cancelled", rest: by(event, me) };
    case "callback.missed": return { icon: "callback", strong: "Callback not answered", rest: "" };
    default: return null;
  }
}

function callWords(event: Event, events: readonly Event[], me: Uuid): Words | null {
  if (event.kind === "call.ended") {
    const channel = event.body.channel ?? "voice";
    return { icon: channel, strong: CALLS[channel], rest: ` ended${lasted(event, events)}${by(event, me)}` };
  }
  const channel = (event.body as EventBodies["call.started"]).channel ?? "voice";
  switch (event.kind) {
    case "call.started": return { icon: channel, strong: CALLS[channel], rest: ` started${by(event, me)}` };
    case "call.connected": return { icon: channel, strong: CALLS[channel], rest: " connected" };
    case "call.recovering": return { icon: "offline", strong: "Connection dropped", rest: ", the call comes back by itself" };
    default: return null;
  }
}

/** The words that an approval was about. */
function whatOf(id: Uuid, events: readonly Event[]): string {
  const asked = events.find((one) => one.kind === "approval.asked" && one.body.approval_id === id);
  return asked?.kind === "approval.asked" ? `: “${asked.body.what}”` : "";
}

function words(event: Event, events: readonly Event[], me: Uuid): Words | null {
  if (event.kind.startsWith("flow.")) return flowWords(event.kind, event.body as FlowBody);
  if (event.kind.startsWith("callback.")) return callbackWords(event, (event.body as CallbackBody).due_at, me);
  if (event.kind.startsWith("call.")) return callWords(event, events, me);
  switch (event.kind) {
    case "notification.sent": return { icon: "bell", strong: "", rest: `Push “${event.body.title}” sent` };
    case "notification.delivered": return { icon: "bell", strong: "", rest: `Push “${event.body.title}” arrived` };
    case "identity.linked": return { icon: "verified", strong: "Signed in", rest: event.body.conversation_id ? ", what was said before is in the customer pane" : ", what was said before is here" };
    case "approval.asked": return { icon: "lock", strong: "Approval asked", rest: `${by(event, me)}: “${event.body.what}”` };
    case "approval.given": return { icon: "verified", strong: "Approved", rest: ` ${METHODS[event.body.method]}${whatOf(event.body.approval_id, events)}` };
    case "approval.declined": return { icon: "close", failed: true, strong: "Not approved", rest: whatOf(event.body.approval_id, events) };
    case "approval.refused": return { icon: "alert", failed: true, strong: event.body.denied ? "Not approved, identity not proved" : "Approval not proved yet", rest: whatOf(event.body.approval_id, events) };
    case "passkey.added": return { icon: "lock", strong: "Passkey added", rest: `: ${event.body.name}` };
    case "passkey.removed": return { icon: "lock", strong: "Passkey removed", rest: `: ${event.body.name}` };
    case "question.repeated": return { icon: "alert", strong: "Asked again", rest: `, though known: ${event.body.key.replaceAll("_", " ")}, from ${event.body.source}` };
    case "rating": return {
      icon: `face-${Math.min(5, Math.max(1, event.body.score))}` as IconName, strong: `Rated ${event.body.score} of 5`,
      rest: event.body.text ? `, “${event.body.text}”` : "", rating: event.body.score,
    };
    default: return interactionWords(event, event.body as InteractionBody, me);
  }
}

const GROUPS: Record<Exclude<Filter, "all">, readonly string[]> = {
  messages: ["message", "ask", "approval."], calls: ["call.", "callback.", "interaction.channel"], flow: ["flow.", "help."], notes: ["note"], pushes: ["notification."],
};
const passes = (kind: string, filter: Filter): boolean =>
  filter === "all" || GROUPS[filter].some((start) => kind === start || (start.endsWith(".") && kind.startsWith(start)));

const failure = (event: Event): FlowBody | null =>
  event.kind === "flow.invalid" || event.kind === "flow.action" ? event.body : null;

/** The same failure of the same step again: one line that says how often. */
function repeats(event: Event, before: Event | undefined): boolean {
  const [a, b] = [failure(event), before && failure(before)];
  return !!a && !!b && !!a.code && a.code !== "OK" && a.run_id === b.run_id && a.code === b.code && a.label === b.label && a.step === b.step;
}

/** What the lines of a timeline have in common. */
interface Seen { events: readonly Event[]; me: Uuid; now: number; marks: Mark | null; changes: ReadonlyMap<number, Change>; read: number }

function message(event: Extract<Event, { kind: "message" }>, { me, now, marks, changes, read }: Seen): MessageEntry {
  const mine = event.actor.id === me;
  const said = saidNow(event, changes.get(event.seq));
  return {
    key: String(event.seq), time: clock(event.at), is: "message", mine, name: event.actor.name ?? (event.actor.kind === "customer" ? "" : "Someone"), ...said, why: null,
    state: event.actor.kind === "agent" ? sentOf(event.seq, marks) : "sent", readAt: event.seq === read && marks?.seen_at ? clock(marks.seen_at) : null,
    change: mine && !said.deleted && isYoung(event, now) ? event.seq : null,
  };
}

function line(event: Event, count: number, seen: Seen): Entry | null {
  const { events, me } = seen;
  const base = { key: String(event.seq), time: clock(event.at) };
  const mine = event.actor.id === me;
  if (event.kind === "message") return message(event, seen);
  if (event.kind === "note") return { ...base, is: "note", mine, name: event.actor.name ?? "Someone", text: event.body.text };
  if (event.kind === "ask") {
    const answer = seen.changes.get(event.seq)?.answer;
    return { ...base, is: "ask", mine, name: event.actor.name ?? "Someone", prompt: event.body.prompt, options: event.body.options.map(({ label }) => label), answer: answer ? answerWords(answer) : null };
  }
  const said = words(event, events, me);
  if (!said) return null;
  const often = count > 1 ? `, ${times(count)}` : "";
  return { ...base, is: "event", icon: said.icon, failed: said.failed ?? false, strong: said.strong, rest: `${often}${said.rest ?? ""}`, rating: said.rating ?? null };
}

/** The timeline, oldest first. Keys stay when the server's number replaces the client's: the message keeps its place. */
export function entries(events: readonly Event[], unsent: readonly Unsent[], filter: Filter, me: Uuid, now: number, marks: Mark | null = null): Entry[] {
  const read = events.findLast((e) => e.kind === "message" && e.actor.kind === "agent" && e.seq <= (marks?.seen ?? 0))?.seq ?? 0;
  const seen: Seen = { events, me, now, marks, changes: changesOf(events), read };
  const out: Entry[] = [];
  let today = "";
  let before: Event | undefined;
  let count = 1;
  const place = (instant: string, entry: Entry): void => {
    const label = day(instant, now);
    if (label !== today) out.push({ is: "day", key: `day-${label}`, label });
    today = label;
    out.push(entry);
  };
  for (const event of events) {
    if (!passes(event.kind, filter)) continue;
    const again = repeats(event, before);
    count = again ? count + 1 : 1;
    const entry = line(event, count, seen);
    if (!entry) continue;
    before = event;
    if (again) out.pop();
    place(event.at, event.cmid ? { ...entry, key: event.cmid } : entry);
  }
  if (!passes("message", filter)) return out;
  for (const message of unsent) {
    const state = message.refused === null ? "unsent" : "refused";
    const { cmid, text, files = [], at } = message;
    place(at, {
      is: "message", key: cmid, time: clock(at), mine: true, name: "", text, files, edited: false, deleted: false, state, why: message.refused, readAt: null, change: null,
    });
  }
  return out;
}
