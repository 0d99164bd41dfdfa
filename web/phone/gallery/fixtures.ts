/** Which data do the gallery's states show? One customer, one card, one agent, at one moment. */
import type { CallView } from "../../sdk/call-side.ts";
import type { OwnState } from "../../sdk/own-media.ts";
import type { Call, Callback, Event, FlowSummary, HelpOptions, Interaction, NotificationDetail, PassedOn, Passkeys, RunSummary, Screen } from "../../sdk/types.ts";
import type { Card } from "../state/bank.ts";

export const NOW = new Date(2026, 10, 20, 9, 42).getTime();
export const at = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString();
const RUN = "01930000-0000-7000-8000-000000000001";

export const CARDS: Card[] = [
  { id: "1", label: "Debit card", status: "sent", last4_hint: null },
  { id: "2", label: "Credit card", status: "active", last4_hint: "2209" },
];
export const FLOWS: FlowSummary[] = [
  { flow: "dispute_a_charge", title: "Dispute a charge", summary: "About 4 minutes" },
  { flow: "where_is_my_order", title: "Where is my card?", summary: "Sent on 17 November" },
  { flow: "freeze_card", title: "Freeze a card", summary: "Works at once, you can undo it" },
];
export const RUN_ITEM: RunSummary = {
  id: RUN, flow: "activate_debit_card", title: "Activate your debit card", status: "active", step_title: "confirm it’s you", progress: { at: 3, of: 4 }, updated_at: at(-900),
};

export const FORM: Screen = {
  run_id: RUN, flow: "activate_debit_card", flow_title: "Activate card", rev: 3, step: "ask_digits", kind: "form", status: "active",
  title: "Check your new card", body: "Both are printed on the front.", progress: { at: 2, of: 4 }, notice: null,
  components: [
    { type: "digits", id: "last4", label: "Last 4 digits", hint: "The last group of the long number", length: 4, sensitive: true, autofill: "off" },
    { type: "month_year", id: "expiry", label: "Valid until", hint: null },
  ],
  actions: [{ id: "continue", label: "Continue", intent: "primary" }], can: { cancel: false, help: true }, nudge: false, outcome: null, feedback: null, updated_at: at(0),
};
export const FORM_KNOWN: Screen = {
  ...FORM, flow: "reach_you", flow_title: "How we reach you", step: "where", title: "Where do we reach you?", body: null,
  components: [
    { type: "text_field", id: "phone", label: "Phone number", hint: null, value: "+351 912 345 678" },
    { type: "choice", id: "when", label: "When is it best?", hint: null, value: "evening", options: [{ value: "morning", label: "In the morning" }, { value: "evening", label: "In the evening" }] },
  ],
};
export const SEVERAL: Screen = {
  ...FORM, flow: "premises", flow_title: "Your business", step: "premises", kind: "choice", title: "Where do you work?", body: null,
  components: [
    { type: "multi", id: "premises", label: "All that fit", hint: null, none: "none",
      options: [{ value: "home", label: "At home" }, { value: "rented", label: "In rented rooms" }, { value: "owned", label: "In rooms of my own" }, { value: "none", label: "None of these" }] },
  ],
};
export const WORLD: Screen = {
  ...FORM, flow: "travel", flow_title: "Use it abroad", step: "trip", title: "Where do you go?", body: null,
  components: [
    { type: "country", id: "land", label: "Country", hint: null, options: [{ value: "PT", label: "Portugal" }, { value: "ES", label: "Spain" }] },
    { type: "date", id: "day", label: "First day", hint: null },
    { type: "time", id: "hour", label: "Time of arrival", hint: null, required: false },
    { type: "money", id: "limit", label: "Limit", hint: "For each day", currency: "EUR", decimals: 2 },
    { type: "phone", id: "phone", label: "Phone number", hint: null, autofill: "tel" },
    { type: "email", id: "mail", label: "E-mail", hint: null, autofill: "email" },
  ],
};
export const REFUSED: Screen = {
  ...FORM, rev: 7, nudge: true,
  notice: { tone: "problem", code: "DIGITS_MISMATCH", text: "These don’t match the card we sent you on 17 November. Is it the new card?" },
};
export const CODE: Screen = {
  ...FORM, step: "prove_identity", kind: "code", title: "Confirm it’s you", body: "We sent a code to the phone ending in 61.", progress: { at: 3, of: 4 },
  components: [{ type: "code", id: "code", label: "6-digit code", hint: "It is good for 5 minutes", length: 6, resend_after: at(0) }], a11y: { announce: "Confirm it’s you. Step 3 of 4.", focus: "code" },
};
export const PASSKEY: Screen = {
  ...CODE, body: "So that nobody else can do this, even with your phone in their hands.",
  components: [
    { type: "passkey", id: "passkey", label: "Use your passkey", hint: "Your face, your finger, or the PIN of this device", required: false },
    { type: "code", id: "code", label: "6-digit code", hint: "It is good for 5 minutes", required: false, length: 6, resend_after: null },
  ],
};
export const PASSKEY_OR_CODE: Screen = {
  ...CODE, notice: { tone: "problem", code: "PASSKEY_REFUSED", text: "This passkey doesn’t fit here. Try another one, or use a code." },
  components: [PASSKEY.components[0]!, { ...CODE.components[0]!, required: false } as Screen["components"][number]],
};
export const PASSKEYS: Passkeys = { can_add: true, items: [{ id: "k-1", name: "Android phone", created_at: at(-3000), used_at: at(-60) }, { id: "k-2", name: "iPad", created_at: at(-9000), used_at: null }] };
export const CHOICE: Screen = {
  ...FORM, step: "which", kind: "choice", title: "What happened?", body: null, can: { cancel: true, help: true },
  components: [{
    type: "choice", id: "reason", label: "Choose one", hint: null,
    options: [{ value: "unknown", label: "I don’t know this charge" }, { value: "twice", label: "I was charged twice" }, { value: "wrong", label: "The sum is wrong" }],
  }],
};
export const SAY: Screen = {
  ...FORM, step: "facts", kind: "say", title: "Your card is on its way", body: "It was sent to your home address.",
  components: [{ type: "facts", items: [{ label: "Sent", value: "17 November" }, { label: "Arrives", value: "by 24 November" }] }, { type: "text", text: "You can use the old card until the new one is active." }],
};
export const PROGRESS: Screen = { ...FORM, kind: "progress", title: "Activating your card", body: "This takes longer than usual. We’ll send you a notification when it’s done.", components: [], actions: [] };
export const WITH_HUMAN: Screen = { ...FORM, kind: "with_human", status: "with_human", components: [], actions: [] };
export const HANDOFF: Screen = { ...FORM, kind: "handoff", title: "Let’s look at it together", body: null, components: [], actions: [] };
export const SOLVED: Screen = { ...FORM, kind: "end", status: "solved", outcome: "solved", title: "Your card is active", body: "You can use it at once, also online.", components: [], actions: [], feedback: "csat" };

