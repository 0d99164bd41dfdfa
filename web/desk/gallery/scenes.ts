/** Which states does the gallery show? */
import type { AgentMe, Call, Interaction } from "../../sdk/types.ts";
import type { Desk } from "../state/desk.ts";
import { failing, pending, type Scene, type Staged } from "./fixture.ts";
import { GOES } from "./insight.ts";
import { ADVISER, ASKED, before, CALL, EVENTS, EVENTS_AFTER, EVENTS_APPROVED, EVENTS_LINKED, EVENTS_RICH, FLOOR, INTERACTION, JONAS, MARKS, ME, OFFER, QUEUE, RUN } from "./people.ts";

export interface Entry extends Scene { after?: (staged: Staged) => void }

const live = (call: Partial<Call> | null, interaction: Partial<Interaction> = {}): AgentMe => ({
  ...ME, interactions: [{ ...INTERACTION, ...interaction }, JONAS], calls: call ? [{ ...CALL, ...call }] : [], queue: QUEUE.filter((one) => one.interaction_id !== "i-maya"), waiting: QUEUE.length - 1,
});
const LEAD: AgentMe = { ...ME, agent: { ...ME.agent, roles: ["agent", "supervisor"] } };
const PETR: Interaction = { ...JONAS, id: "i-petra", conversation_id: "v-petra", customer: { id: "c-petra", name: "Petra Sund", verified: true, language: "en" } };
const open = ({ desk }: Staged): void => desk.openCase("i-maya");
const then = (more: (desk: Desk) => void) => (staged: Staged): void => { open(staged); more(staged.desk); };

const maya: Scene = { me: live({}), events: EVENTS, typing: "Maya Okafor" };
const text: Scene = { ...maya, me: live(null, { channel: "text", call_id: null }) };
const wrapping: Scene = {
  me: live(null, { state: "wrap_up", ended_at: before(18), wrap_up_until: before(-42), call_id: null }), events: EVENTS_AFTER,
  api: { run: async () => ({ ...RUN, status: "solved", step: "done", progress: { at: 4, of: 4 }, path: RUN.path.map((step) => ({ ...step, state: "done" as const, failures: 0 })) }) },
};
const unsent = [{ cmid: "m-1", text: "Then type the digits of the one with the silver edge.", at: before(2), refused: null }];

