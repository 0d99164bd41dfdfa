/** What does the bank's own back end tell its app? The customer's token and cards; Warmline knows nothing of either page. */

export type CardStatus = "sent" | "active" | "blocked" | "expired";
export interface Card { id: string; label: string; status: CardStatus; last4_hint?: string | null; sent_at?: string | null }

/** Which card a flow is about: the bank's app passes it, nobody is asked for it. */
const CARD_OF_FLOW: Record<string, CardStatus> = { activate_debit_card: "sent", freeze_card: "active" };
/** What one does with a card in this state. */
export const FLOW_OF_CARD: Partial<Record<CardStatus, string>> = { sent: "activate_debit_card" };

async function ask<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the bank answered ${response.status}`);
  return (await response.json()) as T;
}

export const token = async (bank: string, customer: string): Promise<string> =>
  (await ask<{ token: string }>(`${bank}/token?customer=${encodeURIComponent(customer)}`)).token;

export const cards = async (bank: string, customer: string): Promise<Card[]> =>
  (await ask<{ items: Card[] }>(`${bank}/cards?customer=${encodeURIComponent(customer)}`)).items;

export function inputsOf(flow: string, held: readonly Card[]): Record<string, string> {
  const status = CARD_OF_FLOW[flow];
  const card = held.find((c) => c.status === status) ?? (status ? held[0] : undefined);
  return card ? { card_id: card.id } : {};
}
