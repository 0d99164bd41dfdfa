import assert from "node:assert/strict";
import { test } from "node:test";
import type { Context } from "../../sdk/types.ts";
import { ago, facts, languageName, trail, waited } from "./facts.ts";

const context: Context = {
  version: 1, run: null, captured_at: "2026-11-21T11:00:00Z",
  app_state: { screen: "card.digits", fields: {}, errors: ["no_match"], device: { model: "iPhone 15" }, network: {} },
  actions: [{ at: "2026-11-21T10:58:00Z", name: "flow.resumed", detail: { title: "Activate card" } }, { at: "2026-11-21T10:59:00Z", name: "digits.refused", detail: {} }],
  claims: [{ name: "nick_name", value: "Em", trust: "claimed" }, { name: "identity", value: "bank sign-in", trust: "verified" }],
};

test("only a signed claim is verified, and it stands first", () => {
  const known = facts(context);
  assert.deepEqual(known.filter((fact) => fact.verified).map((fact) => fact.name), ["Identity"]);
  assert.equal(known[0]?.name, "Identity");
  assert.deepEqual(known.map((fact) => fact.name), ["Identity", "Nick name", "Screen", "Phone", "Error"]);
});

test("a customer who shared nothing has only the signed claims", () => {
  assert.deepEqual(facts({ ...context, app_state: null }).map((fact) => fact.name), ["Identity", "Nick name"]);
});

test("a device and a network read as words", () => {
  const agent = "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36";
  const app_state = { screen: "", fields: {}, errors: [], device: { browser: agent, language: "en" }, network: { online: "yes", quality: "4g", round_trip_ms: "50" } };
  const known = facts({ ...context, claims: [], app_state });
  assert.deepEqual(known.map(({ name, value }) => [name, value]), [["Phone", "Chrome 130 on Android, en"], ["Network", "online, 4g, 50 ms"]]);
});

test("actions stand newest first, what went wrong is marked", () => {
  assert.deepEqual(trail(context.actions).map(({ text, bad }) => [text, bad]), [["Digits refused", true], ["Flow resumed: Activate card", false]]);
});

test("times of waiting and of the past", () => {
  assert.deepEqual([0, 102_000, 3_720_000].map(waited), ["0:00", "1:42", "1 h 2 m"]);
  assert.deepEqual([20_000, 240_000, 7_200_000, 172_800_000].map(ago), ["now", "4 m", "2 h", "2 d"]);
});

test("an unknown language tag shows nothing rather than a wrong name", () => {
  assert.equal(languageName("de"), "German");
  assert.equal(languageName("not a tag"), null);
  assert.equal(languageName(null), null);
});
