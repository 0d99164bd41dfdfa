/** Which company, which customer, which servers? The page's address and the server's client configuration say. */
import type { ClientConfig } from "../../sdk/types.ts";

export interface Place { customer: string; anonymous: boolean; debug: boolean; bank: string; push: string }

const LOCAL = { bank: "http://localhost:8001", push: "http://localhost:8002" };

export async function findPlace(search: string = location.search): Promise<Place> {
  const query = new URLSearchParams(search);
  const config = await clientConfig();
  return {
    customer: query.get("customer") ?? "maya",
    anonymous: query.get("anonymous") === "1",
    debug: query.get("debug") === "1",
    bank: config.bank_url ?? LOCAL.bank,
    push: config.push_url ?? LOCAL.push,
  };
}

async function clientConfig(): Promise<ClientConfig> {
  const response = await fetch("/v1/client-config").catch(() => null);
  return response?.ok ? ((await response.json()) as ClientConfig) : {};
}
