/** What goes over the wire? Every type here is one of the API's, with the API's own field names. */

export type Uuid = string;
/** ISO 8601, UTC, ending in Z. */
export type Instant = string;

/* ---- people ---- */

export interface Person { id: Uuid; name: string }
export interface Customer extends Person { verified?: boolean; language?: string | null }
export interface Agent extends Person { email?: string; roles?: string[] }
export interface Actor { kind: "customer" | "agent" | "system"; id: string | null; name: string | null }

export interface CustomerSignIn { access_token: string; expires_at: Instant; customer: Customer; conversation_id: Uuid; linked?: boolean }
export interface AnonymousSignIn extends CustomerSignIn { device_secret: string | null }
export interface AgentSignIn { access_token: string; expires_at: Instant; agent: Agent }

/* ---- errors: RFC 9457 ---- */

export interface FieldError { pointer: string; message: string }
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  errors?: FieldError[];
  request_id?: string;
  /** With 409 on an answer: the screen as it is now. */
  screen?: Screen;
}

/* ---- flows ---- */

export interface FlowSummary { flow: string; title: string; summary: string }
export interface Progress { at: number; of: number }
export type RunStatus = "active" | "waiting" | "with_human" | "solved" | "abandoned" | "expired";
export interface RunSummary {
  id: Uuid; flow: string; title: string; status: RunStatus; step_title: string; progress: Progress | null; updated_at: Instant;
}

export type ScreenKind = "say" | "choice" | "form" | "review" | "code" | "progress" | "wait" | "with_human" | "end" | "handoff";
export interface Notice { tone: "problem" | "info"; text: string; code: string }
export interface ScreenAction { id: string; label: string; intent: "primary" | "secondary" | "danger" }
export interface Option { value: string; label: string; detail?: string | null }

/** `value`: filled in because it is known; the customer may change it. */
interface Field { id: string; label: string; hint?: string | null; required?: boolean; value?: string | null }
export interface TextComponent { type: "text"; text: string }
export interface FactsComponent { type: "facts"; items: { label: string; value: string }[] }
/** What happened (`done`) and what will, in order. */
export interface TimelineComponent { type: "timeline"; items: { title: string; at: string | null; done: boolean }[] }
/** The answers so far; `step` is where one can be changed, null where it cannot any more. */
export interface ReviewLine { label: string; value: string; step: string | null }
export interface ReviewComponent { type: "review"; lines: ReviewLine[] }
export interface ChoiceComponent extends Field { type: "choice"; options: Option[] }
/** Several of them, sent as one text with commas or as a list; the option `none` stands alone. */
export interface MultiComponent extends Field { type: "multi"; options: Option[]; none: string | null }
export interface CountryComponent extends Field { type: "country"; options: Option[] }
export interface DateComponent extends Field { type: "date"; sensitive?: boolean; autofill?: string | null }
export interface TimeComponent extends Field { type: "time" }
export interface MoneyComponent extends Field { type: "money"; currency: string | null; decimals: number }
export interface ContactComponent extends Field { type: "phone" | "email"; sensitive?: boolean; autofill?: string | null }
export interface DigitsComponent extends Field { type: "digits"; length: number; sensitive?: boolean; autofill?: string | null }
export interface MonthYearComponent extends Field { type: "month_year" }
export interface TextFieldComponent extends Field { type: "text_field"; max_length?: number | null; multiline?: boolean; sensitive?: boolean; autofill?: string | null }
/** The same fields `min` to `max` times, sent as a list of objects. An error names its field: `people[0].name`. */
export interface RepeatComponent extends Field { type: "repeat"; fields: FieldComponent[]; min: number; max: number; entries?: Record<string, string>[] }
/** One line of an address; `lines` is a text of up to four lines. */
export interface AddressPart { id: "lines" | "postal_code" | "city" | "region" | "country"; label: string; required: boolean; autofill: string; value?: string | null }
/** Sent as an object of its parts. An error may name one: `home.city`. */
export interface AddressComponent extends Field { type: "address"; parts: AddressPart[]; countries: Option[] }
/** A file that was sent up; `size` in bytes. */
export interface UploadedFile { id: Uuid; name: string; type: string; size: number }
/** Files that were sent up before, as a list of their ids. `accept`: media types, `image/*` for all pictures. An error may name one: `files[1]`. */
export interface UploadComponent extends Field { type: "upload"; accept: string[]; max: number; max_mb: number; files?: UploadedFile[] }
/** A drawn picture that was sent up before, as a list of its id; or the name, as a text. */
export interface SignatureComponent extends Field { type: "signature"; max_length: number }
/** `resend_after`: when another one can be asked for; null: none was sent. */
export interface CodeComponent extends Field { type: "code"; length: number; resend_after: Instant | null }
/** Instead of the code: what `POST /v1/runs/{id}/passkey` gives, signed by the customer's passkey. */
export interface PasskeyComponent extends Field { type: "passkey" }
export type FieldComponent =
  | ChoiceComponent | MultiComponent | CountryComponent | DateComponent | TimeComponent | MoneyComponent | ContactComponent
  | DigitsComponent | MonthYearComponent | TextFieldComponent | CodeComponent | RepeatComponent | AddressComponent | UploadComponent | SignatureComponent;
