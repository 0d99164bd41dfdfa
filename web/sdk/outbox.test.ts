import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox } from "./outbox.ts";

function kept(): Storage {
  const values = new Map<string, string>();
  return { getItem: (key: string) => values.get(key) ?? null, setItem: (key: string, value: string) => void values.set(key, value) } as Storage;
}
const AT = "2026-11-20T09:43:00Z";

test("an unsent message survives the page", () => {
  const storage = kept();
  const entry = new Outbox(storage, "maya").add("c", "I have both here", AT);
  assert.deepEqual(new Outbox(storage, "maya").unsent, [entry]);
  assert.deepEqual(new Outbox(storage, "jonas").unsent, []);
});

test("acknowledged: not sent again, shown until its event is in the log", () => {
  const outbox = new Outbox(kept(), "maya");
  const { cmid } = outbox.add("c", "Yes", AT);
  outbox.acked(cmid, 7);
  assert.deepEqual(outbox.unsent, []);
  outbox.settle("c", 6);
  assert.equal(outbox.entries.value.length, 1);
  outbox.settle("other", 7);
  assert.equal(outbox.entries.value.length, 1);
  outbox.settle("c", 7);
  assert.equal(outbox.entries.value.length, 0);
});

test("refused: stays visible, is not sent again", () => {
  const outbox = new Outbox(kept(), "maya");
  const { cmid } = outbox.add("c", "x".repeat(9000), AT);
  outbox.refused(cmid, { type: "/problems/too-long", title: "Too long", status: 422 });
  assert.deepEqual(outbox.unsent, []);
  assert.equal(outbox.find(cmid)?.problem?.title, "Too long");
});

test("damaged storage opens empty", () => {
  const storage = kept();
  storage.setItem("maya", "{half");
  assert.deepEqual(new Outbox(storage, "maya").unsent, []);
});
