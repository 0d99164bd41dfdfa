import assert from "node:assert/strict";
import { test } from "node:test";
import { Recorder } from "./help.ts";

const recorder = (): Recorder => new Recorder({ allow: ["city", "step"], now: () => new Date("2026-11-20T09:00:00Z") });

test("only what is allowed by name keeps its value", () => {
  const seen = recorder();
  seen.screen("flow.address");
  seen.field("city", "Berlin");
  seen.field("pin", "4471");
  seen.field("last4", "");
  assert.deepEqual(seen.appState.fields, { city: "Berlin", pin: "filled", last4: "empty" });
  seen.track("answered", { step: "ask_digits", value: "4471" });
  assert.deepEqual(seen.actions.at(-1)?.detail, { step: "ask_digits" });
});

test("a long number is masked even where its field is allowed", () => {
  const seen = recorder();
  seen.field("city", "card 4111 1111 1111 1111, thanks");
  assert.equal(seen.appState.fields.city, "card •••, thanks");
});

test("actions outlive the page, already redacted", () => {
  const values = new Map<string, string>();
  const kept = { getItem: (key: string) => values.get(key) ?? null, setItem: (key: string, value: string) => void values.set(key, value) };
  new Recorder({ allow: ["step"], kept }).track("answered", { step: "ask_digits", pin: "4471" });
  assert.equal([...values.values()].join().includes("4471"), false);
  assert.deepEqual(new Recorder({ allow: [], kept }).actions.map((a) => a.detail), [{ step: "ask_digits" }]);
});

test("another screen begins with empty fields; fifty actions are kept", () => {
  const seen = recorder();
  seen.screen("home");
  seen.field("city", "Berlin");
  seen.screen("help");
  assert.deepEqual(seen.appState.fields, {});
  for (let i = 0; i < 60; i++) seen.track(`tap-${i}`);
  assert.equal(seen.actions.length, 50);
  assert.equal(seen.actions[0]?.name, "tap-10");
});