export const ITEMS: Screen = {
  ...FORM, flow: "dispute_a_charge", flow_title: "Dispute a charge", step: "which", kind: "choice", title: "Which charge is it?", body: null, can: { back: true, cancel: true, help: true },
  components: [{
    type: "choice", id: "tx", label: "Which charge is it?", hint: null,
    options: [{ value: "t1", label: "Kiosk Aurora €12.50", detail: "20 November" }, { value: "t2", label: "Lindenhof Hotel €248.00", detail: "18 November" }, { value: "t3", label: "Streamly €9.99", detail: "16 November" }],
  }],
};
export const TRAVELLERS: Screen = {
  ...FORM, flow: "insure_trip", flow_title: "Insure a trip", step: "people", title: "Who is going?", body: "Everybody who should be insured.", can: { back: true, cancel: false, help: true },
  components: [{
    type: "repeat", id: "people", label: "Who is going?", hint: null, min: 1, max: 4,
    fields: [
      { type: "text_field", id: "name", label: "Name", hint: "As in the passport", max_length: 60, autofill: "name" },
      { type: "date", id: "born", label: "Date of birth", hint: null, autofill: "bday" },
      { type: "choice", id: "role", label: "Who is it?", hint: null, required: false, options: [{ value: "me", label: "Me" }, { value: "child", label: "My child" }] },
    ],
  }],
};
export const PEOPLE = [{ name: "Maya Okafor", born: "1991-03-12", role: "me" }, { name: "Adaeze Okafor", born: "2027-06-01", role: "child" }];
export const REVIEW: Screen = {
  ...FORM, flow: "dispute_a_charge", flow_title: "Dispute a charge", step: "statement", kind: "review", title: "Check your answers", body: null, progress: { at: 4, of: 4 }, can: { back: true, cancel: true, help: true },
  components: [
    { type: "review", lines: [
      { label: "Charge", value: "Lindenhof Hotel €248.00", step: "which" }, { label: "What is wrong", value: "The amount is wrong", step: "reason" },
      { label: "What it should have been", value: "€124.00", step: "evidence" }, { label: "Files", value: "receipt.jpg, booking.pdf", step: "evidence" },
      { label: "What happened", value: "They charged two nights, but we left after the first because of the noise.", step: "evidence" },
    ] },
    { type: "text", text: "I declare that this is what happened, as far as I know." },
  ],
  actions: [{ id: "continue", label: "Confirm", intent: "primary" }],
};
export const REVIEW_BARRIER: Screen = {
  ...REVIEW, components: [{ type: "review", lines: [{ label: "Card", value: "Debit card, frozen", step: null }, { label: "What happened", value: "Somebody else used it", step: "evidence" }] }, REVIEW.components[1]!],
};
export const TRACK: Screen = {
  ...SAY, flow: "where_is_my_order", flow_title: "Where is it?", step: "track", title: "Your parcel is on its way", body: null, can: { back: true, cancel: false, help: true },
  components: [
    { type: "text", text: "It should be with you by Tuesday." },
    { type: "timeline", items: [
      { title: "Packed in Porto", at: "17 November", done: true }, { title: "Handed to the carrier", at: "18 November", done: true },
      { title: "In the delivery van", at: "24 November", done: false }, { title: "With you", at: null, done: false },
    ] },
  ],
};
export const WAIT: Screen = {
  ...FORM, flow: "dispute_a_charge", flow_title: "Dispute a charge", step: "wait_merchant", kind: "wait", status: "waiting", title: "We wait for the hotel’s answer", body: "You can close this. We’ll tell you as soon as it goes on.",
  components: [], actions: [], can: { back: true, cancel: true, help: true }, until: at(72 * 60),
};
export const ADDRESS: Screen = {
  ...FORM, flow: "reach_you", flow_title: "How we reach you", step: "home", title: "Where do you live?", body: null, can: { back: true, cancel: false, help: true },
  components: [{
    type: "address", id: "home", label: "Where do you live?", hint: "We send the new card there", countries: [{ value: "PT", label: "Portugal" }, { value: "ES", label: "Spain" }],
    parts: [
      { id: "lines", label: "Street and number", required: true, autofill: "street-address", value: "Rua das Flores 12" }, { id: "postal_code", label: "Postal code", required: false, autofill: "postal-code" },
      { id: "city", label: "City", required: true, autofill: "address-level2", value: "Porto" }, { id: "region", label: "Region", required: false, autofill: "address-level1" },
      { id: "country", label: "Country", required: true, autofill: "country", value: "PT" },
    ],
  }],
};
export const UPLOAD: Screen = {
  ...FORM, flow: "dispute_a_charge", flow_title: "Dispute a charge", step: "evidence", title: "Show us what you have", body: null, can: { back: true, cancel: false, help: true },
  components: [
    { type: "upload", id: "files", label: "Receipt or booking", hint: "What shows the right amount", required: false, accept: ["image/*", "application/pdf"], max: 3, max_mb: 10 },
    { type: "text_field", id: "story", label: "What happened?", hint: null, max_length: 2000, multiline: true, sensitive: true },
  ],
};
export const SIGN: Screen = {
  ...FORM, flow: "insure_trip", flow_title: "Insure a trip", step: "sign", title: "Sign the application", body: null, can: { back: true, cancel: false, help: true },
  components: [{ type: "signature", id: "sign", label: "Your signature", hint: "With your finger, or the mouse", max_length: 60 }],
};

