import assert from "node:assert/strict";
import { test } from "node:test";
import { changed, LiveContext, merged, mergePatch } from "./context.ts";
import { Recorder } from "./help.ts";
import type { ContextChange } from "./types.ts";

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

test("a patch leads from one to the other", () => {
  const cases: [Record<string, unknown>, Record<string, unknown>][] = [
    [{}, { screen: "home" }], [{ a: 1, b: { c: 1, d: 2 } }, { b: { c: 1 } }], [{ a: { b: 1 } }, { a: [1] }], [{ a: [1, 2] }, { a: [1] }], [{ a: "x" }, { a: { b: {} } }],
  ];
  for (const [from, to] of cases) assert.deepEqual(merged(from, mergePatch(from, to)), to);
  assert.deepEqual(mergePatch({ a: { b: 1 }, c: 2 }, { a: { b: 1 }, c: 2 }), {});
});

function sharing() {
  const sent: ContextChange[] = [];
  const line = { up: true };
  const recorder = new Recorder({ allow: ["step"] });
  const context = new LiveContext({ recorder, send: (change) => line.up && sent.push(change) > 0 });
  return { sent, line, recorder, context };
}

test("nothing is sent before the customer shares it, then the whole, then what is different", async () => {
  const { sent, recorder, context } = sharing();
  recorder.screen("home");
  await wait(5);
  assert.equal(sent.length, 0);
  context.share(true);
  await wait(5);
  assert.equal(sent[0]?.whole, true);
  assert.equal(sent[0]?.patch.screen, "home");
  recorder.screen("card");
  recorder.field("step", "digits");
  await wait(650);
  assert.equal(sent.length, 2, "two things at once are one change");
  assert.deepEqual([sent[1]?.whole, sent[1]?.patch, sent[1]?.actions.map((a) => a.name)], [false, { screen: "card", fields: { step: "digits" } }, ["screen"]]);
  context.share(false);
  recorder.screen("private");
  await wait(650);
  assert.equal(sent.length, 2);
});

test("after a connection was lost it begins anew", async () => {
  const { sent, line, recorder, context } = sharing();
  context.share(true);
  await wait(5);
  line.up = false;
  recorder.screen("card");
  await wait(650);
  assert.equal(sent.length, 1);
  line.up = true;
  context.connected();
  await wait(650);
  assert.deepEqual([sent[1]?.whole, sent[1]?.patch.screen], [true, "card"]);
});

test("an agent who has just accepted gets the whole once their page is there, however soon the app went on", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const { sent, recorder, context } = sharing();
  recorder.screen("home");
  context.share(true);
  t.mock.timers.tick(600);
  context.looksOn("i1 ines");
  recorder.screen("conversation"); // before Ines's page follows
  t.mock.timers.tick(600);
  context.looksOn("i1 ines");
  t.mock.timers.tick(1_500);
  assert.deepEqual(sent.map(({ whole, patch }) => [whole, patch.screen]), [[true, "home"], [false, "conversation"], [true, "conversation"]]);
});

test("it stays below what the server takes", async () => {
  const { sent, recorder, context } = sharing();
  for (let i = 0; i < 50; i++) recorder.track("tap", { step: `${"x".repeat(400)}${i}` });
  context.share(true);
  await wait(5);
  assert.ok(JSON.stringify(sent[0]).length < 8_192);
  assert.equal(sent[0]?.actions.at(-1)?.detail?.step, `${"x".repeat(400)}49`);
});

test("the agent's side arrives at the same", () => {
  const first = changed(null, [], { whole: true, patch: { screen: "card", fields: { a: "1" } }, actions: [{ at: "t", name: "one", detail: {} }] });
  const next = changed(first.app_state, first.actions, { whole: false, patch: { fields: { a: null } }, actions: [{ at: "t", name: "two", detail: {} }] });
  const again = changed(next.app_state, next.actions, { whole: false, patch: { fields: { a: null } }, actions: [{ at: "t", name: "two", detail: {} }] });
  assert.deepEqual(again, next);
  assert.deepEqual([next.app_state.screen, next.app_state.fields, next.actions.map((a) => a.name)], ["card", {}, ["one", "two"]]);
});
