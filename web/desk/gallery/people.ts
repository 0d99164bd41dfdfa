/** Who and what stands in the gallery? One morning at a bank: the card's digits were refused twice. */
import type {
  AgentMe, Call, CannedReply, Context, Disposition, Event, EventBodies, EventKind, FloorEntry, HistoryItem, Interaction, KnownFact, Offer, Participant, QueueEntry, RunView, Targets, TeamMember,
} from "../../sdk/types.ts";

export const NOW = Date.parse("2026-11-21T09:46:14Z");
/** An instant `seconds` before the gallery's now. */
export const before = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString();

const INES = { id: "a-ines", name: "Ines Duarte", email: "ines@linden.example", roles: ["agent"] };
const MAYA = { id: "c-maya", name: "Maya Okafor", verified: true, language: "en" };

export const INTERACTION: Interaction = {
  id: "i-maya", conversation_id: "v-maya", customer: MAYA, state: "live", channel: "video", queue: "cards", reason: "activation", priority: 1,
  why_now: "Activate card, step 2 of 4, digits refused twice, asks for video", passed_on: null, participants: [], consulting: false,
  run_id: "r-maya", agent: { id: INES.id, name: INES.name },
  enqueued_at: before(182), accepted_at: before(134), ended_at: null, wrap_up_until: null, disposition: null, rating: null, place: null, wait: null, nobody_there: false, closing: null,
  call_id: "k-maya", now: before(0),
};

export const JONAS: Interaction = {
  ...INTERACTION, id: "i-jonas", conversation_id: "v-jonas", customer: { id: "c-jonas", name: "Jonas Keller", verified: true, language: "de" }, channel: "text",
  why_now: "Refund for a double charge", run_id: null, call_id: null, accepted_at: before(260), enqueued_at: before(300),
};

export const OFFER: Offer = {
  interaction: { ...INTERACTION, state: "offered", agent: null, accepted_at: null, call_id: null, enqueued_at: before(48), priority: 2 },
  offered_at: before(6), expires_at: before(-14),
};

export const QUEUE: QueueEntry[] = [
  { interaction_id: "i-amir", why_now: "Card stolen, one payment abroad", customer_name: "Amir Haddad", channel: "voice", queue: "fraud", state: "offered", enqueued_at: before(6) },
  { interaction_id: "i-maya", why_now: INTERACTION.why_now, customer_name: "Maya Okafor", channel: "video", queue: "cards", state: "offered", enqueued_at: before(48) },
  { interaction_id: "i-petr", why_now: "Dispute a charge, step 3 of 5, charge not recognised", customer_name: "Petr Novák", channel: "text", queue: "disputes", state: "queued", enqueued_at: before(102) },
  { interaction_id: "i-sara", why_now: "Asks about a proof of address", customer_name: "Sara Lindqvist", channel: "text", queue: "accounts", state: "queued", enqueued_at: before(65) },
];

const TEAM: TeamMember[] = [
  { id: INES.id, name: INES.name, state: "available" }, { id: "a-tom", name: "Tom Weber", state: "offered" }, { id: "a-nadia", name: "Nadia Amrani", state: "video" },
  { id: "a-luis", name: "Luis Ortega", state: "text" }, { id: "a-grace", name: "Grace Mbeki", state: "wrap_up" }, { id: "a-yuki", name: "Yuki Mori", state: "break" },
];

export const TARGETS: Targets = {
  queues: [{ name: "accounts", there: 2 }, { name: "cards", there: 3 }, { name: "fraud", there: 1 }, { name: "loans", there: 0 }],
  agents: TEAM.filter(({ id }) => id !== INES.id),
};

/** Nadia of the fraud team, whom Ines asks. */
export const ADVISER: Participant = {
  id: "p-nadia", interaction_id: "i-maya", role: "consult", state: "joined", agent: { id: "a-nadia", name: "Nadia Amrani" }, queue: "fraud",
  asked_by: { id: INES.id, name: INES.name }, note: "Two wrong digits, then the old card in the picture. Would you stop it?", offered_at: before(30), expires_at: null,
};

/** Ines herself, asked by a colleague. */
export const ASKED: Participant = {
  ...ADVISER, id: "p-ines", state: "offered", agent: { id: INES.id, name: INES.name }, asked_by: { id: "a-luis", name: "Luis Ortega" }, queue: "cards",
  note: "Is a second card fine here?", offered_at: before(6), expires_at: before(-14),
};

export const FLOOR: FloorEntry[] = [
  { interaction_id: "i-9", why_now: "Card stolen, one payment abroad", customer_name: "Amir Haddad", channel: "voice", queue: "fraud", agent_name: "Nadia Amrani", accepted_at: before(412) },
  { interaction_id: "i-8", why_now: "Refund for a double charge", customer_name: "Petra Sund", channel: "text", queue: "cards", agent_name: "Luis Ortega", accepted_at: before(95) },
];