export type Component = TextComponent | FactsComponent | TimelineComponent | ReviewComponent | PasskeyComponent | FieldComponent;

/** GET /v1/me/passkeys */
export interface Passkey { id: Uuid; name: string; created_at: Instant; used_at: Instant | null }
/** `can_add`: the identity was proved just now, with this access token. */
export interface Passkeys { items: Passkey[]; can_add: boolean }
/** What goes to `navigator.credentials`, by `PublicKeyCredential.parse...OptionsFromJSON`. */
export interface PasskeyOptions<T> { public_key: T }

export interface Screen {
  run_id: Uuid;
  flow: string;
  flow_title: string;
  rev: number;
  step: string;
  kind: ScreenKind;
  status: RunStatus;
  title: string;
  body: string | null;
  progress: Progress | null;
  notice: Notice | null;
  components: Component[];
  actions: ScreenAction[];
  can: { back?: boolean; cancel: boolean; help: boolean };
  /** What a screen reader says when it comes; where the focus goes: `title`, `notice`, or the id of an input. */
  a11y?: { announce: string; focus: string };
  /** When a wait is over by itself. */
  until?: Instant | null;
  nudge: boolean;
  outcome: "solved" | "abandoned" | "refused" | null;
  feedback: "csat" | null;
  updated_at: Instant;
}

/** The run as an agent sees it. */
export interface Failure { step: string; step_title: string; code: string; text: string; at: Instant }
export interface AnswerView { label: string; value: string | null; sensitive: boolean }
export interface PathStep { step: string; title: string; state: "done" | "failed" | "current" | "todo"; failures: number }
export interface RunView {
  id: Uuid; flow: string; title: string; status: RunStatus; rev: number; step: string; step_title: string; progress: Progress | null;
  path: PathStep[]; failures: Failure[]; answers: AnswerView[];
}

/* ---- asking for a human ---- */

export type Channel = "text" | "voice" | "video";
/** Without a wait, nobody is there who could answer on this channel. */
export interface HelpChannel { channel: Channel; wait_p50_s: number | null; wait_p90_s: number | null; label: string }
export interface Share { icon: string; text: string }
/** Being called instead of waiting: at the own turn, or at a time inside one of the windows. */
export interface CallbackChoice { now: boolean; windows: { opens_at: Instant; closes_at: Instant }[]; planned: Callback | null }
export interface HelpOptions { now: Instant; open: boolean; sign_in_needed?: boolean; opens_at?: Instant | null; channels: HelpChannel[]; callback?: CallbackChoice; shares: Share[] }

