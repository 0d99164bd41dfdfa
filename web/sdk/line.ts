/** What does a test of the live connection play? The server's end of one connection, in memory. */
import type { ClientFrame, CustomerMe, Event, ServerFrame } from "./types.ts";

export const C = "c1";
export const ME = { kind: "customer", customer: { id: "m", name: "Maya" }, conversation_id: C } as CustomerMe;
export const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 5));

export class Line {
  readyState = 1;
  said: ClientFrame[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((close: { code: number }) => void) | null = null;
  send(data: string): void { this.said.push(JSON.parse(data) as ClientFrame); }
  close(): void { this.readyState = 3; }
  hear(frame: ServerFrame): void { this.onmessage?.({ data: JSON.stringify(frame) }); }
  welcome(head: number, epoch = "a"): void {
    this.onopen?.();
    this.hear({ type: "welcome", epoch, now: new Date().toISOString(), heads: { [C]: head }, me: ME });
  }
  last(): ClientFrame | undefined { return this.said.at(-1); }
}

export const message = (seq: number, prev: number, text: string, cmid: string | null = null): ServerFrame => ({
  type: "event", conversation_id: C, seq, prev, kind: "message", actor: { kind: "agent", id: "i", name: "Ines" },
  body: { text }, at: "2026-11-20T09:43:00Z", cmid,
} as { type: "event" } & Event);