export const CALL: Call = {
  id: "k-maya", interaction_id: "i-maya", state: "connected", audio: true, video: true, gen: 1, wanted_gen: 1, wanted_rev: 0, started_by: "customer",
  description: null, customer_media: { audio: true, video: true }, agent_media: { audio: true, video: true }, ended_reason: null,
};

export const ME: AgentMe = {
  kind: "agent", agent: INES, presence: { intent: "available", reachable: true, since: before(751) }, offers: [], interactions: [], participations: [], calls: [],
  queue: QUEUE, waiting: QUEUE.length, team: TEAM, floor: [], now: before(0),
};

const FAILURES = [before(290), before(255)].map((at) => ({ step: "ask_digits", step_title: "Card digits", code: "DIGITS_MISMATCH", text: "These don’t match the card we sent you.", at }));

export const RUN: RunView = {
  id: "r-maya", flow: "activate_debit_card", title: "Activate card", status: "with_human", rev: 7, step: "ask_digits", step_title: "Card digits", progress: { at: 2, of: 4 },
  path: [
    { step: "load_card", title: "Find the card", state: "done", failures: 0 }, { step: "ask_digits", title: "Card digits", state: "failed", failures: 2 },
    { step: "prove_identity", title: "Confirm it’s you", state: "todo", failures: 0 }, { step: "activate", title: "Activate", state: "todo", failures: 0 },
  ],
  failures: FAILURES,
  answers: [{ label: "Last 4 digits", value: null, sensitive: true }, { label: "Valid until", value: "11 / 30", sensitive: false }],
};

export const CONTEXT: Context = {
  version: 1, captured_at: before(182),
  app_state: { screen: "card.activate.digits", fields: {}, errors: [], device: { model: "iPhone 15", app: "app 8.2" }, network: { kind: "Wi-Fi", state: "steady" } },
  actions: [
    { at: before(400), name: "app.opened", detail: { title: "from a push" } }, { at: before(380), name: "flow.resumed", detail: { title: "Activate card" } },
    { at: before(290), name: "digits.refused", detail: {} }, { at: before(270), name: "flow.hint.opened", detail: { title: "Where are they?" } },
    { at: before(255), name: "digits.refused", detail: { title: "2nd time" } }, { at: before(190), name: "help.opened", detail: {} }, { at: before(410), name: "push.tapped", detail: {} },
  ],
  run: null,
  claims: [
    { name: "identity", value: "Bank sign-in, 9:41", trust: "verified" }, { name: "customer_since", value: "2019", trust: "verified" }, { name: "card", value: "Sent 17 Nov, inactive", trust: "verified" },
  ],
};

export const FACTS: KnownFact[] = [
  { key: "customer_since", value: "2019", sensitive: false, trust: "verified", source: "Signed token", channel: "app", at: before(300), fresh: true },
  { key: "phone", value: "+351 912 345 678", sensitive: false, trust: "claimed", source: "Activate card, How we reach you", channel: "app", at: before(86_400), fresh: true },
  { key: "security_code", value: "••••", sensitive: true, trust: "claimed", source: "Dispute a charge, Your code", channel: "app", at: before(86_400 * 40), fresh: false },
];

export const DISPOSITIONS: Disposition[] = [
  { code: "solved_together", label: "Activation: old card in hand" }, { code: "code_missing", label: "Activation: code not received" },
  { code: "not_arrived", label: "Activation: card not yet arrived" }, { code: "other", label: "Something else" },
];

export const REPLIES: CannedReply[] = [
  { shortcut: "hello", title: "Greeting", text: "Hello {customer_first}, this is {agent_first}. I can see where you are, one moment please.", language: "en", queues: [] },
  { shortcut: "digits", title: "Where the digits are", text: "The last four digits are on the front of the new card, the one with the silver edge.", language: "en", queues: ["cards"] },
  { shortcut: "bye", title: "Goodbye", text: "You are all set, {customer_first}. Write here again whenever something comes up.", language: "en", queues: [] },
];

export const HISTORY: HistoryItem[] = [
  { interaction_id: "i-1", reason: "when_does_the_new_card_come", channel: "text", state: "closed", ended_at: before(86_400), disposition: "not_arrived", rating: 5 },
  { interaction_id: "i-2", reason: "pin_letter_not_found", channel: "voice", state: "closed", ended_at: before(260_000), disposition: "other", rating: null },
];

