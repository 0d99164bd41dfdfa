/**
 * A customer's app for the load of tests/chaos: the core of the SDK in a process of its own, which is killed as phones are.
 *
 *   node phone.js SERVER-URL ACCESS-TOKEN CUSTOMER-ID CONVERSATION-ID FILE
 *
 * Each line on stdin is a text to say. Each line on stdout is JSON, and tells what happened:
 * {"said": cmid, "text"} once it is on disk, {"event"} as it is shown, what an earlier life had shown first, {"reset"} where
 * all of it is to be forgotten, {"trying"}, {"welcome"}, {"ack": cmid, "seq"}, {"refused": title}, {"closed": code}.
 */
import { createInterface } from "node:readline";
import { CustomerClient } from "../sdk/customer.ts";
import { FileKeep } from "../sdk/keep-file.ts";
import type { ServerFrame } from "../sdk/types.ts";

const [url, token, id, conversation_id, file] = process.argv.slice(2) as [string, string, string, string, string];
const tell = (news: object): void => void process.stdout.write(`${JSON.stringify(news)}\n`);

function heard(frame: ServerFrame): void {
  if (frame.type === "welcome") tell({ welcome: frame.epoch });
  if (frame.type === "ack") tell({ ack: frame.cmid, seq: frame.seq });
  if (frame.type === "refused") tell({ refused: frame.problem.title });
}

function socket(address: string): WebSocket {
  tell({ trying: true });
  const made = new WebSocket(address);
  made.addEventListener("message", ({ data }) => heard(JSON.parse(String(data)) as ServerFrame));
  made.addEventListener("close", ({ code }) => tell({ closed: code }));
  return made;
}

const app = await CustomerClient.open({
  url, account: id, keep: await FileKeep.open(file), socket,
  credentials: {
    who: async () => ({ customer: { id, name: id }, conversation_id }),
    current: async () => token,
    renew: async () => token,
  },
});

let shown = 0;
app.store.timeline(conversation_id).subscribe((events) => {
  if (events.length < shown) {
    tell({ reset: true });
    shown = 0;
  }
  for (const { seq, cmid, body } of events.slice(shown)) tell({ event: { seq, cmid, text: (body as { text?: string }).text ?? "" } });
  shown = events.length;
});

for await (const text of createInterface({ input: process.stdin })) {
  const { cmid } = app.say(text);
  void app.outbox.kept.then(() => tell({ said: cmid, text }));
}
