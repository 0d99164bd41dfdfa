/** What does the log say that every page may ask, also while nobody reads it? */
import type { Call, Event, Interaction } from "../../sdk/types.ts";

export type CallEvent = Extract<Event, { kind: "call.started" | "call.connected" | "call.ended" }>;
export const ofCall = (id: string, all: readonly Event[], kind: CallEvent["kind"]): CallEvent | undefined =>
  all.find((e): e is CallEvent => e.kind === kind && (e as CallEvent).body.call_id === id);

/** Has the customer left one person and not reached the next yet? Then by the next one's name. */
export function connectingTo({ passed_on, agent }: Interaction, call: Call | null, all: readonly Event[]): string | null {
  if (!passed_on || !call || call.state === "ended") return null;
  const there = all.some((e) => e.kind === "call.connected" && e.body.call_id === call.id && Date.parse(e.at) >= Date.parse(passed_on.at));
  return there ? null : (agent?.name ?? passed_on.to);
}

/** Whether this call ended because the customer was passed on: the next one goes on with it. */
export const wasPassedOn = (id: string, all: readonly Event[]): boolean => all.some((e) => e.kind === "call.ended" && e.body.call_id === id && e.body.reason === "transferred");

/** When media of this call began to run, for its clock. */
export const connectedAt = (id: string, all: readonly Event[]): string | null => ofCall(id, all, "call.connected")?.at ?? null;

/** The run that an agent handed back and the customer has not gone on with yet. */
export function handedBack(runId: string, all: readonly Event[]): boolean {
  const last = all.findLast((e) => e.kind.startsWith("flow.") && (e.body as { run_id?: string }).run_id === runId);
  return last?.kind === "flow.handed_back";
}

/** Messages of agents after the last one that was looked at. */
export const unreadCount = (all: readonly Event[], seen: number): number =>
  all.filter((e) => (e.kind === "message" || e.kind === "ask") && e.actor.kind === "agent" && e.seq > seen).length;
