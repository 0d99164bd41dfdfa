/** How do the captured facts of a customer read: app state, recent actions, languages, waits? */
import { capital } from "../../shared/format.ts";
import type { IconName } from "../../shared/icon.tsx";
import type { Action, Context } from "../../sdk/types.ts";

export interface Fact { name: string; value: string; verified: boolean }

/** "card.activate_digits" -> "Card activate digits" */
export function readable(name: string): string {
  return capital(name.replaceAll(/[._]+/g, " ").trim());
}

const claimed = (name: string, value: string | undefined): Fact[] => (value ? [{ name, value, verified: false }] : []);

const BROWSERS: readonly [RegExp, string][] = [[/Edg\/(\d+)/, "Edge"], [/Firefox\/(\d+)/, "Firefox"], [/Chrome\/(\d+)/, "Chrome"], [/Version\/(\d+).*Safari/, "Safari"]];
/** Android names Linux too, and an iPhone names Mac OS: those two come last. */
const SYSTEMS = ["iPhone", "iPad", "Android", "Windows", "Mac OS", "Linux"];

/** "Chrome 130 on Android" of a user agent; what is none stays as it is. */
function browser(agent: string): string {
  const [name, version] = BROWSERS.flatMap(([pattern, known]) => { const hit = pattern.exec(agent); return hit ? [known, hit[1]] : []; });
  const system = SYSTEMS.find((known) => agent.includes(known));
  return name ? `${name} ${version}${system ? ` on ${system}` : ""}` : agent;
}

/** One value of a device or network, in words. */
function said([name, value]: [string, unknown]): string {
  const text = String(value);
  switch (name) {
    case "browser": return browser(text);
    case "online": return text === "yes" ? "online" : "offline";
    case "round_trip_ms": return `${text} ms`;
    default: return text;
  }
}
const joined = (parts: Record<string, unknown> | undefined): string => Object.entries(parts ?? {}).map(said).join(", ");

/** Signed facts first; everything the app itself reported is only claimed. */
export function facts(context: Context): Fact[] {
  const claims = context.claims.map((c) => ({ name: readable(c.name), value: c.value, verified: c.trust === "verified" }));
  const app = context.app_state;
  if (!app) return claims.sort((a, b) => Number(b.verified) - Number(a.verified));
  const fields = Object.entries(app.fields ?? {}).flatMap(([name, value]) => claimed(readable(name), String(value)));
  return [
    ...claims.sort((a, b) => Number(b.verified) - Number(a.verified)),
    ...claimed("Screen", app.screen), ...claimed("Phone", joined(app.device)), ...claimed("Network", joined(app.network)), ...fields,
    ...(app.errors ?? []).map((error) => ({ name: "Error", value: error, verified: false })),
  ];
}

export interface Trail { icon: IconName; bad: boolean; text: string; at: string }

const BAD = /fail|refus|invalid|error|mismatch|denied|crash/i;
const ICONS: readonly [RegExp, IconName][] = [
  [/help/, "help"], [/^(flow|step|run)\b/, "flow"], [/push|notif/, "bell"], [/home|open|start/, "home"], [/card/, "card"], [/screen|page|view/, "screen"],
];

/** What the customer did, newest first. */
export function trail(actions: readonly Action[]): Trail[] {
  return [...actions].sort((a, b) => Date.parse(b.at) - Date.parse(a.at)).map(({ at, name, detail }) => {
    const bad = BAD.test(name);
    const said = [detail?.title, detail?.label, detail?.text, detail?.screen, detail?.step].find((part) => typeof part === "string");
    const icon = bad ? "alert" : (ICONS.find(([pattern]) => pattern.test(name))?.[1] ?? "point");
    return { at, bad, icon, text: said ? `${readable(name)}: ${String(said)}` : readable(name) };
  });
}

/** "English" of "en". */
export function languageName(tag: string | null | undefined): string | null {
  if (!tag) return null;
  try {
    return new Intl.DisplayNames("en", { type: "language" }).of(tag) ?? null;
  } catch {
    return null;
  }
}

/** "1:42": a wait that is watched, minutes and seconds. Milliseconds in. */
export function waited(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  return s < 3600 ? `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}` : `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} m`;
}

/** "now", "4 m", "2 h", "3 d": how long ago. Milliseconds in. */
export function ago(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes} m`;
  return minutes < 1440 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} d`;
}
