import assert from "node:assert/strict";
import { test } from "node:test";
import { Resource } from "./resource.ts";

test("asked again while one request is under way, exactly one more follows", async () => {
  let asked = 0;
  const answers: (() => void)[] = [];
  const resource = new Resource(() => new Promise<number>((done) => { asked += 1; answers.push(() => done(asked)); }));
  const all = resource.refresh();
  void resource.refresh();
  void resource.refresh();
  answers[0]!();
  await new Promise((done) => setTimeout(done));
  answers[1]!();
  await all;
  assert.equal(asked, 2);
  assert.equal(resource.value, 2);
});

test("a failure after a value keeps the value", async () => {
  let fails = false;
  const resource = new Resource(() => (fails ? Promise.reject(new Error()) : Promise.resolve(1)));
  await resource.refresh();
  fails = true;
  await resource.refresh();
  assert.equal(resource.value, 1);
});
