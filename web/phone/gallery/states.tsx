/** What does every state of the phone look like? All of them on one page, from fixtures, without a server. */
import "../../shared/tokens.css";
import "../../shared/components.css";
import "../phone.css";
import "../run.css";
import "./gallery.css";
import { render } from "preact";
import type { ComponentChildren } from "preact";
import { timelineOf } from "../state/timeline.ts";
import { Call } from "../views/call.tsx";
import type { CallProps } from "../views/call.tsx";
import { CallbackSheet, Planned } from "../views/callback.tsx";
import type { CallbackSheetProps } from "../views/callback.tsx";
import { Chat } from "../views/chat.tsx";
import { ClosingCard } from "../views/closing.tsx";
import type { ChatProps } from "../views/chat.tsx";
import { Flow } from "../views/flow.tsx";
import type { FlowProps } from "../views/flow.tsx";
import { HelpSheet } from "../views/help-sheet.tsx";
import { Home, HomeLoading } from "../views/home.tsx";
import { Incoming } from "../views/incoming.tsx";
import type { HomeProps } from "../views/home.tsx";
import { LaterSheet } from "../views/later.tsx";
import { Note } from "../views/note.tsx";
import { Banner, MiniBar, MiniCall, NotFetched, OfflineBanner } from "../views/parts.tsx";
import { OfferCard, PasskeyList } from "../passkeys.tsx";
import { PreJoin } from "../views/pre-join.tsx";
import type { PreJoinProps } from "../views/pre-join.tsx";
import { Rating } from "../views/rating.tsx";
import { Waiting } from "../views/waiting.tsx";
import agentPicture from "./agent.svg?url";
import customerPicture from "./customer.svg?url";
import signature from "./signature.svg?url";
import * as data from "./fixtures.ts";

const nothing = (): void => undefined;
const never = (): Promise<never> => new Promise(() => undefined);

/** A camera that shows a drawing. */
async function camera(picture: string): Promise<MediaStream> {
  const image = new Image();
  image.src = picture;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [390, 844];
  const draw = (): void => canvas.getContext("2d")!.drawImage(image, 0, 0, 390, 844);
  const stream = canvas.captureStream(5);
  draw();
  setInterval(draw, 200);
  return stream;
}

const home: HomeProps = {
  name: "Maya Okafor", anonymous: false, onSignIn: nothing, now: data.NOW, cards: data.CARDS, flows: data.FLOWS, run: data.RUN_ITEM, unread: 1, unrated: null, trouble: null, callback: null,
  onPasskeys: nothing, onHelp: nothing, onMessages: nothing, onRate: nothing, onResume: nothing, onFlow: nothing,
};
const flow: FlowProps = {
  screen: data.FORM, errors: {}, trouble: null, busy: false, now: data.NOW, handedBackBy: null, helpWait: 35, typed: {},
  files: { send: (file, tell) => { tell(0.42); return file.name.includes("lost") ? Promise.reject(new TypeError("no network")) : new Promise(() => undefined); }, load: async () => (await fetch(agentPicture)).blob() },
  onReopen: nothing, onField: nothing, onAnswer: nothing, onNewCode: nothing, onPasskey: nothing, onLeave: nothing, onCancel: nothing, onHelp: nothing, onTalk: nothing, onDone: nothing,
};
const keys = { trouble: null, busy: false, now: data.NOW, onBack: nothing, onAdd: nothing, onRemove: nothing };
const help = { options: data.HELP, trouble: null, asking: null, now: data.NOW, locale: "en", onAsk: nothing, onCallback: nothing, onClose: nothing };
const waiting = { interaction: data.QUEUED, anonymous: false, now: data.NOW, banner: null, onHome: nothing, onStop: nothing, onWrite: nothing, onNotify: nothing, onCallback: nothing, onRun: nothing };
const planned = { now: data.NOW, onMove: nothing, onCancel: nothing, onAgain: nothing };
const sheet: CallbackSheetProps = { choice: data.HELP.callback!, moving: null, now: data.NOW, busy: false, trouble: null, onTurn: nothing, onTime: nothing, onClose: nothing };
const chat: ChatProps = {
  lines: timelineOf(data.EVENTS, [], data.NOW), interaction: data.LIVE, typing: null, goOn: null, banner: null,
  onBack: nothing, onCall: nothing, onEnd: nothing, onLater: nothing, onResume: null, onAsk: null, onRemove: nothing, onSend: nothing, onTyping: nothing,
  attached: [], onFiles: nothing, onTakeAway: nothing, loadFile: async () => (await fetch(agentPicture)).blob(),
  onEdit: nothing, onDelete: nothing, answering: null, onAnswer: nothing, approvals: { approve: never, sendCode: never, byCode: never, decline: never }, now: data.NOW,
};
const closing = { agent: "Ines Duarte", now: data.NOW + 8 * 60_000 + 17_000, busy: false, onDone: nothing, onNotYet: nothing };
const READ = { delivered: 9, seen: 4, seen_at: data.at(3) };
const rating = { agent: "Ines Duarte", result: "Your card is active", busy: false, trouble: null, onSend: nothing, onSkip: nothing };

