/** What of the log does the customer see? People in bubbles, what happened in pills, unsent messages last. */
import type { IconName } from "../../shared/icon.tsx";
import { outcomeOf, type Outcome } from "../../shared/approval.ts";
import { coming, day, duration, firstName, targetName } from "../../shared/format.ts";
import type { Outgoing } from "../../sdk/outbox.ts";
import { changesOf, isYoung, saidNow, type Change } from "../../sdk/changes.ts";
import { sentOf, type Sent } from "../../sdk/sent.ts";
import type { AskAnswer, AskQuestion, Event, FileRef, Mark } from "../../sdk/types.ts";
import { ofCall } from "./log.ts";
import type { CallEvent } from "./log.ts";

export interface MessageLine {
  is: "message"; key: string; mine: boolean;
  /** Who wrote it, where more than one of us has. */
  name: string | null;
  text: string; files: readonly FileRef[]; at: string; sent: Sent;
  edited: boolean; deleted: boolean;
  /** When it was read, on the newest message that was. */
  readAt: string | null;
  /** Its number, while it can be edited and deleted. */
  change: number | null;
}
export interface AskLine { is: "ask"; key: string; seq: number; from: string; question: AskQuestion; answer: AskAnswer | null }
export interface ApprovalLine { is: "approval"; key: string; id: string; from: string; what: string; until: string; outcome: Outcome | null }
export type Line =
  | { is: "day"; key: string; text: string }
  | MessageLine
  | AskLine
  | ApprovalLine
  | { is: "happened"; key: string; icon: IconName; name: string; text: string };

/** `marks` is how far the other side has come. */
export function timelineOf(events: readonly Event[], unsent: readonly Outgoing[], now: number, marks: Mark | null = null): Line[] {
  const lines: Line[] = [];
  const changes = changesOf(events);
  const read = events.findLast((e) => e.kind === "message" && e.actor.kind === "customer" && e.seq <= (marks?.seen ?? 0))?.seq;
  let today = "";
  for (const event of events) {
    const line = event.kind === "message" ? messageLine(event, changes.get(event.seq), now, marks, read, nameOf(event, events)) : lineOf(event, events, changes);
    if (!line) continue;
    const on = day(event.at, now);
    if (on !== today) lines.push({ is: "day", key: `day-${on}`, text: (today = on) });
    lines.push(line);
  }
  return [...lines, ...unsent.map(unsentLine)];
}

/** Keyed by the writer's own id, so that the acknowledgement does not redraw the bubble. */
function unsentLine({ cmid, text, files = [], at, problem }: Outgoing): Line {
  return { is: "message", key: cmid, mine: true, name: null, text, files, at, sent: problem ? "refused" : "unsent", edited: false, deleted: false, readAt: null, change: null };
}

function messageLine(event: Extract<Event, { kind: "message" }>, change: Change | undefined, now: number, marks: Mark | null, read: number | undefined, name: string | null): MessageLine {
  const mine = event.actor.kind === "customer";
  const said = saidNow(event, change);
  return {
    is: "message", key: event.cmid ?? String(event.seq), mine, name, ...said, at: event.at, sent: mine ? sentOf(event.seq, marks) : "sent",
    readAt: event.seq === read ? (marks?.seen_at ?? null) : null, change: mine && !said.deleted && isYoung(event, now) ? event.seq : null,
  };
}

