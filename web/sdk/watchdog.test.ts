import assert from "node:assert/strict";
import { test } from "node:test";
import { Watchdog } from "./watchdog.ts";

test("two seconds without a packet replace the leg, not one", () => {
  const dog = new Watchdog();
  assert.equal(dog.tick(0, 10, true), false);
  assert.equal(dog.tick(500, 20, true), false);
  assert.equal(dog.tick(2400, 20, true), false);
  assert.equal(dog.tick(2500, 20, true), true);
});

test("a leg that brought nothing yet has six seconds", () => {
  const dog = new Watchdog();
  assert.equal(dog.tick(0, 0, true), false);
  assert.equal(dog.tick(5900, 0, true), false);
  assert.equal(dog.tick(6000, 0, true), true);
});

test("nothing is counted while the call is not connected", () => {
  const dog = new Watchdog();
  dog.tick(0, 10, true);
  assert.equal(dog.tick(9000, 10, false), false);
  assert.equal(dog.tick(9500, 10, true), false);
});