export const HELP: HelpOptions = {
  now: at(0), open: true,
  channels: [{ channel: "video", wait_p50_s: 100, wait_p90_s: 200, label: "" }, { channel: "text", wait_p50_s: 0, wait_p90_s: 20, label: "Now" }, { channel: "voice", wait_p50_s: 35, wait_p90_s: 80, label: "" }],
  callback: { now: true, windows: [{ opens_at: at(0), closes_at: at(8 * 60) }, { opens_at: at(23 * 60), closes_at: at(32 * 60) }, { opens_at: at(71 * 60), closes_at: at(80 * 60) }], planned: null },
  shares: [{ icon: "flow", text: "Activate card, step 2 of 4" }, { icon: "alert", text: "Card digits didn’t match, twice" }],
};

export const CALLBACK: Callback = {
  id: "b1", state: "scheduled", due_at: at(7 * 60 + 18), zone: "Europe/Lisbon", channel: "voice", reason: "digits refused twice", asked_at: at(-10), tries: 0, interaction_id: "i1",
};
export const QUEUED: Interaction = {
  id: "i1", conversation_id: "c1", customer: { id: "m", name: "Maya Okafor" }, state: "queued", channel: "video", queue: "cards", reason: null, priority: 2,
  why_now: "Activate card, step 2 of 4, digits refused twice, asks for video", passed_on: null, participants: [], consulting: false, run_id: RUN, agent: null, enqueued_at: at(-1), accepted_at: null, ended_at: null,
  wrap_up_until: null, disposition: null, rating: null, place: 2, wait: { p50_s: 55, p90_s: 110 }, nobody_there: false, closing: null, call_id: null, now: at(0),
};
export const LIVE: Interaction = { ...QUEUED, state: "live", agent: { id: "a", name: "Ines Duarte" }, place: null, wait: null, accepted_at: at(0) };

