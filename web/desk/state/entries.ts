/** Which lines does the timeline show for the events of a conversation? */
import { clock, day } from "../../shared/format.ts";
import type { IconName } from "../../shared/icon.tsx";
import type { Channel, Event, EventBodies, FlowBody, InteractionBody, Uuid } from "../../sdk/types.ts";
import type { Unsent } from "./ports.ts";

export const FILTERS = ["all", "messages", "calls", "flow", "notes", "pushes"] as const;
export type Filter = (typeof FILTERS)[number];

interface Line { key: string; time: string }
export type Entry =
  | { is: "day"; key: string; label: string }
  | (Line & { is: "message" | "note"; mine: boolean; name: string; text: string; state: "sent" | "unsent" | "refused"; why: string | null })
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
    case "flow.proved": return { icon: "verified", strong: "Identity confirmed", rest: body.label ? `, ${body.label}` : "" };
    case "flow.help": return { icon: "hand", strong: body.title, rest: ` waits${at(body)}` };
    case "flow.handed_back": return { icon: "flow", strong: "Handed back", rest: `${at(body)}, goes on alone` };
    case "flow.ended": return { icon: "done", strong: body.title, rest: ` finished${body.label ? `, ${body.label}` : ""}` };
    default: return null;
  }
}

/** Being queued and offered is how it works, not what happened: those two stay out of the timeline. */
function interactionWords(event: Event, body: InteractionBody, me: Uuid): Words | null {
  switch (event.kind) {
    case "help.asked": return { icon: "help", strong: "Asked for help", rest: body.channel ? ` by ${body.channel}` : "" };
    case "interaction.declined": return { icon: "bell", strong: "Offer declined", rest: `${by(event, me)}${because(body.reason)}` };
    case "interaction.expired": return { icon: "bell", strong: "Offer not answered", rest: body.agent_name ? `, ${body.agent_name}` : "" };
    case "interaction.accepted": return { icon: "person", strong: "Accepted", rest: by(event, me) || ` by ${body.agent_name ?? ""}` };
    case "interaction.channel": return { icon: body.channel ?? "text", strong: `Changed to ${body.channel ?? "text"}`, rest: by(event, me) };
    case "interaction.ended": return { icon: "end", strong: "Help ended", rest: `${by(event, me)}${because(body.reason)}` };
    case "interaction.wrapped_up": return { icon: "note", strong: "Wrap-up finished", rest: `${by(event, me)}${because(body.reason)}` };
    case "interaction.cancelled": return { icon: "close", strong: "Left the queue", rest: because(body.reason) };
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

function words(event: Event, events: readonly Event[], me: Uuid): Words | null {
  if (event.kind.startsWith("flow.")) return flowWords(event.kind, event.body as FlowBody);
  if (event.kind.startsWith("call.")) return callWords(event, events, me);
  switch (event.kind) {
    case "notification.sent": return { icon: "bell", strong: "", rest: `Push “${event.body.title}” sent` };
    case "notification.delivered": return { icon: "bell", strong: "", rest: `Push “${event.body.title}” arrived` };
    case "identity.linked": return { icon: "verified", strong: "Signed in", rest: event.body.conversation_id ? ", what was said before is in the customer pane" : ", what was said before is here" };
    case "question.repeated": return { icon: "alert", strong: "Asked again", rest: `, though known: ${event.body.key.replaceAll("_", " ")}, from ${event.body.source}` };
    case "rating": return {
      icon: `face-${Math.min(5, Math.max(1, event.body.score))}` as IconName, strong: `Rated ${event.body.score} of 5`,
      rest: event.body.text ? `, “${event.body.text}”` : "", rating: event.body.score,
    };
    default: return interactionWords(event, event.body as InteractionBody, me);
  }
}

const GROUPS: Record<Exclude<Filter, "all">, readonly string[]> = {
  messages: ["message"], calls: ["call.", "interaction.channel"], flow: ["flow.", "help."], notes: ["note"], pushes: ["notification."],
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

function line(event: Event, count: number, events: readonly Event[], me: Uuid): Entry | null {
  const base = { key: String(event.seq), time: clock(event.at) };
  if (event.kind === "message" || event.kind === "note") {
    const mine = event.actor.id === me;
    return { ...base, is: event.kind, mine, name: event.actor.name ?? "", text: event.body.text, state: "sent", why: null };
  }
  const said = words(event, events, me);
  if (!said) return null;
  const often = count > 1 ? `, ${times(count)}` : "";
  return { ...base, is: "event", icon: said.icon, failed: said.failed ?? false, strong: said.strong, rest: `${often}${said.rest ?? ""}`, rating: said.rating ?? null };
}

/** The timeline, oldest first. Keys stay when the server's number replaces the client's: the message keeps its place. */
export function entries(events: readonly Event[], unsent: readonly Unsent[], filter: Filter, me: Uuid, now: number): Entry[] {
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
    const entry = line(event, count, events, me);
    if (!entry) continue;
    before = event;
    if (again) out.pop();
    place(event.at, event.cmid ? { ...entry, key: event.cmid } : entry);
  }
  if (!passes("message", filter)) return out;
  for (const message of unsent) {
    const state = message.refused === null ? "unsent" : "refused";
    place(message.at, { is: "message", key: message.cmid, time: clock(message.at), mine: true, name: "", text: message.text, state, why: message.refused });
  }
  return out;
}