export interface AppState {
  screen: string;
  fields: Record<string, string>;
  errors: string[];
  device: Record<string, string>;
  network: Record<string, string>;
}
export interface Action { at: Instant; name: string; detail: Record<string, string | number | boolean> }
export interface HelpRequest {
  channel: Channel; run_id: Uuid | null; reason: string | null; share: boolean; app_state: AppState | null; actions: Action[];
}

export interface Wait { p50_s: number; p90_s: number }
/** An announced end: it comes by itself at `until` unless the customer wants to go on. */
export interface Closing { reason: "asked" | "silence"; since: Instant; until: Instant }
export interface CallbackRequest {
  /** As the clock on the wall shows it, "2026-11-21T18:30"; null: at the own turn. */
  at: string | null;
  zone: string;
  channel: "voice" | "video";
  run_id: Uuid | null;
  share: boolean;
  app_state: AppState | null;
  actions: Action[];
}
export type CallbackState = "scheduled" | "due" | "done" | "missed" | "cancelled";
export interface Callback {
  id: Uuid; state: CallbackState; due_at: Instant; zone: string; channel: Channel; reason: string; asked_at: Instant; tries: number; interaction_id: Uuid;
}

export type InteractionState = "queued" | "offered" | "live" | "paused" | "wrap_up" | "closed";
/** How it changed hands the last time; why is for agents. */
export interface PassedOn { how: "transferred" | "handed_over" | "taken_over"; by: string; to: string; reason: string | null; note: string | null; at: Instant }
/** `consult` reads along and writes notes; `specialist` writes to the customer, too. */
export type Role = "consult" | "specialist";
/** A colleague who is asked to join what another agent has, or has joined it. */
export interface Participant {
  id: Uuid; interaction_id: Uuid; role: Role; state: "asked" | "offered" | "joined" | "closed"; agent: Person | null; queue: string | null; asked_by: Person;
  note: string; offered_at: Instant | null; expires_at: Instant | null;
}
/** GET /v1/transfer-targets */
export interface Targets { queues: { name: string; there: number }[]; agents: TeamMember[] }
export type Target = { kind: "queue"; name: string } | { kind: "agent"; id: Uuid };

export interface Interaction {
  id: Uuid;
  conversation_id: Uuid;
  customer: Customer;
  state: InteractionState;
  channel: Channel;
  queue: string;
  reason: string | null;
  priority: number;
  why_now: string;
  passed_on: PassedOn | null;
  /** Colleagues beside the agent; a customer sees those who came to talk. */
  participants: Participant[];
  /** The agent is asking a colleague. */
  consulting: boolean;
  run_id: Uuid | null;
  agent: Person | null;
  enqueued_at: Instant;
  /** Later than `enqueued_at` after a pause, and of a callback. */
  waiting_since?: Instant;
  paused_at?: Instant | null;
  remind_at?: Instant | null;
  /** The customer left the app and is notified. */
  notify?: boolean;
  /** The customer does not wait but is called. */
  callback_id?: Uuid | null;
  accepted_at: Instant | null;
  ended_at: Instant | null;
  wrap_up_until: Instant | null;
  disposition: string | null;
  rating: number | null;
  place: number | null;
  wait: Wait | null;
  /** Nobody is there who could answer; the place is kept. */
  nobody_there: boolean;
  closing: Closing | null;
  call_id: Uuid | null;
  now: Instant;
}

export interface Claim { name: string; value: string; trust: "verified" | "claimed" }
export interface Context {
  version: 1;
  app_state: AppState | null;
  actions: Action[];
  run: {
    flow: string; title: string; step: string; step_title: string; progress: Progress | null;
    failures: Failure[]; answers: AnswerView[];
  } | null;
  claims: Claim[];
  captured_at: Instant;
}
/** What the app shows has changed: a JSON Merge Patch of the app state, and newer actions. */
export interface ContextChange { whole: boolean; patch: Record<string, unknown>; actions: Action[] }
export interface KnownFact {
  key: string; value: string; sensitive: boolean; trust: "verified" | "claimed"; source: string; channel: string; at: Instant; fresh: boolean;
}
export interface Disposition { code: string; label: string }
/** A text that agents call up by `/` and its shortcut. */
export interface CannedReply { shortcut: string; title: string; text: string; language: string; queues: string[] }
export interface HistoryItem {
  interaction_id: Uuid; reason: string | null; channel: Channel; state: InteractionState; ended_at: Instant | null;
  disposition: string | null; rating: number | null;
}

