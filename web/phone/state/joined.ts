/** Was this page in the call before it was reloaded, and how? Kept for this tab only. */
import type { Uuid } from "../../sdk/types.ts";

const KEY = "warmline.joined";

export interface Joined { call: Uuid; audio: boolean; video: boolean }

export const rememberJoined = (joined: Joined): void => sessionStorage.setItem(KEY, JSON.stringify(joined));
export const forgetJoined = (): void => sessionStorage.removeItem(KEY);

export const lastJoined = (): Joined | null => JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Joined | null;

export function joinedBefore(call: Uuid): Joined | null {
  const kept = lastJoined();
  return kept?.call === call ? kept : null;
}
