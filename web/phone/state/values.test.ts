import assert from "node:assert/strict";
import { test } from "node:test";
import type { Component, RepeatComponent } from "../../sdk/types.ts";
import { Draft } from "./draft.ts";
import { changed, errorsWithout, fieldsOf, inWords, isRefused, valuesOf } from "./entries.ts";
import { filledIn, valuesToSend } from "./values.ts";

const NOW = new Date(2026, 10, 20).getTime();
const FILE = { id: "f1", name: "card.jpg", type: "image/jpeg", size: 3 };
const SIGN: Component = { type: "signature", id: "sign", label: "Sign", max_length: 60 };
const PEOPLE: RepeatComponent = {
  type: "repeat", id: "people", label: "Who?", min: 1, max: 3,
  fields: [{ type: "text_field", id: "name", label: "Name" }, { type: "month_year", id: "card", label: "Until" }, { type: "choice", id: "role", label: "Role", options: [{ value: "me", label: "Me" }] }],
};
const SCREEN: Component[] = [
  { type: "text", text: "Hello" }, PEOPLE,
  { type: "address", id: "home", label: "Home", countries: [], parts: [{ id: "lines", label: "Street", required: true, autofill: "street-address" }, { id: "city", label: "City", required: true, autofill: "address-level2", value: "Porto" }] },
  { type: "upload", id: "proof", label: "Proof", accept: ["image/*"], max: 2, max_mb: 1 },
  { type: "month_year", id: "expiry", label: "Until", value: "11/30" },
];

test("what is known is filled in, what was typed before a reload goes before it", () => {
  assert.deepEqual(filledIn(SCREEN), { people: [{}], home: { city: "Porto" }, expiry: "11 / 30" });
  assert.deepEqual(filledIn(SCREEN, { expiry: "12 / 30", people: [{ name: "Ana" }, {}] }), { people: [{ name: "Ana" }, {}], home: { city: "Porto" }, expiry: "12 / 30" });
  assert.deepEqual(filledIn([{ ...SIGN, value: "Ana Reis" } as Component]), {});
  const [again] = filledIn([{ ...PEOPLE, entries: [{ name: "Ana", card: "11/30" }] }])["people"] as [Record<string, string>];
  assert.deepEqual(again, { name: "Ana", card: "11 / 30", role: "" });
});

test("each kind of answer goes to the server in its own shape", () => {
  const given = { people: [{ name: " Ana ", card: "11 / 30", role: "me" }], home: { lines: "Rua 1", city: " ", country: "PT" }, proof: [FILE], expiry: "11 / 30" };
  assert.deepEqual(valuesToSend(SCREEN, given), {
    people: [{ name: "Ana", card: "11/30", role: "me" }], home: { lines: "Rua 1", country: "PT" }, proof: ["f1"], expiry: "11/30",
  });
  assert.deepEqual(valuesToSend([SCREEN[2]!, SIGN], {}), { home: null, sign: [] });
  assert.deepEqual(valuesToSend([SIGN], { sign: [FILE] }), { sign: ["f1"] });
  assert.deepEqual(valuesToSend([SIGN], { sign: "Ana Reis " }), { sign: "Ana Reis" });
});

test("an entry's fields have names of their own, by which it is changed", () => {
  const entries = [{ name: "Ana" }, { name: "Rui" }];
  assert.deepEqual(fieldsOf(PEOPLE, 1).map(({ id }) => id), ["people[1].name", "people[1].card", "people[1].role"]);
  assert.deepEqual(valuesOf(PEOPLE, 1, entries[1]!), { "people[1].name": "Rui" });
  assert.deepEqual(changed(PEOPLE, entries, 1, "people[1].card", "11 / 30"), [{ name: "Ana" }, { name: "Rui", card: "11 / 30" }]);
  assert.deepEqual(inWords(PEOPLE, { name: "Ana", role: "me" }, NOW), { name: "Ana", more: "Me" });
  assert.equal(inWords(PEOPLE, { name: "" }, NOW), null);
});

test("errors stay with their entries when one goes", () => {
  const errors = { "people[0].name": "a", "people[1].name": "b", "people[2].card": "c", other: "d" };
  assert.deepEqual(errorsWithout(errors, PEOPLE, 1), { "people[0].name": "a", "people[1].card": "c", other: "d" });
  assert.equal(isRefused(errors, PEOPLE, 2), true);
  assert.equal(isRefused({ people: "too few" }, PEOPLE, 0), false);
});

test("a draft is kept for its step alone, and nothing secret is", () => {
  const kept = new Map<string, string>();
  const memory = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, text: string) => void kept.set(key, text), removeItem: (key: string) => void kept.delete(key) };
  const draft = new Draft(memory, "r1");
  draft.keep("who", PEOPLE, [{ name: "Ana" }]);
  draft.keep("who", { type: "digits", id: "pin", label: "PIN", length: 4, sensitive: true }, "4417");
  draft.keep("who", { type: "code", id: "code", label: "Code", length: 6, resend_after: null }, "123456");
  assert.deepEqual(new Draft(memory, "r1").of("who"), { people: [{ name: "Ana" }] });
  assert.deepEqual(new Draft(memory, "r1").of("then"), {});
  assert.deepEqual(new Draft(memory, "r2").of("who"), {});
  assert.doesNotMatch([...kept.values()].join(), /4417|123456/);
  draft.forget();
  assert.equal(kept.size, 0);
  memory.setItem("warmline.draft.r1", "{damaged");
  assert.deepEqual(draft.of("who"), {});
});
