import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryKeep } from "./keep.ts";
import { inherit, Outbox } from "./outbox.ts";

const AT = "2026-11-20T09:43:00Z";

/** What the next life of the app finds. */
async function reopened(keep: MemoryKeep, prefix = "maya/"): Promise<Outbox> {
  const outbox = new Outbox(keep, prefix);
  await outbox.ready;
  return outbox;
}

test("unsent messages survive the app, in their order", async () => {
  const keep = new MemoryKeep();
  const outbox = new Outbox(keep, "maya/");
  const said = Array.from({ length: 300 }, (_, n) => outbox.add("c", `${n}`, AT));
  await outbox.kept;
  assert.deepEqual((await reopened(keep)).unsent, said);
  assert.deepEqual((await reopened(keep, "jonas/")).unsent, []);
});

test("what is said before the disk was read goes behind what was found there", async () => {
  const keep = new MemoryKeep();
  const before = new Outbox(keep, "maya/").add("c", "first", AT);
  const outbox = new Outbox(keep, "maya/");
  const since = outbox.add("c", "second", AT);
  await outbox.ready;
  assert.deepEqual(outbox.unsent, [before, since]);
});

test("acknowledged: not sent again, not even by the next life, shown until its event is in the log", async () => {
  const keep = new MemoryKeep();
  const outbox = new Outbox(keep, "maya/");
  await outbox.ready;
  const { cmid } = outbox.add("c", "Yes", AT);
  outbox.acked(cmid, 7);
  assert.deepEqual(outbox.unsent, []);
  outbox.settle("c", 6);
  outbox.settle("other", 7);
  assert.equal(outbox.entries.value.length, 1);
  outbox.settle("c", 7);
  assert.equal(outbox.entries.value.length, 0);
  await outbox.kept;
  assert.deepEqual((await reopened(keep)).entries.value, []);
});

test("refused: stays visible over lives, is not sent again until it is given up", async () => {
  const keep = new MemoryKeep();
  const outbox = new Outbox(keep, "maya/");
  const { cmid } = outbox.add("c", "x".repeat(9000), AT);
  outbox.refused(cmid, { type: "/problems/too-long", title: "Too long", status: 422 });
  await outbox.kept;
  const next = await reopened(keep);
  assert.deepEqual(next.unsent, []);
  assert.equal(next.find(cmid)?.problem?.title, "Too long");
  next.remove(cmid);
  await next.kept;
  assert.deepEqual((await reopened(keep)).entries.value, []);
});

test("a disk that does not work keeps nobody from writing", async () => {
  const broken = { all: () => Promise.reject(new Error("no")), put: () => Promise.reject(new Error("full")), delete: () => Promise.reject(new Error("no")) };
  const warned = console.warn;
  console.warn = () => undefined;
  const outbox = new Outbox(broken, "maya/");
  outbox.add("c", "still here", AT);
  await outbox.kept;
  console.warn = warned;
  assert.deepEqual(outbox.unsent.map((one) => one.text), ["still here"]);
});

test("what a guest had not sent is the customer's to send, once", async () => {
  const keep = new MemoryKeep();
  const guest = new Outbox(keep, "guest/");
  const { cmid } = guest.add("before", "from the lift", AT);
  await guest.kept;
  await inherit(keep, "guest/", "maya/", "own");
  assert.deepEqual((await reopened(keep)).unsent.map((one) => [one.cmid, one.conversation_id, one.text]), [[cmid, "own", "from the lift"]]);
  assert.deepEqual((await reopened(keep, "guest/")).unsent, []);
});
