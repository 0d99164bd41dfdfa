import assert from "node:assert/strict";
import { test } from "node:test";
import { whyParts } from "./why.ts";

test("what went wrong comes before where it was, and the channel is left to the rest of the card", () => {
  assert.deepEqual(whyParts("Activate card, step 2 of 4, digits refused twice, asks for video"), { first: "Digits refused twice", rest: "Activate card, step 2 of 4" });
});

test("where nothing went wrong, where it was is the reason", () => {
  assert.deepEqual(whyParts("Activate card, step 2 of 4, asks for text"), { first: "Activate card, step 2 of 4", rest: "" });
});

test("a reason in other words is said as it is", () => {
  assert.deepEqual(whyParts("refund for a double charge"), { first: "Refund for a double charge", rest: "" });
  assert.deepEqual(whyParts("asks for video"), { first: "Asks for video", rest: "" });
});