/** As if somebody wrote it: the list opens by what stands before the cursor. */
function typed(words: string): void {
  const box = document.querySelector<HTMLTextAreaElement>("[data-testid=reply-input]")!;
  box.value = words;
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

export const SCENES: Record<string, Entry> = {
  "loading": { me: null, link: "connecting" },
  "offline": { me: { ...ME, presence: { ...ME.presence, intent: "offline" }, queue: [], waiting: 0 } },
  "break": { me: { ...ME, presence: { ...ME.presence, intent: "break" } } },
  "available": { me: { ...ME, queue: [], waiting: 0 } },
  "offer": { me: { ...ME, offers: [OFFER], interactions: [JONAS] } },
  "offer-callback": { me: { ...ME, offers: [{ ...OFFER, interaction: { ...OFFER.interaction, channel: "voice", callback_id: "b-1" } }] } },
  "offer-declining": { me: { ...ME, offers: [OFFER] }, after: ({ desk }) => { desk.declining.value = "i-maya"; } },
  "offer-over": { me: { ...ME, offers: [{ ...OFFER, offered_at: before(20), expires_at: before(0) }] } },
  "offer-missed": {
    me: { ...ME, offers: [OFFER] }, api: { interaction: async () => ({ ...INTERACTION, agent: { id: "a-tom", name: "Tom Weber" } }) },
    after: ({ show }) => show(ME),
  },
  "finished": {
    me: { ...wrapping.me!, interactions: [wrapping.me!.interactions[0]!] }, api: { interaction: async () => ({ ...INTERACTION, state: "closed", disposition: "solved_together", rating: 5 }) },
    after: ({ show }) => show({ ...ME, queue: [], waiting: 0 }),
  },
  "live-video": { ...maya, after: open },
  "live-voice": { ...maya, me: live({ video: false }, { channel: "voice" }), after: open },
  "live-text": { ...text, after: open },
  "live-rich": { ...text, events: EVENTS_RICH, marks: MARKS, typing: null, after: open },
  "live-ask": { ...text, after: then((desk) => { desk.current.value!.write("ask"); desk.current.value!.question.value = { prompt: "Which card?", kind: "choice", options: "The new one\nThe old one" }; }) },
  "live-approval": { ...text, events: EVENTS_APPROVED, marks: MARKS, typing: null, after: then((desk) => { desk.current.value!.write("ask"); desk.current.value!.question.value = { prompt: "Raise your daily limit to 2,000 euros", kind: "approval", options: "" }; }) },
  "live-attaching": { ...text, after: then((desk) => { desk.current.value!.attachments.add([new File(["x"], "Terms and conditions of the new card.pdf")]); }) },
  "live-text-no-flow": { ...text, me: live(null, { channel: "text", run_id: null, why_now: "Asks about the fee of a new card" }), after: open },
  "live-text-closing": { ...text, me: live(null, { channel: "text", call_id: null, closing: { reason: "asked", since: before(17), until: before(-163) } }), after: open },
  "live-text-silent": { ...text, me: live(null, { channel: "text", call_id: null, run_id: null, closing: { reason: "silence", since: before(17), until: before(-163) } }), after: open },
  "live-not-signed-in": { ...text, me: live(null, { channel: "text", run_id: null, call_id: null, why_now: "Can’t sign in, asks by text", customer: { id: "c-guest", name: "Guest", verified: false, language: "en" } }), after: open, api: { facts: async () => [], history: async () => [] } },
  "live-linked": { ...text, events: EVENTS_LINKED, after: open },
  "live-callback": { ...text, me: live({ video: false, state: "ringing", started_by: "agent" }, { channel: "voice", callback_id: "b-1" }), view: { flowing: false }, after: open },
  "live-note": { ...text, after: then((desk) => { desk.current.value!.write("note"); desk.current.value!.note.value = "Had both cards on the table."; }) },
  "live-canned": { ...text, after: then(() => { setTimeout(() => typed("Of course. /")); }) },
  "live-canned-none": { ...text, after: then(() => { setTimeout(() => typed("/xyz")); }) },
  "live-offer": { ...maya, me: { ...live({}), offers: [{ ...OFFER, interaction: { ...OFFER.interaction, id: "i-petr", channel: "text", why_now: "Dispute a charge, step 3 of 5, charge not recognised", customer: { id: "c-petr", name: "Petr Novák", verified: true, language: "cs" } } }] }, after: open },
  "live-ringing": { ...maya, me: live({ state: "ringing", started_by: "agent" }), view: { flowing: false, remote: null }, after: open },
  "live-recovering": { ...maya, me: live({ state: "recovering" }), view: { flowing: false }, after: open },
  "live-camera-off": { ...maya, me: live({ customer_media: { audio: false, video: false } }), view: { own: { audio: false, video: false, facing: "user", trouble: { video: "denied" } }, quality: "weak" }, after: open },
  "live-handed-back": { ...text, api: { run: async () => ({ ...RUN, status: "active", step: "prove_identity", step_title: "Confirm it’s you", progress: { at: 3, of: 4 }, path: RUN.path.map((step, i) => ({ ...step, failures: 0, state: i < 2 ? "done" as const : i === 2 ? "current" as const : "todo" as const })) }) }, after: open },
  "live-reconnecting": { ...text, link: "reconnecting", unsent, after: open },
  "live-pass-on": { ...text, after: then((desk) => { desk.current.value!.passOn.show(); }) },
  "live-consulting": { ...text, me: live(null, { channel: "text", call_id: null, participants: [ADVISER], consulting: true }), after: open },
  "live-looking": { ...text, me: live(null, { channel: "text", call_id: null, participants: [{ ...ADVISER, state: "asked", agent: null }], consulting: true }), after: open },
  "live-passed-on": {
    ...text, after: open,
    me: live(null, {
      channel: "text", call_id: null, why_now: `${INTERACTION.why_now}, passed on by Luis Ortega: needs the fraud team`,
      passed_on: { how: "transferred", by: "Luis Ortega", to: "fraud", reason: "needs the fraud team", note: "Both cards are on the table. She is calm.", at: before(160) },
    }),
  },
  "asked-in": { ...text, me: { ...live(null, { channel: "text", call_id: null }), participations: [{ participant: ASKED, interaction: PETR }] }, after: open },
  "advising": { ...text, me: { ...ME, participations: [{ participant: { ...ASKED, state: "joined" }, interaction: { ...INTERACTION, channel: "text", call_id: null } }] }, after: open },
  "advising-closing": { ...text, me: { ...ME, participations: [{ participant: { ...ASKED, state: "joined" }, interaction: { ...INTERACTION, channel: "text", call_id: null, closing: { reason: "asked", since: before(17), until: before(-163) } } }] }, after: open },
  "join-failed": { ...text, me: { ...live(null, { channel: "text", call_id: null }), participations: [{ participant: ASKED, interaction: PETR }] }, after: then((desk) => { desk.commands.trouble.value = "The offer is over. Nothing was lost."; }) },
  "writing-along": { ...text, me: { ...ME, participations: [{ participant: { ...ASKED, state: "joined", role: "specialist" }, interaction: { ...INTERACTION, channel: "text", call_id: null } }] }, after: open },
  "supervisor": { me: { ...ME, queue: [], floor: FLOOR } },
  "taken-over": { me: { ...ME, queue: [] }, after: ({ desk }) => { desk.taken.value = { customer: "Maya Okafor", by: "Sue Park", reason: "The customer asked for a supervisor" }; } },
  "live-offline": { ...text, link: "offline", unsent, after: open },
  "live-refused": { ...text, unsent: [{ ...unsent[0]!, refused: "This conversation was taken over by Tom." }], after: open },
  "panes-loading": { ...text, events: [], api: { context: pending, history: pending, run: pending }, after: open },
  "panes-failed": { ...text, api: { context: failing, history: failing, run: failing }, after: open },
  "wrap-up": { ...wrapping, after: then((desk) => { desk.current.value!.disposition.value = "solved_together"; }) },
  "wrap-up-undecided": { ...wrapping, after: then((desk) => { void desk.current.value!.finish(); }) },
  "insight": { me: LEAD, after: ({ desk }) => desk.openInsight() },
  "insight-beside": { me: LEAD, after: ({ desk }) => { desk.openInsight(); desk.insight.beside.value = GOES[1]!.run.version; } },
  "insight-empty": { me: LEAD, api: { flowsInsight: async () => [], repeatedQuestions: async () => ({ items: [], total: 0, interactions: 42 }) }, after: ({ desk }) => desk.openInsight() },
  "insight-loading": { me: LEAD, api: { flowsInsight: pending, repeatedQuestions: pending }, after: ({ desk }) => desk.openInsight() },
  "insight-failed": { me: LEAD, api: { flowsInsight: failing, repeatedQuestions: failing }, after: ({ desk }) => desk.openInsight() },
  "shortcuts": { me: ME, after: ({ desk }) => { desk.showsShortcuts.value = true; } },
};
