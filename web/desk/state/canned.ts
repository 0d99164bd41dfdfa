/** Which reply kept ready is meant by `/` in the composer, and what is written in its place? */
import { firstName } from "../../shared/format.ts";
import type { CannedReply, Interaction } from "../../sdk/types.ts";

/** `/hel` right before the cursor, at the beginning or after a blank: where it starts, and what is looked for. */
export interface Slash { from: number; query: string }

export function slashAt(text: string, cursor: number): Slash | null {
  const found = /(?:^|\s)\/([\p{L}\p{N}_-]*)$/u.exec(text.slice(0, cursor));
  return found ? { from: cursor - found[1]!.length - 1, query: found[1]!.toLocaleLowerCase() } : null;
}

/** Each shortcut once, in the customer's language if it can be; what begins with the words comes first. */
export function fitting(all: readonly CannedReply[], query: string, { queue, customer }: Interaction): CannedReply[] {
  const best = new Map<string, CannedReply>();
  for (const one of all) {
    if (one.queues.length > 0 && !one.queues.includes(queue)) continue;
    const known = best.get(one.shortcut);
    if (!known || closeness(one, customer.language) > closeness(known, customer.language)) best.set(one.shortcut, one);
  }
  return [...best.values()]
    .map((one) => ({ one, at: matches(one, query) }))
    .filter(({ at }) => at > 0)
    .sort((a, b) => b.at - a.at || a.one.shortcut.localeCompare(b.one.shortcut))
    .map(({ one }) => one);
}

/** Another language than the customer's is better than none: the agent can still reword it. */
function closeness(one: CannedReply, language: string | null | undefined): number {
  if (one.language === "") return 1;
  return one.language.split("-")[0] === language?.split("-")[0] ? 2 : 0;
}

function matches(one: CannedReply, query: string): number {
  if (one.shortcut.startsWith(query)) return 3;
  if (one.title.toLocaleLowerCase().includes(query)) return 2;
  return one.text.toLocaleLowerCase().includes(query) ? 1 : 0;
}

export function filled(text: string, customer: string, agent: string): string {
  const names: Record<string, string> = { customer, customer_first: firstName(customer), agent, agent_first: firstName(agent) };
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => names[name] ?? whole);
}

/** The draft with the reply in place of what was typed after the slash, and where the cursor is then. */
export function inserted(draft: string, cursor: number, slash: Slash, text: string): { text: string; cursor: number } {
  return { text: draft.slice(0, slash.from) + text + draft.slice(cursor), cursor: slash.from + text.length };
}