/** ?state=call shows one alone, as its own page. */
const only = new URLSearchParams(location.search).get("state");

function State({ id, name, children }: { id: string; name: string; children: ComponentChildren }) {
  if (only !== null && only !== id) return null;
  if (only === id) return <div class="app" id={id}>{children}</div>;
  return <section aria-labelledby={`s-${id}`}><h2 class="gallery__name" id={`s-${id}`}>{name}</h2><div class="app" id={id}>{children}</div></section>;
}

function Gallery({ agent, me }: { agent: MediaStream; me: MediaStream }) {
  const call: CallProps = {
    view: data.callView({}, agent, me), agent: "Ines Duarte", next: null, ms: 134_000, run: { ...data.RUN_ITEM, title: "Activate card", progress: { at: 2, of: 4 } }, unread: 1,
    onMute: nothing, onCamera: nothing, onFlip: nothing, onText: nothing, onVoiceOnly: nothing, onEnd: nothing, onRun: nothing,
  };
  const join: PreJoinProps = {
    agent: "Ines Duarte", me: "Maya Okafor", channel: "video", own: data.OWN, local: me, muted: false, busy: false, trouble: null,
    onMute: nothing, onCamera: nothing, onFlip: nothing, onJoin: nothing, onText: nothing,
  };
  const off = { ...data.OWN, video: false };
  return (
    <div class={only === null ? "gallery" : "gallery gallery--one"}>
      {only === null && <header class="gallery__head"><h1 class="title">Every state of the phone</h1><Themes /></header>}
      <div class="gallery__frames">
        <State id="home" name="Home, something to resume"><Home {...home} /></State>
        <State id="home-anonymous" name="Home, not signed in"><Home {...home} anonymous name="Guest" cards={[]} flows={[]} run={null} unread={0} /></State>
        <State id="home-rate" name="Home, nothing open"><Home {...home} run={null} unread={0} unrated="Ines Duarte" /></State>
        <State id="home-loading" name="Loading"><HomeLoading /></State>
        <State id="home-note" name="Notification, in line"><Note notification={data.NOTE} onOpen={nothing} onClose={nothing} /><MiniBar icon="clock" name="2nd in line" more="About 1 minute" onOpen={nothing} /><Home {...home} /></State>
        <State id="form" name="Form"><Flow {...flow} /></State>
        <State id="several" name="Choice of several"><Flow {...flow} screen={data.SEVERAL} /></State>
        <State id="form-world" name="Form, dates and money"><Flow {...flow} screen={data.WORLD} /></State>
        <State id="form-known" name="Form, filled in"><Flow {...flow} screen={data.FORM_KNOWN} /></State>
        <State id="form-invalid" name="Form, a field refused"><Flow {...flow} errors={{ last4: "This needs 4 digits." }} /></State>
        <State id="form-refused" name="Form, second mismatch"><Flow {...flow} screen={data.REFUSED} /></State>
        <State id="form-busy" name="Form, sending"><Flow {...flow} busy /></State>
        <State id="form-offline" name="Form, not reached"><div class="page__banner"><OfflineBanner online={false} /></div><Flow {...flow} trouble="We couldn’t reach the bank. Your answers are safe; try again in a moment." /></State>
        <State id="choice" name="Choice"><Flow {...flow} screen={data.CHOICE} /></State>
        <State id="choice-detail" name="Choice of items"><Flow {...flow} screen={data.ITEMS} /></State>
        <State id="repeat" name="Several entries"><Flow {...flow} screen={data.TRAVELLERS} typed={{ people: data.PEOPLE }} /></State>
        <State id="repeat-first" name="Several entries, the first"><Flow {...flow} screen={data.TRAVELLERS} /></State>
        <State id="repeat-invalid" name="Several entries, one refused"><Flow {...flow} screen={data.TRAVELLERS} typed={{ people: data.PEOPLE }} errors={{ "people[1].born": "This day is still to come." }} /></State>
        <State id="review" name="Check your answers"><Flow {...flow} screen={data.REVIEW} /></State>
        <State id="review-barrier" name="Check your answers, some were acted upon"><Flow {...flow} screen={data.REVIEW_BARRIER} /></State>
        <State id="timeline" name="What happened and what will"><Flow {...flow} screen={data.TRACK} /></State>
        <State id="wait" name="Waiting for news"><Flow {...flow} screen={data.WAIT} /></State>
        <State id="wait-event" name="Waiting, nobody knows how long"><Flow {...flow} screen={{ ...data.WAIT, until: null }} /></State>
        <State id="address" name="Address"><Flow {...flow} screen={data.ADDRESS} errors={{ "home.postal_code": "Write the postal code in letters and digits." }} /></State>
        <State id="upload" name="Files"><Flow {...flow} screen={data.UPLOAD} /></State>
        <State id="upload-there" name="Files, sent and missing"><Flow {...flow} screen={data.UPLOAD} typed={{ files: data.PROOF }} /></State>
        <State id="signature" name="Signature"><Flow {...flow} screen={data.SIGN} /></State>
        <State id="signature-typed" name="Signature, typed"><Flow {...flow} screen={data.SIGN} typed={{ sign: "Maya Okafor" }} /></State>
        <State id="signature-there" name="Signature, given"><Flow {...flow} screen={data.SIGN} typed={{ sign: [data.PROOF[0]!] }} files={{ ...flow.files, load: async () => (await fetch(signature)).blob() }} /></State>
        <State id="code" name="One-time code"><Flow {...flow} screen={data.CODE} /></State>
        <State id="say" name="Facts"><Flow {...flow} screen={data.SAY} /></State>
        <State id="progress" name="Progress"><Flow {...flow} screen={data.PROGRESS} /></State>
        <State id="with-human" name="With a person"><Flow {...flow} screen={data.WITH_HUMAN} /></State>
        <State id="handoff" name="The flow asks for a person"><Flow {...flow} screen={data.HANDOFF} /></State>
        <State id="passkey" name="Passkey"><Flow {...flow} screen={data.PASSKEY} /></State>
        <State id="passkey-or-code" name="Passkey refused, code sent"><Flow {...flow} screen={data.PASSKEY_OR_CODE} /></State>
        <State id="passkey-offer" name="A passkey is offered"><Flow {...flow} screen={data.SOLVED} offer={<OfferCard trouble={null} busy={false} onAdd={nothing} />} /></State>
        <State id="passkeys" name="Passkeys"><PasskeyList {...keys} found={data.PASSKEYS} /></State>
        <State id="no-passkeys" name="No passkeys"><PasskeyList {...keys} found={{ items: [], can_add: false }} /></State>
        <State id="handed-back" name="Handed back"><Flow {...flow} screen={data.CODE} handedBackBy="Ines" /></State>
        <State id="solved" name="Solved"><Flow {...flow} screen={data.SOLVED} /></State>
        <State id="help" name="Help sheet"><div class="app__fill" inert><Flow {...flow} screen={data.REFUSED} /></div><HelpSheet {...help} /></State>
        <State id="help-loading" name="Help sheet, loading"><div class="app__fill" inert><Home {...home} /></div><HelpSheet {...help} options={null} /></State>
        <State id="help-sign-in" name="Help sheet, only signed in"><div class="app__fill" inert><Home {...home} anonymous name="Guest" cards={[]} flows={[]} run={null} unread={0} /></div><HelpSheet {...help} options={data.SIGN_IN_FIRST} /></State>
        <State id="help-closed" name="Help sheet, closed"><div class="app__fill" inert><Home {...home} /></div><HelpSheet {...help} options={data.CLOSED} /></State>
        <State id="waiting" name="Waiting"><Waiting {...waiting} /></State>
        <State id="offered" name="Waiting, being offered"><Waiting {...waiting} interaction={{ ...data.QUEUED, state: "offered", place: 1 }} /></State>
        <State id="nobody" name="Waiting, nobody is there"><Waiting {...waiting} interaction={{ ...data.QUEUED, place: 1, wait: null, nobody_there: true }} /></State>
        <State id="waiting-offline" name="Waiting, offline"><Waiting {...waiting} banner={<OfflineBanner online={false} />} /></State>
        <State id="waiting-failed" name="Waiting, a tap failed"><Waiting {...waiting} banner={<Banner icon="alert" tone="danger">That didn’t go through. Nothing was changed; try again.</Banner>} /></State>
        <State id="waiting-anonymous" name="Waiting, not signed in"><Waiting {...waiting} anonymous /></State>
        <State id="waiting-passed-on" name="Waiting, passed on"><Waiting {...waiting} interaction={{ ...data.QUEUED, place: 1, passed_on: data.PASSED_ON }} /></State>
        <State id="notified" name="Waiting, will be notified"><Waiting {...waiting} interaction={{ ...data.QUEUED, notify: true }} /></State>
        <State id="called" name="Waiting, will be called"><Waiting {...waiting} interaction={{ ...data.QUEUED, channel: "voice", callback_id: "b1" }} /></State>
        <State id="callback" name="Call me back"><div class="app__fill" inert><Home {...home} /></div><CallbackSheet {...sheet} /></State>
        <State id="callback-closed" name="Call me back, closed now"><div class="app__fill" inert><Home {...home} /></div><CallbackSheet {...sheet} choice={{ ...sheet.choice!, now: false }} trouble="We are closed at that time." /></State>
        <State id="callback-move" name="Another time"><div class="app__fill" inert><Home {...home} /></div><CallbackSheet {...sheet} moving={data.CALLBACK} /></State>
        <State id="home-callback" name="Home, a call is planned"><Home {...home} callback={<Planned {...planned} callback={data.CALLBACK} />} /></State>
        <State id="home-missed" name="Home, a call was missed"><Home {...home} run={null} callback={<Planned {...planned} callback={{ ...data.CALLBACK, state: "missed", tries: 3 }} />} /></State>
        <State id="later" name="Answer later"><div class="app__fill" inert><Chat {...chat} /></div><LaterSheet now={data.NOW} anonymous={false} onPick={nothing} onClose={nothing} /></State>
        <State id="later-anonymous" name="Answer later, not signed in"><div class="app__fill" inert><Chat {...chat} /></div><LaterSheet now={data.NOW} anonymous onPick={nothing} onClose={nothing} /></State>
        <State id="chat-paused" name="Conversation, paused"><Chat {...chat} interaction={{ ...data.LIVE, state: "paused" }} onCall={null} onLater={null} onResume={nothing} /></State>
        <State id="join" name="Pre-join, camera on"><PreJoin {...join} /></State>
        <State id="join-off" name="Pre-join, camera off at first"><PreJoin {...join} own={off} /></State>
        <State id="join-denied" name="Camera not allowed"><PreJoin {...join} own={{ ...off, trouble: { video: "denied" } }} /></State>
        <State id="join-voice" name="Pre-join, voice"><PreJoin {...join} channel="voice" own={off} /></State>
        <State id="join-busy" name="Microphone busy"><PreJoin {...join} own={{ ...off, trouble: { audio: "busy" } }} /></State>
        <State id="incoming" name="The agent calls"><div class="app__fill" inert><Chat {...chat} /></div><Incoming agent="Ines Duarte" video busy={false} trouble={null} onJoin={nothing} onNotNow={nothing} /></State>
        <State id="incoming-failed" name="The agent calls, joining failed"><div class="app__fill" inert><Chat {...chat} /></div><Incoming agent="Ines Duarte" video={false} busy={false} trouble="We couldn’t reach the bank. Your answers are safe; try again in a moment." onJoin={nothing} onNotNow={nothing} /></State>
        <State id="call" name="Video call"><Call {...call} /></State>
        <State id="call-voice" name="Voice call, muted"><Call {...call} unread={0} view={data.callView({ call: data.VOICE, remoteVideo: false, own: { ...off, audio: false }, quality: "weak" }, agent, me)} /></State>
        <State id="call-connecting" name="Call, connecting"><Call {...call} ms={null} unread={0} view={data.callView({ flowing: false, remoteVideo: false, quality: null }, agent, me)} /></State>
        <State id="call-lost" name="Call, reconnecting"><Call {...call} view={data.callView({ call: data.RECOVERING, flowing: false }, agent, me)} /></State>
        <State id="call-passed-on" name="Call, on the way to a colleague"><Call {...call} next="Nadia Amrani" view={data.callView({ call: data.RECOVERING, flowing: false }, agent, me)} /></State>
        <State id="call-mini" name="Call minimised, step in full"><MiniCall name="Ines" ms={185_000} muted={false} onMute={nothing} onOpen={nothing} /><Flow {...flow} /></State>
        <State id="chat" name="Conversation"><Chat {...chat} goOn={{ title: "Go on with Activate card", more: "From step 3 of 4", onGo: nothing }} /></State>
        <State id="chat-offline" name="Conversation, offline"><Chat {...chat} lines={timelineOf(data.EVENTS, data.UNSENT, data.NOW)} banner={<OfflineBanner online={false} />} /></State>
        <State id="chat-rich" name="Conversation, photos and ticks"><Chat {...chat} lines={timelineOf(data.RICH, [], data.NOW + 360_000, READ)} /></State>
        <State id="chat-asked" name="Conversation, questions"><Chat {...chat} lines={timelineOf(data.ASKED, [], data.NOW)} /></State>
        <State id="chat-attaching" name="Conversation, files to send"><Chat {...chat} attached={data.ATTACHED} /></State>
        <State id="chat-typing" name="Conversation, Ines writes"><Chat {...chat} lines={chat.lines.slice(0, 6)} typing="Ines Duarte" /></State>
        <State id="chat-closing" name="Conversation, is everything solved?"><Chat {...chat} interaction={data.ALL_DONE} question={<ClosingCard {...closing} closing={data.ALL_DONE.closing!} />} /></State>
        <State id="chat-silent" name="Conversation, silence"><Chat {...chat} interaction={data.SILENT} question={<ClosingCard {...closing} closing={data.SILENT.closing!} />} /></State>
        <State id="chat-approvals" name="Conversation, approvals"><Chat {...chat} lines={timelineOf(data.APPROVALS, [], data.NOW)} /></State>
        <State id="chat-over" name="Conversation, over"><Chat {...chat} lines={timelineOf(data.EVENTS, data.REFUSED_TEXT, data.NOW)} interaction={{ ...data.LIVE, state: "closed", agent: null }} onCall={null} onEnd={null} onLater={null} onAsk={nothing} /></State>
        <State id="not-fetched" name="A screen that didn’t load"><NotFetched onBack={nothing} onAgain={nothing} /></State>
        <State id="chat-empty" name="Conversation, empty"><Chat {...chat} lines={[]} interaction={null} onCall={null} onEnd={null} onLater={null} onAsk={nothing} /></State>
        <State id="chat-two" name="Conversation, a specialist joined"><Chat {...chat} lines={timelineOf([...data.EVENTS, ...data.SPECIALIST], [], data.NOW)} interaction={data.WITH_SPECIALIST} /></State>
        <State id="rating" name="Rating"><Rating {...rating} /></State>
      </div>
    </div>
  );
}

function Themes() {
  const choose = (theme: string): void => { theme ? document.documentElement.setAttribute("data-theme", theme) : document.documentElement.removeAttribute("data-theme"); };
  return (
    <fieldset class="gallery__choices">
      <legend class="sr-only">Theme</legend>
      {["", "light", "dark"].map((theme) => <button key={theme} type="button" class="chip chip--touch" onClick={() => choose(theme)}>{theme || "System"}</button>)}
    </fieldset>
  );
}

const [agent, me] = await Promise.all([camera(agentPicture), camera(customerPicture)]);
render(<Gallery agent={agent} me={me} />, document.getElementById("states")!);