export const ALL_DONE: Interaction = { ...LIVE, channel: "text", closing: { reason: "asked", since: at(8), until: at(11) } };
export const SILENT: Interaction = { ...LIVE, channel: "text", closing: { reason: "silence", since: at(8), until: at(11) } };
const nobody = (channel: "text" | "voice" | "video", label: string): HelpOptions["channels"][number] => ({ channel, wait_p50_s: null, wait_p90_s: null, label });
export const CLOSED: HelpOptions = {
  now: at(0), open: false, opens_at: new Date(2026, 10, 23, 8).toISOString(), shares: HELP.shares,
  channels: [nobody("text", "Closed now"), nobody("voice", "Closed now"), nobody("video", "Closed now")],
};

export const SIGN_IN_FIRST: HelpOptions = {
  now: at(0), open: false, sign_in_needed: true, shares: [],
  channels: [nobody("text", "Sign in first"), nobody("voice", "Sign in first"), nobody("video", "Sign in first")],
};

const CALL: Call = {
  id: "k1", interaction_id: "i1", state: "connected", audio: true, video: true, gen: 1, wanted_gen: 1, wanted_rev: 1, started_by: "customer", description: null,
  customer_media: { audio: true, video: true }, agent_media: { audio: true, video: true }, ended_reason: null,
};
export const OWN: OwnState = { audio: true, video: true, facing: "user", trouble: {} };
export const callView = (change: Partial<CallView>, remote: MediaStream, local: MediaStream): CallView => ({
  call: CALL, joined: true, flowing: true, remote, remoteVideo: true, own: OWN, local, quality: "good", ...change,
});
export const VOICE: Call = { ...CALL, video: false };
export const RECOVERING: Call = { ...CALL, state: "recovering" };

const MAYA = { kind: "customer", id: "m", name: "Maya Okafor" } as const;
const INES = { kind: "agent", id: "a", name: "Ines Duarte" } as const;
type Said = Pick<Event, "kind" | "body"> & { actor?: Event["actor"]; minute: number };
const SAID: Said[] = [
  { kind: "help.asked", body: { interaction_id: "i1", channel: "text" }, minute: -1 },
  { kind: "interaction.accepted", body: { interaction_id: "i1", agent_name: "Ines Duarte" }, minute: 0 },
  { kind: "message", body: { text: "Good morning Maya, I’m Ines. I can see the digits didn’t match. Is the old card on the table too?" }, actor: INES, minute: 0 },
  { kind: "message", body: { text: "Yes! I have both here" }, actor: MAYA, minute: 1 },
  { kind: "call.started", body: { call_id: "k0", channel: "video" }, minute: 1 },
  { kind: "call.connected", body: { call_id: "k0", channel: "video" }, minute: 1 },
  { kind: "call.ended", body: { call_id: "k0" }, minute: 5.2 },
  { kind: "flow.handed_back", body: { run_id: RUN, flow: "activate_debit_card", title: "Activate card" }, minute: 6 },
  { kind: "message", body: { text: "That was it. You can go on from step 3; I’m here if anything else comes up." }, actor: INES, minute: 6 },
];
const happened = (said: Said[], first: number): Event[] => said.map(({ minute, actor, ...one }, i) => ({
  ...one, conversation_id: "c1", seq: first + i, prev: first + i - 1, actor: actor ?? { kind: "system", id: null, name: null }, at: at(minute), cmid: null,
})) as Event[];

