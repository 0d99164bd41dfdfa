import assert from "node:assert/strict";
import { after, test } from "node:test";
import { staged, type Staged } from "../gallery/fixture.ts";
import { GOES, VERSIONS } from "../gallery/insight.ts";
import { ME } from "../gallery/people.ts";
import { funnel, hotSpots, isLead, lasted, percent } from "./insight.ts";
import type { DeskApi } from "./ports.ts";

const settle = (): Promise<void> => new Promise((done) => setTimeout(done));
const [newer, older] = [GOES[0]!, GOES[1]!];

const made: Staged[] = [];
after(() => { for (const { desk } of made) desk.stop(); });

function opened(api: Partial<DeskApi> = {}) {
  const one = staged({ me: ME, api });
  made.push(one);
  one.desk.openInsight();
  return one.desk;
}

test("leads alone have the page", () => {
  const as = (...roles: string[]) => ({ ...ME, agent: { ...ME.agent, roles } });
  assert.deepEqual([as("agent"), as("agent", "supervisor"), as("admin"), null].map(isLead), [false, true, true, false]);
});

test("the flow that most people began is shown first, over all its versions", async () => {
  const few = VERSIONS.map((one) => (one.flow === "dispute_charge" ? { ...one, started: 1500 } : one));
  const desk = opened({ flowsInsight: async () => few });
  await settle();
  assert.equal(desk.insight.flow.value, "activate_debit_card", "412 and 1180 are more than 1500");
  assert.deepEqual(desk.insight.steps.value?.value?.map(({ run }) => run.version), [newer.run.version, older.run.version]);
});

test("an answer for days that are not looked at any more is put nowhere", async () => {
  const asked: [number, (versions: typeof VERSIONS) => void][] = [];
  const desk = opened({ flowsInsight: (days) => new Promise((done) => { asked.push([days, done]); }) });
  desk.insight.look(7);
  assert.deepEqual(asked.map(([days]) => days), [30, 7]);
  asked[1]![1](VERSIONS.slice(2));
  await settle();
  asked[0]![1](VERSIONS);
  await settle();
  assert.deepEqual(desk.insight.flows.value.value, VERSIONS.slice(2));
  assert.equal(desk.insight.steps.value?.value?.[0]?.run.flow, "dispute_charge");
});

test("whoever opens a case leaves the page", () => {
  const desk = opened();
  desk.openCase("i-maya");
  assert.equal(desk.insight.shown.value, false);
});

test("parts are of those who began, beside the same step of the other version", () => {
  const rows = funnel(newer, older);
  assert.deepEqual(rows.slice(2, 4).map(({ step, part, before }) => [step.step, percent(part), percent(before!)]), [["prove_identity", "94 %", "86 %"], ["activate", "91 %", "81 %"]]);
  assert.equal(funnel(newer, { ...older, steps: [] })[0]!.before, null);
  assert.equal(funnel({ ...newer, run: { ...newer.run, started: 0 } }, null)[0]!.part, 0);
});

test("hot spots stand most often first, whatever they are", () => {
  assert.deepEqual(hotSpots(newer, 4).map(({ what, count }) => [what, count]), [
    ["Back end: digits mismatch", 58], ["last4 refused: digits length", 43], ["identity refused: wrong", 37], ["Help pressed", 18],
  ]);
  assert.deepEqual(hotSpots({ ...newer, steps: [] }), []);
});

test("durations are told in one unit", () => {
  assert.deepEqual([null, 0.4, 1.2, 68, 96, 341, 7200, 200_000].map(lasted), ["–", "< 1 s", "1 s", "68 s", "2 min", "6 min", "2 h", "2 d"]);
});
