import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { CustomerClient } from "./customer.ts";
import { MemoryKeep } from "./keep.ts";
import { C, Line, message, settled } from "./line.ts";

const apps: CustomerClient[] = [];
afterEach(() => { for (const app of apps.splice(0)) app.live.stop(); });

const AWAY = new Error("no network");

/** The app is opened on this device, and may be killed: then nothing but `keep` is left. */
async function opened(keep: MemoryKeep, signIn: "works" | "fails" = "works", conversation_id = C) {
  const lines: Line[] = [];
  const who = async () => ({ customer: { id: "m", name: "Maya" }, conversation_id });
  const token = signIn === "works" ? async () => "t1" : () => Promise.reject(AWAY);
  let moved = 0;
  const app = await CustomerClient.open({
    onMoved: () => { moved += 1; },
    url: "https://bank.example", account: "maya", keep, random: () => 0,
    credentials: { who: signIn === "works" ? who : () => Promise.reject(AWAY), current: token, renew: token },
    socket: () => (lines.push(new Line()), lines.at(-1) as unknown as WebSocket),
  });
  apps.push(app);
  await settled();
  const texts = () => app.store.timeline(C).value.map((e) => (e.kind === "message" ? e.body.text : e.kind));
  return { app, lines, texts, moved: () => moved };
}

test("an app that was killed goes on at its cursor, with what it had read", async () => {
  const keep = new MemoryKeep();
  const before = await opened(keep);
  before.lines[0]!.welcome(2);
  before.lines[0]!.hear(message(1, 0, "one"));
  before.lines[0]!.hear(message(2, 1, "two"));
  const after = await opened(keep);
  assert.deepEqual(after.texts(), ["one", "two"]);
  after.lines[0]!.welcome(3);
  assert.deepEqual(after.lines[0]!.said[0], { type: "hello", token: "t1", cursors: { [C]: 2 }, caps: [] });
  after.lines[0]!.hear(message(3, 2, "three"));
  assert.deepEqual((await opened(keep)).texts(), ["one", "two", "three"]);
});

test("what was said without a network is sent once by the next life, which opens without one", async () => {
  const keep = new MemoryKeep();
  await opened(keep);
  const offline = await opened(keep, "fails");
  const { cmid } = offline.app.say("typed in the tunnel");
  await offline.app.outbox.kept;
  const { app, lines } = await opened(keep);
  lines[0]!.welcome(0);
  const sent = lines[0]!.said.filter((frame) => frame.type === "send");
  assert.deepEqual(sent, [{ type: "send", cmid, conversation_id: C, text: "typed in the tunnel" }]);
  lines[0]!.hear({ type: "ack", cmid, conversation_id: C, seq: 1, prev: 0, at: "2026-11-20T09:43:00Z" });
  await app.outbox.kept;
  const last = await opened(keep);
  last.lines[0]!.welcome(1);
  assert.deepEqual(last.lines[0]!.said.map((frame) => frame.type), ["hello"]);
  assert.deepEqual(last.texts(), ["typed in the tunnel"]);
});

test("another database begins the log anew, on disk, too", async () => {
  const keep = new MemoryKeep();
  const before = await opened(keep);
  before.lines[0]!.welcome(1, "a");
  before.lines[0]!.hear(message(1, 0, "old"));
  const after = await opened(keep);
  after.lines[0]!.welcome(1, "b");
  assert.deepEqual(after.texts(), []);
  after.lines[0]!.hear(message(1, 0, "new"));
  await settled();
  assert.deepEqual((await opened(keep)).texts(), ["new"]);
});

test("words that were taken back do not stay on the disk", async () => {
  const keep = new MemoryKeep();
  const { lines } = await opened(keep);
  lines[0]!.welcome(3);
  lines[0]!.hear(message(1, 0, "my pin is 4417"));
  for (const [seq, kind, body] of [[2, "message.edited", { of: 1, text: "it is 4417" }], [3, "message.deleted", { of: 1 }]] as const) {
    lines[0]!.hear({ ...message(seq, seq - 1, ""), kind, body } as ReturnType<typeof message>);
  }
  await settled();
  assert.equal(JSON.stringify(await keep.all("")).includes("4417"), false);
  assert.equal((await opened(keep)).app.live.cursor(C), 3);
});

test("an event that never reached the disk is asked for again, with all after it", async () => {
  const keep = new MemoryKeep();
  const before = await opened(keep);
  before.lines[0]!.welcome(3);
  for (const seq of [1, 2, 3]) before.lines[0]!.hear(message(seq, seq - 1, `${seq}`));
  await keep.delete("maya/log/0/0000000000000002");
  const after = await opened(keep);
  assert.deepEqual(after.texts(), ["1"]);
  assert.equal(after.app.live.cursor(C), 1);
});

test("what is on disk of another conversation is neither shown nor sent", async () => {
  const keep = new MemoryKeep();
  const before = await opened(keep);
  before.lines[0]!.welcome(1);
  before.lines[0]!.hear(message(1, 0, "old"));
  before.app.say("unsent");
  const after = await opened(keep, "works", "c2");
  after.lines[0]!.hear({ type: "tail", conversation_id: "c2", upto: 0 });
  assert.deepEqual(after.app.outbox.entries.value, []);
  assert.deepEqual(after.texts(), []);
  after.lines[0]!.welcome(1); // of the other conversation all the same: it stops
  await settled();
  assert.equal(after.app.live.link.value, "down");
  assert.equal(after.moved(), 1);
  assert.deepEqual(await keep.all(""), []);
});

test("whoever leaves the device leaves nothing behind", async () => {
  const keep = new MemoryKeep();
  const { app, lines } = await opened(keep);
  lines[0]!.welcome(1);
  lines[0]!.hear(message(1, 0, "one"));
  app.say("unsent");
  await app.forget();
  assert.deepEqual(await keep.all(""), []);
  await assert.rejects(opened(keep, "fails"), AWAY);
});