function lineOf(event: Event, all: readonly Event[], changes: ReadonlyMap<number, Change>): Line | null {
  const happened = (icon: IconName, name: string, text = ""): Line => ({ is: "happened", key: String(event.seq), icon, name, text });
  switch (event.kind) {
    case "ask":
      return { is: "ask", key: String(event.seq), seq: event.seq, from: event.actor.name ?? "Someone", question: event.body, answer: changes.get(event.seq)?.answer ?? null };
    case "approval.asked":
      return { is: "approval", key: String(event.seq), id: event.body.approval_id, from: event.actor.name ?? "Someone", what: event.body.what, until: event.body.until, outcome: outcomeOf(event.body.approval_id, all) };
    case "flow.started": return happened("flow", event.body.title, ": started");
    case "flow.handed_back": return happened("done", event.body.title, ": back with you");
    case "flow.ended": return happened("done", event.body.title, event.body.label ? `: ${event.body.label}` : ": finished");
    case "help.asked": return happened("people", "You asked for help", event.body.channel ? ` by ${event.body.channel}` : "");
    case "interaction.accepted": return happened("people", event.body.agent_name ?? event.actor.name ?? "Someone", " is here");
    case "interaction.given_up": return happened("people", "Back in line", ", at your old place; someone else will help");
    case "interaction.transferred": return event.body.waits
      ? happened("people", event.body.agent_name ?? "We", ` passed you on to ${targetName(event.body.to)}`)
      : happened("people", event.body.to, " is with you now");
    case "interaction.taken_over": return happened("people", event.body.to, " is with you now");
    case "participant.joined": return happened("people", event.body.agent_name ?? "A colleague", " joined");
    case "participant.left": return happened("people", event.body.agent_name ?? "A colleague", " left");
    case "interaction.paused": return happened("hold", "Paused", "; your place is kept");
    case "interaction.resumed": return happened("people", "You’re back in line", ", at your old place");
    case "callback.scheduled": return happened("callback", "You’ll be called", calledAt(event.body.due_at, event.at));
    case "callback.moved": return happened("callback", "Your call was moved", calledAt(event.body.due_at, event.at));
    case "callback.cancelled": return happened("callback", "Your call was cancelled");
    case "callback.missed": return happened("callback", "We tried to reach you");
    case "interaction.cancelled": return happened("people", "You stopped waiting");
    case "interaction.closing": return happened("clock", event.body.reason === "silence" ? "It became quiet" : `${event.actor.name ?? "We"} asked whether everything is solved`);
    case "interaction.nobody_there": return happened("clock", "Nobody is here right now", "; your place is kept");
    case "interaction.somebody_there": return happened("people", "Someone is back");
    case "interaction.ended": return happened("done", "Conversation ended", "; your messages stay here");
    case "call.started": return ended(event.body.call_id, all) ? null : happened(iconOf(event.body.channel), callName(event.body.channel), " started");
    case "call.ended": return happened(iconOf(channelOf(event.body.call_id, all)), callName(channelOf(event.body.call_id, all)), lasted(event, all));
    case "passkey.added": return happened("lock", "Passkey added", `: ${event.body.name}`);
    case "passkey.removed": return happened("lock", "Passkey removed", `: ${event.body.name}`);
    case "notification.sent": return happened("bell", event.body.title);
    case "rating": return happened("face-4", "Thank you", " for your rating");
    default: return null;
  }
}

/** Who wrote it, where more than one of us has. */
function nameOf(event: Event, all: readonly Event[]): string | null {
  if (event.actor.kind !== "agent") return null;
  const others = all.some((e) => e.kind === "message" && e.actor.kind === "agent" && e.actor.id !== event.actor.id);
  return others && event.actor.name ? firstName(event.actor.name) : null;
}

/** A call at the own turn is asked for and due at the same time. */
function calledAt(due: string | null | undefined, at: string): string {
  if (!due || Date.parse(due) - Date.parse(at) < 1000) return " when it’s your turn";
  return ` ${coming(due, Date.parse(at))}`;
}

const ended = (id: string, all: readonly Event[]): boolean => ofCall(id, all, "call.ended") !== undefined;
const iconOf = (channel: string | null | undefined): IconName => (channel === "video" ? "video" : "voice");
const callName = (channel: string | null | undefined): string => (channel === "video" ? "Video call" : "Voice call");

/** A call that was widened to video is remembered as a video call. */
function channelOf(id: string, all: readonly Event[]): string | null | undefined {
  const started = ofCall(id, all, "call.started");
  const [from, to] = [started?.seq ?? Infinity, ofCall(id, all, "call.ended")?.seq ?? Infinity];
  const widened = all.some((e) => e.kind === "interaction.channel" && e.body.channel === "video" && e.seq > from && e.seq < to);
  return widened ? "video" : started?.body.channel;
}

function lasted(event: CallEvent, all: readonly Event[]): string {
  const connected = ofCall(event.body.call_id, all, "call.connected");
  return connected ? `, ${duration(Date.parse(event.at) - Date.parse(connected.at))}` : ", not connected";
}
