import assert from "node:assert/strict";
import { after, test } from "node:test";
import { staged, type Scene, type Staged } from "../gallery/fixture.ts";
import { before, EVENTS, INTERACTION, JONAS, ME, OFFER } from "../gallery/people.ts";
import type { DeskApi } from "./ports.ts";
import { titleOf } from "./title.ts";

const settle = (): Promise<void> => new Promise((done) => setTimeout(done));
const mine = { ...ME, interactions: [{ ...INTERACTION, call_id: null, channel: "text" as const }, JONAS] };

const made: Staged[] = [];
after(() => { for (const { desk } of made) desk.stop(); });

/** A desk and the requests it made. */
function desk(scene: Scene, answers: Partial<DeskApi> = {}) {
  const asked: string[] = [];
  const note = (name: string) => async (...said: unknown[]): Promise<void> => { asked.push([name, ...said].join(" ")); };
  const one = staged({ ...scene, api: { accept: note("accept"), decline: note("decline"), end: note("end"), wrapUp: note("wrap-up"), note: note("note"), ...answers } });
  made.push(one);
  return { ...one, asked };
}

test("an accepted offer opens as soon as it is mine", async () => {
  const { desk: d, show, asked } = desk({ me: { ...ME, offers: [OFFER] } });
  await d.accept(OFFER);
  show(mine);
  assert.deepEqual(asked, ["accept i-maya"]);
  assert.equal(d.current.value?.id, "i-maya");
  assert.equal(d.missed.value, null);
});

test("an offer that goes without an answer is told, with where it went", async () => {
  const { desk: d, show } = desk({ me: { ...ME, offers: [OFFER] } }, { interaction: async () => ({ ...INTERACTION, agent: { id: "a-tom", name: "Tom Weber" } }) });
  show(ME);
  await settle();
  assert.equal(d.missed.value?.customer, "Maya Okafor");
  assert.equal(d.missed.value?.interaction?.agent?.name, "Tom Weber");
});

test("a declined offer is not a missed one", async () => {
  const { desk: d, show, asked } = desk({ me: { ...ME, offers: [OFFER] } });
  await d.decline(OFFER, "busy");
  show(ME);
  await settle();
  assert.deepEqual(asked, ["decline i-maya busy"]);
  assert.equal(d.missed.value, null);
});

test("a refused accept says why and leaves the offer", async () => {
  const problem = { type: "/problems/offer-gone", title: "Offer gone", status: 409, detail: "Tom was faster." };
  const { desk: d } = desk({ me: { ...ME, offers: [OFFER] } }, { accept: () => Promise.reject(Object.assign(new Error(), { problem })) });
  await d.accept(OFFER);
  assert.equal(d.commands.trouble.value, "Tom was faster.");
  assert.equal(d.current.value, null);
});

test("what is typed stays while another customer is looked at", () => {
  const { desk: d, show } = desk({ me: mine, events: EVENTS });
  d.openCase("i-maya");
  d.current.value!.reply.value = "Half a sen";
  d.openCase("i-jonas");
  show({ ...mine, queue: [], waiting: 0 });
  d.openCase("i-maya");
  assert.equal(d.current.value?.reply.value, "Half a sen");
});

test("what the snapshot no longer names is gone, and its outcome is kept in sight", async () => {
  const { desk: d, show } = desk({ me: mine, events: EVENTS }, { interaction: async () => ({ ...INTERACTION, state: "closed", rating: 5 }) });
  d.openCase("i-maya");
  show({ ...mine, interactions: [JONAS] });
  await settle();
  assert.equal(d.current.value, null);
  assert.deepEqual(d.finished.list.value.map(({ id, rating }) => [id, rating]), [["i-maya", 5]]);
});

test("a wrap-up needs a disposition, and the key that ended the help does not finish it in the same breath", async () => {
  const { desk: d, show, asked } = desk({ me: mine, events: EVENTS });
  d.openCase("i-maya");
  await d.endOrFinish();
  show({ ...mine, interactions: [{ ...INTERACTION, state: "wrap_up", ended_at: before(0), wrap_up_until: before(-60) }] });
  const open = d.current.value!;
  open.disposition.value = "other";
  await d.endOrFinish();
  assert.deepEqual(asked, ["end i-maya"]);
  open.disposition.value = null;
  await open.finish();
  assert.equal(open.undecided.value, true);
  open.disposition.value = "other";
  await open.finish();
  assert.deepEqual(asked, ["end i-maya", "wrap-up i-maya other "]);
});

test("a note that was not saved is still there", async () => {
  const { desk: d } = desk({ me: mine }, { note: () => Promise.reject(new Error("no network")) });
  d.openCase("i-maya");
  const open = d.current.value!;
  open.note.value = "Old card in hand";
  await open.saveNote();
  assert.equal(open.note.value, "Old card in hand");
  assert.match(open.commands.trouble.value!, /Nothing was lost/);
});

test("the tab's title says who waits", () => {
  assert.equal(titleOf(desk({ me: { ...ME, offers: [OFFER] } }).desk), "(1) Maya Okafor asks for video");
  assert.equal(titleOf(desk({ me: { ...ME, offers: [{ ...OFFER, expires_at: before(0) }] } }).desk), "Warmline desk");
});
