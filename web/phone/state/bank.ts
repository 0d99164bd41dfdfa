/** What does the bank's own back end tell its app? The customer's token and cards; Warmline knows nothing of either page. */

export type CardStatus = "sent" | "active" | "blocked" | "frozen" | "expired";
export interface Card { id: string; label: string; status: CardStatus; last4_hint?: string | null; sent_at?: string | null }

/** Which card a flow is about, and by which name it takes it: the bank's app passes it, nobody is asked for it. */
const CARD_OF_FLOW: Record<string, { status: CardStatus; input: string }> = {
  activate_debit_card: { status: "sent", input: "card_id" },
  freeze_card: { status: "active", input: "card" },
};
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
  const wanted = CARD_OF_FLOW[flow];
  const card = wanted && (held.find((c) => c.status === wanted.status) ?? held[0]);
  return card ? { [wanted.input]: card.id } : {};
}