const ACTORS = {
  customer: { kind: "customer", id: MAYA.id, name: MAYA.name }, agent: { kind: "agent", id: INES.id, name: INES.name }, system: { kind: "system", id: null, name: null },
} as const;
const FLOW = { run_id: "r-maya", flow: "activate_debit_card", title: "Activate card", step: "ask_digits", step_title: "Card digits" };
type Told = { [K in EventKind]: readonly [number, keyof typeof ACTORS, K, EventBodies[K]] }[EventKind];

const TOLD: Told[] = [
  [57_000, "customer", "message", { text: "When will my new card come? The old one runs out this month." }],
  [56_800, "agent", "message", { text: "It was posted on the 17th, so most likely today." }],
  [54_600, "system", "notification.delivered", { notification_id: "n-1", title: "Your card has arrived?" }],
  [54_400, "customer", "flow.started", FLOW],
  [290, "customer", "flow.invalid", { ...FLOW, code: "DIGITS_MISMATCH", label: "Digits did not match" }],
  [255, "customer", "flow.invalid", { ...FLOW, code: "DIGITS_MISMATCH", label: "Digits did not match" }],
  [182, "customer", "help.asked", { interaction_id: "i-maya", channel: "video" }],
  [134, "agent", "interaction.accepted", { interaction_id: "i-maya", channel: "video", agent_name: "Ines Duarte" }],
  [128, "customer", "call.connected", { call_id: "k-maya", channel: "video" }],
  [100, "agent", "message", { text: "Good morning Maya, I’m Ines. I can see the digits didn’t match. Is the old card on the table too?" }],
  [82, "customer", "message", { text: "Yes! I have both here" }],
  [40, "agent", "note", { text: "Holds the old card. New one has the silver edge." }],
];

const AFTER: Told[] = [
  [30, "agent", "flow.handed_back", FLOW], [24, "customer", "call.ended", { call_id: "k-maya", channel: "video" }],
  [20, "customer", "flow.proved", { ...FLOW, label: "code" }], [16, "system", "flow.ended", { ...FLOW, label: "card is active" }],
  [12, "agent", "interaction.ended", { interaction_id: "i-maya" }], [8, "customer", "rating", { score: 5, text: "Quick and kind" }],
];

const log = (told: readonly Told[]): Event[] => told.map(([ago, actor, kind, body], i) => (
  { conversation_id: "v-maya", seq: i + 1, prev: i, kind, actor: ACTORS[actor], body, at: before(ago), cmid: null } as Event
));

const RICH: Told[] = [
  [70, "agent", "ask", { prompt: "Which card do you have in your hand?", kind: "choice", options: [{ value: "new", label: "The new one" }, { value: "old", label: "The old one" }], fact: "card.in_hand", answered: 14 }],
  [64, "customer", "ask.answered", { of: 13, value: "new", label: "The new one", fact: "card.in_hand" }],
  [60, "customer", "message", { text: "This is how it looks", files: [{ id: "photo", name: "card.jpg", type: "image/jpeg", size: 184_000, width: 4, height: 3 }] }],
  [50, "agent", "message", { text: "", files: [{ id: "letter", name: "Letter of 17 November with the new terms.pdf", type: "application/pdf", size: 1_400_000, width: null, height: null }] }],
  [44, "agent", "message", { text: "Teh silver edge is the new one." }],
  [42, "agent", "message.edited", { of: 17, text: "The silver edge is the new one." }],
  [38, "customer", "message", { text: "" }], [36, "customer", "message.deleted", { of: 19 }],
  [20, "agent", "ask", { prompt: "Will you travel before Christmas?", kind: "yes_no", options: [], fact: null, answered: null }],
  [10, "agent", "message", { text: "I’ll send you the way to set it up there." }],
];
const APPROVED: Told[] = [
  [9, "agent", "approval.asked", { approval_id: "p1", hash: "9f86", what: "Send the new card to 12 Harbour Street", level: 2, until: before(-590) }],
  [8, "customer", "approval.refused", { approval_id: "p1", hash: "9f86", code: "WRONG", denied: false }], [7, "customer", "approval.given", { approval_id: "p1", hash: "9f86", method: "passkey", level: 2 }],
];
export const EVENTS_RICH = log([...TOLD, ...RICH]);
export const EVENTS_APPROVED = log([...TOLD, ...RICH, ...APPROVED]);
export const MARKS = { delivered: 21, seen: 17, seen_at: before(30) };
export const EVENTS = log(TOLD);
/** What the device said before anybody signed in on it. */
export const EARLIER = log([
  [900, "customer", "message", { text: "I can’t get into the app any more" }], [860, "agent", "message", { text: "We’ll sort it out. Which phone is it on?" }],
]);
export const EVENTS_LINKED = log([...TOLD, [30, "customer", "identity.linked", { name: "Guest", conversation_id: "v-guest" }]]);
export const EVENTS_AFTER = log([...TOLD, ...AFTER]);
