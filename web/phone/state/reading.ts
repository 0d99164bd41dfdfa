/** What do the pages keep count of? What was not looked at yet, and how long the call has run. */
import { useEffect, useState } from "preact/hooks";
import type { Client } from "./client.ts";
import { connectedAt, unreadCount } from "./log.ts";
import { useNow } from "./use.ts";

const seenKey = (client: Client): string => `warmline.seen.${client.conversationId}`;

export function markSeen(client: Client): void {
  localStorage.setItem(seenKey(client), String(client.events.value.at(-1)?.seq ?? 0));
}

export const useUnread = (client: Client): number => unreadCount(client.events.value, Number(localStorage.getItem(seenKey(client)) ?? 0));

/** Milliseconds since media began to run in this call; null before. */
export function useCallClock(client: Client): number | null {
  const now = useNow(client.serverNow, 1_000);
  const { call, flowing } = client.callView.value;
  const [first, setFirst] = useState<number | null>(null);
  useEffect(() => { if (flowing && first === null) setFirst(now); }, [flowing]);
  if (!call) return null;
  const at = connectedAt(call.id, client.events.value);
  return at !== null ? now - Date.parse(at) : first === null ? null : now - first;
}
