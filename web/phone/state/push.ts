/** How do notifications reach this page while it stands for an app? The push double plays the phone's operating system. */
import { type Api, Unreachable } from "../../sdk/api.ts";
import type { NotificationDetail, PushPayload } from "../../sdk/types.ts";
import type { Place } from "./place.ts";

/** Registers this device with the double and with Warmline, and shows what arrives. Without a double there is no push. */
export async function receivePush(place: Place, api: Api, show: (notification: NotificationDetail) => void): Promise<void> {
  const address = await deviceToken(place).catch(() => null);
  if (address === null) return;
  await api.post("/v1/devices", { kind: "fcm_token", address, app: "bank-phone" });
  const messages = new EventSource(`${place.push}/double/devices/${encodeURIComponent(address)}/messages`);
  messages.onmessage = ({ data }) => {
    const { data: payload } = JSON.parse(String(data)) as { data: Partial<PushPayload> };
    if (payload.notification_id) void fetched(api, payload.notification_id, show).catch(() => undefined); // It is in the messages, too.
  };
}

const TRIES = 5;
const PAUSE_MS = 2_000;

/** News often arrives when the network, or the server, has just come back. */
async function insisting<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = TRIES; ; left -= 1) {
    try {
      return await ask();
    } catch (error) {
      if (left === 1 || !(error instanceof Unreachable)) throw error;
      await new Promise((again) => setTimeout(again, PAUSE_MS));
    }
  }
}

/** The payload carries ids only: what it says is fetched, and that it arrived is told. */
async function fetched(api: Api, id: string, show: (notification: NotificationDetail) => void): Promise<void> {
  show(await insisting(() => api.get<NotificationDetail>(`/v1/notifications/${id}`)));
  await insisting(() => api.post(`/v1/notifications/${id}/receipt`));
}

/** One device per customer and browser, as long as the double remembers it. */
async function deviceToken({ push, customer }: Place): Promise<string> {
  const key = `warmline.device.${customer}`;
  const kept = localStorage.getItem(key);
  if (kept && (await fetch(`${push}/double/devices/${encodeURIComponent(kept)}`)).ok) return kept;
  const made = await fetch(`${push}/double/devices`, { method: "POST" });
  const { token } = (await made.json()) as { token: string };
  localStorage.setItem(key, token);
  return token;
}
