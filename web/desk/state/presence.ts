/** What is the agent doing, in one word, and since when? */
import type { IconName } from "../../shared/icon.tsx";
import type { AgentMe, Instant, Intent } from "../../sdk/types.ts";
import { readable } from "./facts.ts";

export type Tone = "free" | "busy" | "wrap" | "away";
export interface Standing { word: string; icon: IconName; tone: Tone; since: Instant | null }

export const INTENTS: Record<Intent, { word: string; icon: IconName; tone: Tone; hint: string }> = {
  available: { word: "Available", icon: "done", tone: "free", hint: "offers ring" },
  break: { word: "Break", icon: "clock", tone: "away", hint: "no offers" },
  offline: { word: "Offline", icon: "offline", tone: "away", hint: "no offers" },
};

export function standing(me: AgentMe): Standing {
  const call = me.calls.find((one) => one.state !== "ended");
  const inCall = me.interactions.find((one) => one.id === call?.interaction_id);
  if (call && inCall) return { word: "In a call", icon: call.video ? "video" : "voice", tone: "busy", since: inCall.accepted_at ?? me.presence.since };
  const wrapping = me.interactions.find((one) => one.state === "wrap_up");
  if (wrapping) return { word: "Wrap-up", icon: "note", tone: "wrap", since: wrapping.ended_at ?? me.presence.since };
  const { word, icon, tone } = INTENTS[me.presence.intent];
  return { word, icon, tone, since: me.presence.since };
}

const TEAM: Record<string, Omit<Standing, "since">> = {
  available: { word: "Available", icon: "done", tone: "free" },
  offered: { word: "Ringing", icon: "bell", tone: "busy" },
  ringing: { word: "Ringing", icon: "bell", tone: "busy" },
  text: { word: "Text", icon: "text", tone: "busy" },
  voice: { word: "Voice", icon: "voice", tone: "busy" },
  video: { word: "Video", icon: "video", tone: "busy" },
  live: { word: "Helping", icon: "listen", tone: "busy" },
  busy: { word: "Helping", icon: "listen", tone: "busy" },
  in_call: { word: "In a call", icon: "voice", tone: "busy" },
  in_text: { word: "In text", icon: "text", tone: "busy" },
  unreachable: { word: "Not reachable", icon: "offline", tone: "away" },
  wrap_up: { word: "Wrap-up", icon: "note", tone: "wrap" },
  break: { word: "Break", icon: "clock", tone: "away" },
  offline: { word: "Offline", icon: "offline", tone: "away" },
};

export const teamStanding = (state: string): Omit<Standing, "since"> =>
  TEAM[state] ?? { word: readable(state), icon: "person", tone: "away" };