/* ---- calls ---- */

export type CallState = "ringing" | "connecting" | "connected" | "recovering" | "ended";
export interface Description { gen: number; rev: number; kind: "offer" | "answer"; sdp: string }
export interface MediaState { audio: boolean; video: boolean }
export interface Call {
  id: Uuid;
  interaction_id: Uuid;
  state: CallState;
  audio: boolean;
  video: boolean;
  gen: number;
  wanted_gen: number;
  wanted_rev: number;
  started_by: "customer" | "agent";
  /** The newest one addressed to me: the agent gets offers, the customer answers. */
  description: Description | null;
  /** The newest gen was answered; by the page before a reload, if it was not by this one. */
  answered?: boolean;
  customer_media?: MediaState | null;
  agent_media?: MediaState | null;
  ended_reason: string | null;
}

/* ---- push ---- */

export interface Notification { id: Uuid; title: string; body: string; link: string | null; at: Instant }
/** GET /v1/notifications/{id} */
export interface NotificationDetail { id: Uuid; class: string; title: string; body: string; link: string | null; created_at: Instant }
/** What a push carries: ids only. */
export interface PushPayload { notification_id: Uuid; class: string; link: string }

/* ---- the log ---- */

export interface FlowBody {
  run_id: Uuid; flow: string; title: string; step?: string | null; step_title?: string | null; code?: string | null; label?: string | null;
  /** Of `flow.proved`. */
  method?: "passkey" | "otp_host"; level?: number;
}
export interface InteractionBody {
  interaction_id: Uuid; channel?: Channel | null; agent_name?: string | null; reason?: string | null; why_now?: string | null;
}
export interface PassedBody extends InteractionBody { to: string; waits: boolean }
export interface BesideBody extends InteractionBody { participant_id: Uuid; role: Role; to?: string; note?: string; outcome?: string }
export interface CallbackBody { callback_id: Uuid; interaction_id: Uuid; zone: string; due_at?: Instant | null }
export interface CallBody { call_id: Uuid; channel?: Channel | null; reason?: string | null }

/** A file beside a message; its content comes from GET /v1/files/{id}. */
export interface FileRef { id: Uuid; name: string; type: string; size: number; width: number | null; height: number | null }

export type AskKind = "text" | "choice" | "number" | "date" | "yes_no";
export interface AskQuestion { prompt: string; kind: AskKind; options: Option[]; fact: string | null }
export type AskValue = string | number | boolean;
export interface AskAnswer { of: number; value: AskValue; label: string | null; fact: string | null }

/** GET /v1/approvals/{id}: what the customer is asked to approve. `resend_after`: null while no code was sent. */
export interface ApprovalView {
  id: Uuid; what: string; hash: string; level: number; state: "open" | "given" | "declined" | "denied"; until: Instant;
  methods: ("passkey" | "otp_host")[]; resend_after: Instant | null; refused?: string | null;
}
interface ApprovalBody { approval_id: Uuid; hash: string }