const PHOTO = { id: "photo", name: "card.jpg", type: "image/jpeg", size: 184_000, width: 4, height: 3 };
const LETTER = { id: "letter", name: "Letter of 17 November with the new terms.pdf", type: "application/pdf", size: 1_400_000, width: null, height: null };
export const PROOF = [PHOTO, LETTER];
/** Photos, a document, an edited and a deleted message, and questions of all kinds. */
export const RICH = happened([
  { kind: "ask", body: { prompt: "Which card do you have in your hand?", kind: "choice", options: [{ value: "new", label: "The new one" }, { value: "old", label: "The old one" }], fact: "card.in_hand", answered: 2 }, actor: INES, minute: 0 },
  { kind: "ask.answered", body: { of: 1, value: "new", label: "The new one", fact: "card.in_hand" }, actor: MAYA, minute: 1 },
  { kind: "message", body: { text: "This is how it looks", files: [PHOTO] }, actor: MAYA, minute: 1 },
  { kind: "message", body: { text: "The silver edje" }, actor: MAYA, minute: 1 },
  { kind: "message.edited", body: { of: 4, text: "The silver edge" }, actor: MAYA, minute: 2 },
  { kind: "message", body: { text: "", files: [LETTER] }, actor: INES, minute: 2 },
  { kind: "message", body: { text: "" }, actor: INES, minute: 2 },
  { kind: "message.deleted", body: { of: 7 }, actor: INES, minute: 2 },
  { kind: "message", body: { text: "Found it, thank you" }, actor: MAYA, minute: 3 },
  { kind: "message", body: { text: "One more thing" }, actor: MAYA, minute: 4 },
], 1);
export const ASKED = happened([
  { kind: "ask", body: { prompt: "Will you travel before Christmas?", kind: "yes_no", options: [], fact: null, answered: null }, actor: INES, minute: 5 },
  { kind: "ask", body: { prompt: "From which day on?", kind: "date", options: [], fact: null, answered: null }, actor: INES, minute: 5 },
  { kind: "ask", body: { prompt: "About how much will you spend there in a week?", kind: "number", options: [], fact: null, answered: null }, actor: INES, minute: 6 },
], 1);
const approval = (n: number) => ({ approval_id: `p${n}`, hash: "9f86d081884c7d65" });
const asking = (n: number, what: string, minute: number): Said => ({ kind: "approval.asked", body: { ...approval(n), what, level: 2, until: at(10) }, actor: INES, minute });
/** Approvals as they can come out, and one that is open. */
export const APPROVALS = happened([
  asking(1, "Send the new card to 12 Harbour Street", 1), { kind: "approval.given", body: { ...approval(1), method: "passkey", level: 2 }, actor: MAYA, minute: 2 },
  asking(2, "Close the old account today", 2), { kind: "approval.declined", body: approval(2), actor: MAYA, minute: 3 },
  asking(3, "Raise your daily limit to 2,000 euros", 4),
], 1);
export const ATTACHED = [
  { key: 1, name: "card.jpg", size: 2_400_000, file: PHOTO, trouble: null }, { key: 2, name: "IMG_0042.jpg", size: 3_100_000, file: null, trouble: null },
  { key: 3, name: "notes about my card and everything else.docx", size: 12_000, file: null, trouble: "Only photos, PDF and plain text can be sent." },
];
export const EVENTS = SAID.map(({ minute, actor, ...said }, i) => ({
  ...said, conversation_id: "c1", seq: i + 1, prev: i, actor: actor ?? { kind: "system", id: null, name: null }, at: at(minute), cmid: null,
})) as Event[];
const NADIA = { kind: "agent", id: "n", name: "Nadia Amrani" } as const;
const beside = { interaction_id: "i1", participant_id: "p1", role: "specialist" as const, agent_name: NADIA.name };
const after = (n: number) => ({ conversation_id: "c1", seq: EVENTS.length + n, prev: EVENTS.length + n - 1, actor: NADIA, at: at(6 + n), cmid: null });
/** Somebody of the fraud team comes to the conversation. */
export const SPECIALIST: Event[] = [
  { ...after(1), kind: "participant.joined", body: beside },
  { ...after(2), kind: "message", body: { text: "Hello Maya, I look after cards that were misused. Nothing was." } },
];
export const WITH_SPECIALIST: Interaction = {
  ...LIVE,
  participants: [{
    id: "p1", interaction_id: "i1", role: "specialist", state: "joined", agent: { id: NADIA.id, name: NADIA.name }, queue: "fraud", asked_by: { id: "a", name: "Ines Duarte" },
    note: "", offered_at: null, expires_at: null,
  }],
};
export const PASSED_ON: PassedOn = { how: "transferred", by: "Ines", to: "fraud", reason: null, note: null, at: at(0) };
export const UNSENT = [{ cmid: "u1", conversation_id: "c1", text: "Sure, one second", at: at(7), seq: null, problem: null }];

export const REFUSED_TEXT = [{ ...UNSENT[0]!, text: "One more thing", problem: { type: "/problems/not-allowed", title: "Not allowed", status: 409, detail: "nobody is asked for help" } }];

export const NOTE: NotificationDetail = { id: "n1", class: "followup", title: "Is your new card working?", body: "You activated it yesterday. Tap to tell us.", link: "#/rate", created_at: at(0) };
