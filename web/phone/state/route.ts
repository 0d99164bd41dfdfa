/** Where in the app is the customer? The part of the address after #; every place survives a reload. */
import { signal } from "@preact/signals";

export type Route =
  | { page: "home" }
  | { page: "run"; id: string }
  | { page: "help"; run: string | null }
  | { page: "callback"; run: string | null }
  | { page: "talk" }
  | { page: "chat" }
  | { page: "join"; channel: "voice" | "video" }
  | { page: "passkeys" }
  | { page: "rate" };

export function parseRoute(hash: string): Route {
  const [page, rest] = hash.replace(/^#?\/?/, "").split("/");
  switch (page) {
    case "run": return rest ? { page, id: rest } : { page: "home" };
    case "help": case "callback": return { page, run: rest ?? null };
    case "join": return { page, channel: rest === "voice" ? "voice" : "video" };
    case "talk": case "chat": case "rate": case "passkeys": return { page };
    default: return { page: "home" };
  }
}

export function hashOf(route: Route): string {
  switch (route.page) {
    case "home": return "#/";
    case "run": return `#/run/${route.id}`;
    case "help": case "callback": return route.run ? `#/${route.page}/${route.run}` : `#/${route.page}`;
    case "join": return `#/join/${route.channel}`;
    default: return `#/${route.page}`;
  }
}

/** A notification's link, whoever wrote it: "/runs/ID", "#/rate", "https://.../phone/#/talk". */
export function routeOfLink(link: string | null): Route {
  if (link === null) return { page: "home" };
  const run = /runs?\/([0-9a-f-]{36})/i.exec(link)?.[1];
  if (run) return { page: "run", id: run };
  if (/rat(e|ing)|survey/.test(link)) return { page: "rate" };
  if (/talk|chat|conversation|interaction|call/.test(link)) return { page: "talk" };
  return parseRoute(/#.*/.exec(link)?.[0] ?? "");
}

export const route = signal<Route>(typeof location === "undefined" ? { page: "home" } : parseRoute(location.hash));

export function go(to: Route, how: "push" | "replace" = "push"): void {
  if (how === "replace") history.replaceState(null, "", hashOf(to));
  else if (location.hash !== hashOf(to)) history.pushState(null, "", hashOf(to));
  route.value = to;
}

/** The back button and a typed address lead somewhere too. */
export function followAddress(): void {
  const read = (): void => { route.value = parseRoute(location.hash); };
  addEventListener("hashchange", read);
  addEventListener("popstate", read);
}
