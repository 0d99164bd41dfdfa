import assert from "node:assert/strict";
import { test } from "node:test";
import { INTERACTION } from "../gallery/people.ts";
import type { CannedReply } from "../../sdk/types.ts";
import { filled, fitting, inserted, slashAt } from "./canned.ts";

const reply = (shortcut: string, more: Partial<CannedReply> = {}): CannedReply => ({ shortcut, title: shortcut, text: "…", language: "", queues: [], ...more });
const names = (all: CannedReply[], query = "", queue = "cards", language = "en"): string[] =>
  fitting(all, query, { ...INTERACTION, queue, customer: { ...INTERACTION.customer, language } }).map((one) => `${one.shortcut}.${one.language}`);

test("a slash opens the list at the beginning and after a blank, and only right before the cursor", () => {
  assert.deepEqual(slashAt("/", 1), { from: 0, query: "" });
  assert.deepEqual(slashAt("Well, /Hel", 10), { from: 6, query: "hel" });
  assert.deepEqual(slashAt("Well,\n/hel there", 10), { from: 6, query: "hel" });
  for (const text of ["and/or", "/hello there", "https://a", "hello", ""]) assert.equal(slashAt(text, text.length), null, text);
});

test("only what is for this queue is offered", () => {
  const all = [reply("all"), reply("cards", { queues: ["cards", "fraud"] }), reply("loans", { queues: ["loans"] })];
  assert.deepEqual(names(all), ["all.", "cards."]);
});

test("each shortcut once: in the customer's language, else in none, else in whatever there is", () => {
  const all = [reply("hello", { language: "de" }), reply("hello", { language: "en" }), reply("hello"), reply("bye", { language: "pt" })];
  assert.deepEqual(names(all, "", "cards", "de-AT"), ["bye.pt", "hello.de"]);
  assert.deepEqual(names(all, "", "cards", "fr"), ["bye.pt", "hello."]);
});

test("what begins with the words comes before what holds them", () => {
  const all = [reply("wait", { text: "Say hello later" }), reply("hi", { title: "Hello" }), reply("hello")];
  assert.deepEqual(names(all, "hel"), ["hello.", "hi.", "wait."]);
  assert.deepEqual(names(all, "nothing"), []);
});

test("placeholders become names, in place of what was typed", () => {
  const text = filled("Hi {customer_first}, {agent} here. {unknown}", "Maya Okafor", "Ines Duarte");
  assert.equal(text, "Hi Maya, Ines Duarte here. {unknown}");
  assert.deepEqual(inserted("Well, /hel now", 10, { from: 6, query: "hel" }, "hello"), { text: "Well, hello now", cursor: 11 });
});
