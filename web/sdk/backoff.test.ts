import assert from "node:assert/strict";
import { test } from "node:test";
import { backoff } from "./backoff.ts";

test("waits grow to five seconds and spread by half", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 60].map((n) => backoff(n, () => 0.5)), [100, 250, 500, 1000, 2000, 5000, 5000]);
  assert.equal(backoff(5, () => 0), 2500);
  assert.equal(backoff(5, () => 1), 7500);
});
