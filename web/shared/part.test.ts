import assert from "node:assert/strict";
import { test } from "node:test";
import { Part } from "./part.ts";

Object.defineProperty(globalThis, "navigator", { value: { onLine: true }, configurable: true });

test("a part that could not be fetched says so, and is fetched by the next try", async () => {
  let asked = 0;
  let reloads = 0;
  const part = new Part(async () => {
    asked += 1;
    if (asked < 3) throw new TypeError("no network");
    return "here";
  });
  await part.load();
  assert.deepEqual([part.module.value, part.failed.value], [null, true]);
  await part.again(() => { reloads += 1; });
  assert.deepEqual([part.failed.value, reloads], [true, 1]);
  await part.again(() => { reloads += 1; });
  assert.deepEqual([part.module.value, part.failed.value, reloads], ["here", false, 1]);
  await part.load();
  assert.equal(asked, 3);
});
