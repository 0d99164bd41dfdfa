/** What does the tab say? A badge for what waits for the agent: many look at another window. */
import type { Desk } from "./desk.ts";

export function titleOf(desk: Desk): string {
  const offer = desk.offer.value;
  if (offer && !desk.isOver(offer.expires_at)) return `(1) ${offer.interaction.customer.name} asks for ${offer.interaction.channel}`;
  const ask = desk.asks.value[0];
  if (ask) return `(1) ${ask.participant.asked_by.name} asks you in`;
  const unread = [...desk.cases.value.values()].reduce((sum, one) => sum + one.unread.value, 0);
  return unread > 0 ? `(${unread}) Warmline desk` : "Warmline desk";
}
