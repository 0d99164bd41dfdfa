import assert from "node:assert/strict";
import { after, test } from "node:test";
import { staged, type Scene, type Staged } from "../gallery/fixture.ts";
import { ASKED, before, EVENTS, EVENTS_LINKED, INTERACTION, JONAS, ME, OFFER } from "../gallery/people.ts";
import type { DeskApi } from "./ports.ts";
import { titleOf } from "./title.ts";

const settle = (): Promise<void> => new Promise((done) => setTimeout(done));
const mine = { ...ME, interactions: [{ ...INTERACTION, call_id: null, channel: "text" as const }, JONAS] };

const later = before(-60);

const made: Staged[] = [];
after(() => { for (const { desk } of made) desk.stop(); });

/** A desk and the requests it made. */
function desk(scene: Scene, answers: Partial<DeskApi> = {}) {
  const asked: string[] = [];
  const note = (name: string) => async (...said: unknown[]): Promise<void> => { asked.push([name, ...said].join(" ")); };
  const one = staged({ ...scene, api: { accept: note("accept"), decline: note("decline"), close: note("close"), end: note("end"), wrapUp: note("wrap-up"), note: note("note"), ...answers } });
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

test("a rating that comes after the wrap-up is seen with the snapshot that tells of it, and not asked for at every change of the queue", async () => {
  let rating: number | null = null;
  let asked = 0;
  const { desk: d, show } = desk({ me: mine, events: EVENTS }, { interaction: async () => (asked += 1, { ...INTERACTION, state: "closed", rating }) });
  d.openCase("i-maya");
  show({ ...mine, interactions: [] });
  await settle();
  rating = 5;
  const before = asked;
  show({ ...mine, interactions: [], waiting: 3 });
  await settle();
  assert.equal(asked, before);
  show({ ...mine, interactions: [], now: later });
  await settle();
  assert.equal(d.finished.list.value.find(({ id }) => id === "i-maya")?.rating, 5);
});

test("a wrap-up needs a disposition, and the key that ended the help does not finish it in the same breath", async () => {
  const { desk: d, show, asked } = desk({ me: { ...ME, interactions: [{ ...INTERACTION, channel: "voice" }] }, events: EVENTS });
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

test("in a text the customer is asked first, and a double press does not end it at once", async () => {
  const { desk: d, show, asked } = desk({ me: mine, events: EVENTS });
  d.openCase("i-maya");
  await d.endOrFinish();
  show({ ...mine, interactions: [{ ...mine.interactions[0]!, closing: { reason: "asked", since: before(0), until: before(-180) } }] });
  await d.endOrFinish();
  assert.deepEqual(asked, ["close i-maya"]);
  assert.equal(d.current.value!.asksFirst, false);
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

test("whoever signs in meanwhile goes on in the same case, in the own conversation", async () => {
  const guest = { ...mine.interactions[0]!, conversation_id: "v-guest", customer: { id: "c-guest", name: "Guest", verified: false } };
  const asked: string[] = [];
  const { desk: d, show } = desk({ me: { ...mine, interactions: [guest] }, events: EVENTS_LINKED }, { facts: async (id) => (asked.push(id), []) });
  d.openCase("i-maya");
  const one = d.current.value!;
  one.reply.value = "Half a sen";
  assert.deepEqual([one.interaction.value.customer.verified, one.conversation.events.value.length], [false, 0]);
  show(mine);
  await settle();
  assert.equal(d.current.value, one);
  assert.deepEqual([one.interaction.value.customer.verified, one.reply.value, one.earlierLog.value], [true, "Half a sen", "v-guest"]);
  assert.equal(one.conversation.events.value.length, EVENTS_LINKED.length);
  assert.deepEqual(asked.filter((id) => id !== "c-jonas"), ["c-guest", "c-maya"]);
  assert.equal(one.earlier.value?.length, 2);
});

test("what the app showed during an earlier request is not taken for what it shows now", async () => {
  const shown = { whole: false, patch: { screen: "card.lost" }, actions: [] };
  const { desk: d } = desk({ me: mine, shown });
  d.openCase("i-maya");
  await settle();
  assert.equal(d.current.value!.context.value?.app_state?.screen, "card.activate.digits");
});

const asking = (part: Partial<typeof ASKED> = {}) => ({ ...ME, participations: [{ participant: { ...ASKED, ...part }, interaction: INTERACTION }] });

test("what a colleague asks me to join becomes a case once I joined, and no more mine than that", async () => {
  const joined: string[] = [];
  const { desk: d, show } = desk({ me: asking() }, { join: async (id) => { joined.push(id); } });
  assert.equal(d.asks.value.length, 1);
  assert.equal(d.cases.value.size, 0);
  await d.join(d.asks.value[0]!);
  show(asking({ state: "joined" }));
  assert.deepEqual(joined, ["p-ines"]);
  assert.equal(d.current.value?.part.value?.role, "consult");
  assert.equal(d.current.value?.tab.value, "note");
  await d.endOrFinish();
  show(ME);
  await settle();
  assert.equal(d.cases.value.size, 0);
  assert.deepEqual(d.finished.list.value, []);
});

test("whoever is asked for advice writes notes, whatever key is pressed; whoever writes along may reply", () => {
  for (const [role, tab] of [["consult", "note"], ["specialist", "reply"]] as const) {
    const { desk: d } = desk({ me: asking({ state: "joined", role }) });
    d.openCase("i-maya");
    d.current.value!.write("reply");
    assert.equal(d.current.value!.tab.value, tab);
  }
});

test("what was handed over to me is mine", () => {
  const { desk: d, show } = desk({ me: asking({ state: "joined" }) });
  d.openCase("i-maya");
  show(mine);
  assert.equal(d.current.value?.id, "i-maya");
  assert.equal(d.current.value?.part.value, null);
});

test("what a supervisor took is told with the reason; what I passed on is not", async () => {
  for (const how of ["taken_over", "transferred"] as const) {
    const passed_on = { how, by: "Sue", to: "Sue", reason: "a complaint", note: null, at: before(0) };
    const { desk: d, show } = desk({ me: mine }, { interaction: async () => ({ ...INTERACTION, agent: null, passed_on }) });
    show({ ...mine, interactions: [JONAS] });
    await settle();
    assert.deepEqual(d.taken.value, how === "taken_over" ? { customer: "Maya Okafor", by: "Sue", reason: "a complaint" } : null);
    assert.deepEqual(d.finished.list.value, []);
  }
});

test("passing on needs a target and a reason, asking a target alone", async () => {
  const sent: unknown[] = [];
  const { desk: d } = desk({ me: mine }, { transfer: async (...said) => { sent.push(said); }, askIn: async (...said) => { sent.push(said); } });
  d.openCase("i-maya");
  const form = d.current.value!.passOn;
  form.show();
  form.to.value = "queue fraud";
  await form.go();
  assert.equal(form.ready.value, false);
  form.reason.value = " looks stolen ";
  await form.go();
  assert.equal(form.open.value, false);
  form.show("consult");
  form.to.value = "agent a-nadia";
  await form.go();
  assert.deepEqual(sent, [
    ["i-maya", { kind: "queue", name: "fraud" }, "looks stolen", ""],
    ["i-maya", "consult", { kind: "agent", id: "a-nadia" }, ""],
  ]);
});