export interface EventBodies {
  /** `edited` and `deleted` are the seq of the event that changed it last. */
  "message": { text: string; files?: FileRef[]; edited?: number; deleted?: number };
  "message.edited": { of: number; text: string };
  "message.deleted": { of: number };
  "ask": AskQuestion & { answered: number | null };
  "ask.answered": AskAnswer;
  "approval.asked": ApprovalBody & { what: string; level: number; until: Instant };
  "approval.given": ApprovalBody & { method: "passkey" | "otp_host"; level: number };
  "approval.declined": ApprovalBody;
  "approval.refused": ApprovalBody & { code: string; denied: boolean };
  "note": { text: string };
  "flow.started": FlowBody;
  "flow.answered": FlowBody;
  "flow.invalid": FlowBody;
  "flow.action": FlowBody;
  "flow.proved": FlowBody;
  "flow.help": FlowBody;
  "flow.reopened": FlowBody;
  "flow.woke": FlowBody;
  "flow.nudged": FlowBody;
  "flow.migrated": FlowBody;
  "flow.handed_back": FlowBody;
  "flow.ended": FlowBody;
  "help.asked": InteractionBody;
  "help.claim_ignored": InteractionBody;
  "interaction.queued": InteractionBody;
  "interaction.offered": InteractionBody;
  "interaction.declined": InteractionBody;
  "interaction.expired": InteractionBody;
  "interaction.accepted": InteractionBody;
  "interaction.given_up": InteractionBody;
  "interaction.channel": InteractionBody;
  "interaction.transferred": PassedBody;
  "interaction.taken_over": PassedBody;
  "consult.asked": BesideBody;
  "consult.accepted": BesideBody;
  "consult.ended": BesideBody;
  "participant.joined": BesideBody;
  "participant.left": BesideBody;
  "interaction.ended": InteractionBody;
  "interaction.closing": InteractionBody & { until: Instant };
  "interaction.kept_open": InteractionBody;
  "interaction.nobody_there": InteractionBody;
  "interaction.somebody_there": InteractionBody;
  "interaction.wrapped_up": InteractionBody;
  "interaction.cancelled": InteractionBody;
  "interaction.paused": InteractionBody & { remind_at?: Instant | null };
  "interaction.reminded": InteractionBody;
  "interaction.resumed": InteractionBody;
  "callback.scheduled": CallbackBody;
  "callback.moved": CallbackBody;
  "callback.cancelled": CallbackBody;
  "callback.due": CallbackBody;
  "callback.missed": CallbackBody;
  "call.started": CallBody;
  "call.connected": CallBody;
  "call.recovering": CallBody;
  "call.ended": CallBody;
  "notification.sent": { notification_id: Uuid; title: string };
  "notification.delivered": { notification_id: Uuid; title: string };
  "identity.linked": { name: string; conversation_id: Uuid | null };
  "passkey.added": { passkey_id: Uuid; name: string };
  "passkey.removed": { passkey_id: Uuid; name: string };
  "context.captured": { interaction_id: Uuid; reason: string };
  "question.repeated": { key: string; by: string; source: string; known_since: Instant };
  "rating": { score: number; text: string | null };
}
export type EventKind = keyof EventBodies;
type EventOf<K extends EventKind> = {
  conversation_id: Uuid; seq: number; prev: number; kind: K; actor: Actor; body: EventBodies[K]; at: Instant; cmid: Uuid | null;
};
/** One entry of a conversation's log, told apart by `kind`. */
export type Event = { [K in EventKind]: EventOf<K> }[EventKind];
export interface EventPage { items: Event[]; upto: number }

/* ---- me ---- */

export interface CustomerMe {
  kind: "customer";
  customer: Customer;
  conversation_id: Uuid;
  interaction: Interaction | null;
  call: Call | null;
  /** What is planned, and what was missed within a day. */
  callbacks?: Callback[];
  runs: RunSummary[];
  notifications: Notification[];
}
export type Intent = "available" | "break" | "offline";
export interface Presence { intent: Intent; reachable: boolean; since: Instant | null }
export interface Offer { interaction: Interaction; expires_at: Instant; offered_at: Instant }
export interface QueueEntry {
  interaction_id: Uuid; why_now: string; customer_name: string; channel: Channel; queue: string; state: InteractionState; enqueued_at: Instant;
  waiting_since?: Instant; callback?: boolean;
}
export interface TeamMember { id: Uuid; name: string; state: string }
export interface Participation { participant: Participant; interaction: Interaction }
/** What somebody is at, for supervisors. */
export interface FloorEntry {
  interaction_id: Uuid; why_now: string; customer_name: string; channel: Channel; queue: string; agent_name: string; accepted_at: Instant | null;
}
/** What all agents see, of those who wait as far as it is their queue. */
export interface Team {
  /** The first of those who wait; `waiting` counts all. */
  queue: QueueEntry[];
  waiting: number;
  team: TeamMember[];
  floor: FloorEntry[];
}
export interface AgentMe extends Team {
  kind: "agent";
  agent: Agent;
  presence: Presence;
  offers: Offer[];
  interactions: Interaction[];
  participations: Participation[];
  calls: Call[];
  now: Instant;
}
export type Me = CustomerMe | AgentMe;

/* ---- insight: how flows do, for leads ---- */

/** The runs of one version of a flow; see `listFlowInsight`. */
export interface VersionInsight {
  flow: string; title: string; version: string; label: string | null; published_at: Instant;
  /** New runs follow this version. */
  live: boolean;
  started: number; solved: number; solved_alone: number; came_back: number; abandoned: number; refused: number; expired: number; lying: number; helped: number; escalated: number;
  median_s: number | null;
}
export interface Often { field: string | null; code: string; count: number }
export interface StepInsight {
  step: string; title: string; kind: "ask" | "action" | "other";
  entered: number; answered: number; left: number; escalated: number; helped: number;
  p50_s: number | null; p90_s: number | null;
  invalid: Often[]; failed: Often[];
}
export interface FlowInsight { run: VersionInsight; steps: StepInsight[] }
export interface RepeatedQuestion { key: string; by: "flow" | "agent"; source: string; count: number; latest_at: Instant }
/** `interactions`: the requests for help that ended in that time. */
export interface RepeatedQuestions { items: RepeatedQuestion[]; total: number; interactions: number }

/** How far one side of a conversation has come: the newest seq that reached it, and that it has read. */
export interface Mark { delivered: number; seen: number; seen_at: Instant | null }
export interface Marks { customer: Mark; agent: Mark }

/* ---- the live connection ---- */

export type ClientFrame =
  | { type: "hello"; token: string; cursors: Record<Uuid, number>; caps: string[] }
  | { type: "send"; cmid: Uuid; conversation_id: Uuid; text?: string; files?: Uuid[] }
  | { type: "got" | "seen"; conversation_id: Uuid; upto: number }
  | { type: "watch"; conversation_id: Uuid; after: number }
  | { type: "unwatch"; conversation_id: Uuid }
  | { type: "sync"; conversation_id: Uuid; after: number }
  | { type: "typing"; conversation_id: Uuid }
  | ({ type: "context" } & ContextChange)
  | { type: "ping" };

/** Where the customer stands in line at `now`. */
export interface Place { interaction_id: Uuid; place: number; wait: Wait | null; nobody_there: boolean; now: Instant }

export type ServerFrame =
  | { type: "welcome"; epoch: Uuid; now: Instant; heads: Record<Uuid, number>; me: Me }
  | ({ type: "event" } & Event)
  | { type: "tail"; conversation_id: Uuid; upto: number }
  | { type: "ack"; cmid: Uuid; conversation_id: Uuid; seq: number; prev: number; at: Instant }
  | ({ type: "marks"; conversation_id: Uuid } & Marks)
  | { type: "refused"; cmid: Uuid; problem: Problem }
  | { type: "me"; me: Me }
  | ({ type: "place" } & Place)
  | ({ type: "team" } & Team)
  | { type: "typing"; conversation_id: Uuid; actor: Actor }
  | ({ type: "context"; conversation_id: Uuid } & ContextChange)
  | { type: "pong" }
  | { type: "goaway"; after_ms: number }
  | { type: "error"; problem: Problem };

/** GET /v1/client-config: what a page must know before anyone has signed in. */
export interface ClientConfig { bank_url?: string; push_url?: string; dispositions?: Disposition[] }
