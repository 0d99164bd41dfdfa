/** Which screen is shown? The address says where the customer is, the `me` snapshot what is going on. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { clock, firstName, ordinal, waitSentence } from "../shared/format.ts";
import { Sound } from "../shared/media.tsx";
import type { Callback, FlowSummary, HelpOptions, Interaction, NotificationDetail } from "../sdk/types.ts";
import { Actions } from "./state/actions.ts";
import { cards as cardsOf, inputsOf } from "./state/bank.ts";
import type { Card } from "./state/bank.ts";
import type { Client } from "./state/client.ts";
import { joinedBefore, lastJoined, rememberJoined, type Joined } from "./state/joined.ts";
import { receivePush } from "./state/push.ts";
import { go, hashOf, route, routeOfLink } from "./state/route.ts";
import { RunModel } from "./state/run.ts";
import { connectedAt, connectingTo, handedBack, timelineOf, unreadCount, wasPassedOn } from "./state/timeline.ts";
import { useLasting, useNow } from "./state/use.ts";
import { sentence } from "./state/words.ts";
import { Call } from "./views/call.tsx";
import { CallbackSheet, Planned } from "./views/callback.tsx";
import { Chat } from "./views/chat.tsx";
import { ClosingCard, closingTitle } from "./views/closing.tsx";
import { Flow } from "./views/flow.tsx";
import { HelpSheet } from "./views/help-sheet.tsx";
import { Home, HomeLoading } from "./views/home.tsx";
import { LaterSheet } from "./views/later.tsx";
import { Note } from "./views/note.tsx";
import { Banner, MiniBar, MiniCall, OfflineBanner } from "./views/parts.tsx";
import { Incoming, PreJoin } from "./views/pre-join.tsx";
import { Rating } from "./views/rating.tsx";
import { Waiting } from "./views/waiting.tsx";

interface Props { client: Client; actions: Actions }

const asked = (i: Interaction | null): boolean => i?.state === "queued" || i?.state === "offered";
const withAgent = (i: Interaction | null): boolean => i?.state === "live" || i?.state === "paused";
const plannedFor = (client: Client): Callback | null => client.me.value?.callbacks?.find(({ state }) => state === "scheduled") ?? null;

export function App({ client }: { client: Client }) {
  const actions = useMemo(() => new Actions(client), [client]);
  const { me, callView } = client;
  useEffect(() => void (client.place.anonymous || receivePush(client.place, client.api, (arrived) => { actions.note.value = arrived; }).catch(() => undefined)), [client]);
  useRejoin(client);
  useRatingAfterwards(client);
  if (me.value === null) return <div class="app"><HomeLoading /></div>;
  const { joined, remote } = callView.value;
  return (
    <div class="app" data-testid="app" data-page={route.value.page}>
      <Top client={client} actions={actions} />
      <Page client={client} actions={actions} />
      <IncomingCall client={client} actions={actions} />
      <Notification actions={actions} />
      {joined && <Sound stream={remote} testId="remote-audio" />}
    </div>
  );
}

function Page({ client, actions }: Props) {
  const at = route.value;
  switch (at.page) {
    case "home": return <HomePage client={client} actions={actions} />;
    case "run": return <RunPage key={at.id} client={client} id={at.id} actions={actions} />;
    case "help": return <HelpPage client={client} actions={actions} run={at.run} />;
    case "callback": return <CallbackPage client={client} actions={actions} run={at.run} />;
    case "talk": return <TalkPage client={client} actions={actions} />;
    case "chat": return <ChatPage client={client} actions={actions} />;
    case "join": return <JoinPage client={client} actions={actions} channel={at.channel} />;
    case "rate": return <RatePage client={client} actions={actions} />;
  }
}

/* ---- what lies over every page ---- */

/** The call, or the place in line, as a bar; and that we are offline, where no conversation says so. */
function Top({ client, actions }: Props) {
  const { page } = route.value;
  const { joined } = client.callView.value;
  const { interaction } = client.me.value!;
  const offline = useLasting(client.link.value === "down", 1_500);
  const inTalk = page === "talk" || page === "join";
  return (
    <>
      {joined && !inTalk && interaction && <TalkingBar client={client} actions={actions} agent={interaction.agent?.name ?? "Agent"} />}
      {!joined && !inTalk && interaction && asked(interaction) && (
        <MiniBar icon={interaction.callback_id ? "callback" : "clock"} name={interaction.place ? `${ordinal(interaction.place)} in line` : "You’re in line"} more={interaction.callback_id ? "We call you when it’s your turn" : lineWords(interaction)} onOpen={() => go({ page: "talk" })} />
      )}
      {!joined && !inTalk && page !== "chat" && interaction?.state === "paused" && plannedFor(client)?.interaction_id !== interaction.id && (
        <MiniBar icon="hold" name="Paused" more="Write when you’re ready" onOpen={() => go({ page: "chat" })} />
      )}
      {!inTalk && page !== "chat" && interaction?.closing && (
        <MiniBar icon="clock" name={closingTitle(interaction.closing)} more={`Closes at ${clock(interaction.closing.until)} without an answer`} onOpen={() => go({ page: "talk" })} />
      )}
      {!joined && !inTalk && page !== "chat" && interaction?.state === "live" && !interaction.closing && (
        <MiniBar icon="people" name={`${firstName(interaction.agent?.name ?? "Someone")} is here`} more="Open your messages" onOpen={() => go({ page: "talk" })} />
      )}
      {offline && page !== "chat" && page !== "talk" && <div class="page__banner"><OfflineBanner online={navigator.onLine} /></div>}
    </>
  );
}

function lineWords({ wait, nobody_there, notify }: Interaction): string {
  if (nobody_there) return "Nobody is here right now; your place is kept";
  if (notify) return "We notify you";
  return wait ? waitSentence(wait.p50_s) : "Your place is kept";
}

function TalkingBar({ client, actions, agent }: Props & { agent: string }) {
  const ms = useCallClock(client);
  const { own } = client.callView.value;
  return <MiniCall name={firstName(agent)} ms={ms} muted={!own.audio} onMute={() => void actions.mute()} onOpen={() => go({ page: "talk" })} />;
}

function IncomingCall({ client, actions }: Props) {
  const { call, interaction } = client.me.value!;
  const { joined } = client.callView.value;
  if (!call || !interaction || joined || call.state === "ended" || call.started_by !== "agent") return null;
  if (route.value.page === "join" || joinedBefore(call.id)) return null;
  const join = (): void => void actions.join(interaction, call.video ? "video" : "voice");
  return <Incoming agent={interaction.agent?.name ?? "Agent"} video={call.video} busy={actions.busy.value === "join"} onJoin={join} onNotNow={() => void actions.notNow(call.id)} />;
}

/** A phone's own banner stays about so long; what it says is also in the messages. */
const NOTIFICATION_MS = 10_000;

function Notification({ actions }: { actions: Actions }) {
  const notification = actions.note.value;
  return notification && <Arrived key={notification.id} notification={notification} actions={actions} />;
}

function Arrived({ notification, actions }: { notification: NotificationDetail; actions: Actions }) {
  const close = (): void => { actions.note.value = null; };
  const stale = hashOf(routeOfLink(notification.link)) === hashOf(route.value);
  useEffect(() => {
    const timer = setTimeout(close, stale ? 0 : NOTIFICATION_MS);
    return () => clearTimeout(timer);
  }, [notification.id, stale]);
  return <Note notification={notification} onClose={close} onOpen={() => { close(); go(routeOfLink(notification.link)); }} />;
}

/* ---- the pages ---- */

function HomePage({ client, actions }: Props) {
  const { me, place, api } = client;
  const [cards, setCards] = useState<Card[] | null>(null);
  const [flows, setFlows] = useState<FlowSummary[] | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const now = useNow(client.serverNow, 30_000);
  useEffect(() => {
    client.recorder.screen("home");
    if (place.anonymous) setCards([]);
    else cardsOf(place.bank, place.customer).then(setCards, () => setCards([]));
    api.get<{ items: FlowSummary[] }>("/v1/flows").then(({ items }) => setFlows(items), (error: unknown) => setTrouble(sentence(error)));
  }, [client]);
  const { runs, interaction } = me.value!;
  const shown = me.value!.callbacks?.find(({ state }) => state === "scheduled" || state === "missed");
  const start = (flow: string, card?: Card): void => void actions.startRun(flow, card ? { card_id: card.id } : inputsOf(flow, cards ?? []));
  return (
    <Home name={client.name} anonymous={place.anonymous} now={now} cards={cards} flows={flows} run={runs.find((run) => isOpen(run.status)) ?? null}
      unread={useUnread(client)} unrated={unratedBy(interaction, actions.skipped.value)} trouble={actions.trouble.value ?? trouble}
      onSignIn={() => { location.search = ""; }}
      callback={shown && <Planned callback={shown} now={now} onMove={() => go({ page: "callback", run: null })} onCancel={() => void actions.cancelCallback(shown)} onAgain={() => void actions.callAgain(shown)} />}
      onHelp={() => helpFrom(client, null)} onMessages={() => go({ page: "chat" })} onRate={() => go({ page: "rate" })}
      onResume={(run) => go({ page: "run", id: run.id })} onFlow={start} />
  );
}

const isOpen = (status: string): boolean => status === "active" || status === "waiting" || status === "with_human";

/** Whoever already talks to somebody, or waits for it, is led there. */
function helpFrom(client: Client, run: string | null): void {
  const { interaction } = client.me.value!;
  client.recorder.track("help");
  go(asked(interaction) || withAgent(interaction) ? { page: "talk" } : { page: "help", run });
}

function RunPage({ client, actions, id, inert = false }: Props & { id: string; inert?: boolean }) {
  const run = useMemo(() => new RunModel(client.api, client.recorder, id), [client, id]);
  const { me, events } = client;
  const now = useNow(client.serverNow, 5_000);
  const summary = me.value!.runs.find((item) => item.id === id);
  const changed = `${summary?.status} ${summary?.updated_at} ${events.value.findLast((e) => (e.body as { run_id?: string }).run_id === id)?.seq}`;
  useEffect(() => void run.load(), [run, changed]);
  const screen = run.screen.value;
  useEffect(() => {
    if (screen?.kind !== "progress") return;
    const timer = setInterval(() => void run.load(), 2_000);
    return () => clearInterval(timer);
  }, [screen?.kind]);
  const helpWait = useHelpWait(client, id, screen?.nudge ?? false);
  if (!screen) return <div class="app__fill">{run.trouble.value ? <div class="page__banner"><Banner icon="alert" tone="danger">{run.trouble.value}</Banner></div> : <HomeLoading />}</div>;
  const { interaction } = me.value!;
  const back = handedBack(id, events.value) && interaction?.agent ? firstName(interaction.agent.name) : null;
  return (
    <div class="app__fill" inert={inert}>
      <Flow screen={screen} errors={run.errors.value} trouble={run.trouble.value} busy={run.busy.value} now={now} handedBackBy={back} helpWait={helpWait}
        onField={(field, value) => client.recorder.field(field, value)}
        onAnswer={(values) => { client.recorder.track("answered", { screen: screen.title }); void run.answer(values); }}
        onNewCode={() => void run.newCode()} onCancel={() => void run.cancel()} onLeave={() => go({ page: "home" })}
        onHelp={() => helpFrom(client, id)} onTalk={() => go({ page: "talk" })}
        onDone={() => go(unratedBy(interaction, actions.skipped.value) ? { page: "rate" } : { page: "home" }, "replace")} />
    </div>
  );
}

/** What asking would mean, looked at again every 15 s. */
function useHelpOptions(client: Client, run: string | null): { options: HelpOptions | null; trouble: string | null } {
  const [options, setOptions] = useState<HelpOptions | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  useEffect(() => {
    const look = (): Promise<void> => client.api.get<HelpOptions>(helpPath(run)).then(setOptions, (error: unknown) => setTrouble(sentence(error)));
    void look();
    const timer = setInterval(() => void look(), 15_000);
    return () => clearInterval(timer);
  }, [client, run]);
  return { options, trouble };
}

/** What a sheet lies over. */
function Under({ client, actions, run }: Props & { run: string | null }) {
  return run ? <RunPage client={client} actions={actions} id={run} inert /> : <div class="app__fill" inert><HomePage client={client} actions={actions} /></div>;
}

function CallbackPage({ client, actions, run }: Props & { run: string | null }) {
  const { interaction } = client.me.value!;
  const about = asked(interaction) ? interaction!.run_id : run;
  const { options, trouble } = useHelpOptions(client, about);
  const now = useNow(client.serverNow, 30_000);
  const moving = plannedFor(client);
  const close = (): void => go(asked(interaction) ? { page: "talk" } : run ? { page: "run", id: run } : { page: "home" }, "replace");
  return (
    <>
      <Under client={client} actions={actions} run={about} />
      <CallbackSheet choice={options?.callback ?? null} moving={moving} now={now} busy={actions.busy.value === "call-me"} trouble={actions.trouble.value ?? trouble} onClose={close}
        onTurn={() => void actions.callMe(null, about)} onTime={(at) => void (moving ? actions.moveCallback(moving, at) : actions.callMe(at, about))} />
    </>
  );
}

function HelpPage({ client, actions, run }: Props & { run: string | null }) {
  const { options, trouble } = useHelpOptions(client, run);
  const now = useNow(client.serverNow, 30_000);
  const close = (): void => go(run ? { page: "run", id: run } : { page: "home" }, "replace");
  const callback = (share: boolean): void => { actions.shares.value = share; go({ page: "callback", run }, "replace"); };
  const asking = actions.busy.value?.startsWith("channel-") ? (actions.busy.value.slice(8) as "text") : null;
  return (
    <>
      <Under client={client} actions={actions} run={run} />
      <HelpSheet options={options} trouble={actions.trouble.value ?? trouble} asking={asking} now={now} locale={client.me.value!.customer.language ?? "en"} onClose={close} onCallback={callback} onAsk={(channel, share) => void actions.ask(channel, run, share)} />
    </>
  );
}

const helpPath = (run: string | null): string => `/v1/help${run ? `?run_id=${run}` : ""}`;

/** Waiting, joining, the call or the conversation: whatever the interaction is at. */
function TalkPage(props: Props) {
  const { client, actions } = props;
  const { interaction, call } = client.me.value!;
  if (client.callView.value.joined && interaction) return <CallPage {...props} interaction={interaction} />;
  if (interaction && asked(interaction)) return <WaitingPage {...props} interaction={interaction} />;
  const open = call !== null && call.state !== "ended";
  const wantsCall = withAgent(interaction) && interaction!.channel !== "text" && !(open && call.started_by === "agent");
  if (wantsCall && actions.keptToText.value !== interaction!.id && !(open && joinedBefore(call.id))) {
    return <JoinPage {...props} channel={interaction!.channel === "voice" ? "voice" : "video"} />;
  }
  return <ChatPage {...props} />;
}

function WaitingPage({ client, actions, interaction }: Props & { interaction: Interaction }) {
  const now = useNow(client.serverNow, 30_000);
  const { run_id } = interaction;
  return (
    <Waiting interaction={interaction} anonymous={client.place.anonymous} now={now} onHome={() => go({ page: "home" })} onStop={() => void actions.stopWaiting(interaction)}
      onWrite={() => void actions.leaveMessage(interaction)} onNotify={() => void actions.notifyMe(interaction)} onCallback={() => go({ page: "callback", run: run_id })}
      onRun={run_id ? () => go({ page: "run", id: run_id }) : null} />
  );
}

function JoinPage({ client, actions, channel }: Props & { channel: "voice" | "video" }) {
  const { interaction } = client.me.value!;
  const { own, local, joined } = client.callView.value;
  if (!interaction || !withAgent(interaction) || joined) return <TalkPage client={client} actions={actions} />;
  const { media } = client.call;
  return (
    <PreJoin agent={interaction.agent?.name ?? "Agent"} me={client.name} channel={channel} own={own} local={local} muted={actions.muted.value}
      busy={actions.busy.value === "join"} trouble={actions.trouble.value}
      onMute={() => { actions.muted.value = !actions.muted.value; }} onCamera={() => void media.video(!own.video)} onFlip={() => void media.flip()}
      onJoin={(chosen) => void actions.join(interaction, chosen)} onText={() => actions.keepToText(interaction)} />
  );
}

function CallPage({ client, actions, interaction }: Props & { interaction: Interaction }) {
  const ms = useCallClock(client);
  const run = client.me.value!.runs.find((item) => item.id === interaction.run_id) ?? null;
  return (
    <Call view={client.callView.value} agent={interaction.agent?.name ?? "Agent"} next={connectingTo(interaction, client.me.value!.call, client.events.value)} ms={ms} run={run} unread={useUnread(client)}
      onMute={() => void actions.mute()} onCamera={() => void actions.camera(interaction)} onFlip={() => void client.call.flip()}
      onText={() => go({ page: "chat" })} onVoiceOnly={() => void actions.voiceOnly(interaction)} onEnd={() => void actions.endCall()}
      onRun={() => run && go({ page: "run", id: run.id })} />
  );
}

function ChatPage({ client, actions }: Props) {
  const { me, events, unsent, typer, link, conversationId, live, marks, attachments, attached, api } = client;
  const { interaction, runs } = me.value!;
  const now = useNow(client.serverNow, 60_000);
  const offline = useLasting(link.value === "down", 1_500);
  useEffect(() => { client.recorder.screen("conversation"); }, []);
  useEffect(() => markSeen(client), [events.value]);
  useEffect(() => {
    const look = (): void => { if (document.visibilityState === "visible") live.seen(conversationId, live.cursor(conversationId)); };
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [events.value]);
  const lines = useMemo(() => timelineOf(events.value, unsent.value, now, marks.value?.agent ?? null), [events.value, unsent.value, marks.value, now]);
  const answering = actions.busy.value?.startsWith("answer-") ? Number(actions.busy.value.slice(7)) : null;
  const back = runs.find((run) => run.status === "active" && handedBack(run.id, events.value));
  const goOn = back ? { title: `Go on with ${back.title}`, more: back.progress ? `From step ${back.progress.at} of ${back.progress.of}` : back.step_title, onGo: () => go({ page: "run", id: back.id }) } : null;
  const { joined } = client.callView.value;
  const [choosing, setChoosing] = useState(false);
  const here = interaction?.state === "live" && !joined;
  const paused = interaction?.state === "paused";
  const send = (text: string): void => {
    void live.send(conversationId, text, attachments.take());
    if (paused) go({ page: "chat" }, "replace"); // what was written stays in sight while they wait again
  };
  const end = here ? actions.endInteraction : paused ? actions.stopWaiting : null;
  return (
    <>
      <Chat lines={lines} interaction={interaction} typing={typer.value?.kind === "agent" ? typer.value.name ?? "Someone" : null} goOn={goOn}
        banner={offline ? <OfflineBanner online={navigator.onLine} /> : actions.trouble.value ? <Banner icon="alert" tone="danger">{actions.trouble.value}</Banner> : null}
        question={interaction?.closing && <Question client={client} actions={actions} interaction={interaction} />}
        onBack={() => go(joined ? { page: "talk" } : { page: "home" })} onSend={send} onTyping={() => live.typing(conversationId)}
        attached={attached.value} onFiles={(files) => attachments.add(files)} onTakeAway={(key) => attachments.remove(key)} loadFile={(id) => api.blob(`/v1/files/${id}`)}
        onEdit={(seq, text) => void actions.editMessage(seq, text)} onDelete={(seq) => void actions.deleteMessage(seq)}
        answering={answering} onAnswer={(seq, value) => void actions.answer(seq, value)}
        onCall={here ? (channel) => go({ page: "join", channel }) : null} onEnd={end && (() => void end.call(actions, interaction!))}
        onLater={here ? () => setChoosing(true) : null} onResume={paused ? () => void actions.resume(interaction!) : null} />
      {choosing && here && <LaterSheet now={now} onClose={() => setChoosing(false)} onPick={(at) => { setChoosing(false); void actions.pause(interaction!, at); }} />}
    </>
  );
}

/** Ends when the customer says so, and is counted down by the server's clock. */
function Question({ client, actions, interaction }: Props & { interaction: Interaction }) {
  const now = useNow(client.serverNow, 1_000);
  const busy = actions.busy.value === "end" || actions.busy.value === "keep-open";
  return interaction.closing && (
    <ClosingCard closing={interaction.closing} agent={interaction.agent?.name ?? "Someone"} now={now} busy={busy}
      onDone={() => void actions.endInteraction(interaction)} onNotYet={() => void actions.keepOpen(interaction)} />
  );
}

function RatePage({ client, actions }: Props) {
  const { interaction } = client.me.value!;
  const agent = unratedBy(interaction, actions.skipped.value);
  if (!interaction || agent === null) return <HomePage client={client} actions={actions} />;
  const solved = client.events.value.findLast((e) => e.kind === "flow.ended" && e.body.run_id === interaction.run_id);
  const result = solved?.kind === "flow.ended" ? `${solved.body.title}: done` : "Your conversation has ended";
  return (
    <Rating agent={agent} result={result} busy={actions.busy.value === "rate"} trouble={actions.trouble.value}
      onSend={(score, text) => void actions.rate(interaction, score, text)} onSkip={() => actions.skipRating(interaction)} />
  );
}

/* ---- what pages ask about the conversation ---- */

/** Who helped and has not been rated; null when there is nothing to rate. */
function unratedBy(interaction: Interaction | null, skipped: string | null): string | null {
  const over = interaction?.state === "wrap_up" || interaction?.state === "closed";
  return over && interaction.agent && interaction.rating === null && skipped !== interaction.id ? interaction.agent.name : null;
}

const seenKey = (client: Client): string => `warmline.seen.${client.conversationId}`;

function markSeen(client: Client): void {
  localStorage.setItem(seenKey(client), String(client.events.value.at(-1)?.seq ?? 0));
}

const useUnread = (client: Client): number => unreadCount(client.events.value, Number(localStorage.getItem(seenKey(client)) ?? 0));

/** Milliseconds since media began to run in this call; null before. */
function useCallClock(client: Client): number | null {
  const now = useNow(client.serverNow, 1_000);
  const { call, flowing } = client.callView.value;
  const [first, setFirst] = useState<number | null>(null);
  useEffect(() => { if (flowing && first === null) setFirst(now); }, [flowing]);
  if (!call) return null;
  const at = connectedAt(call.id, client.events.value);
  return at !== null ? now - Date.parse(at) : first === null ? null : now - first;
}

/** How long one would wait for a person, asked once when the nudge appears. */
function useHelpWait(client: Client, run: string, wanted: boolean): number | null {
  const [seconds, setSeconds] = useState<number | null>(null);
  useEffect(() => {
    if (!wanted) return;
    client.api.get<HelpOptions>(helpPath(run)).then(({ channels }) => setSeconds(shortest(channels)), () => undefined);
  }, [wanted, run]);
  return seconds;
}

function shortest(channels: HelpOptions["channels"]): number | null {
  const waits = channels.flatMap(({ wait_p50_s }) => (wait_p50_s === null ? [] : [wait_p50_s]));
  return waits.length > 0 ? Math.min(...waits) : null;
}

/** The call of whoever takes over from the last one is the same conversation: no second "Join". */
function passedOn(client: Client, call: string): Joined | null {
  const last = lastJoined();
  if (!last || !wasPassedOn(last.call, client.events.value)) return null;
  const next = { ...last, call };
  rememberJoined(next);
  return next;
}

/** A page that was in the call before its reload, or before a transfer, goes back into it, as it was. */
function useRejoin(client: Client): void {
  const call = client.me.value?.call ?? null;
  useEffect(() => {
    if (!call || call.state === "ended" || client.callView.value.joined) return;
    const before = joinedBefore(call.id) ?? passedOn(client, call.id);
    if (before) void client.call.join({ audio: before.audio, video: before.video });
  }, [call?.id, call?.state === "ended"]);
}

/** When the conversation ends under the customer's eyes and nothing is left to do alone, ask how it was. */
function useRatingAfterwards(client: Client): void {
  const interaction = client.me.value?.interaction ?? null;
  const over = interaction?.state === "wrap_up" || interaction?.state === "closed";
  const [live, setLive] = useState<string | null>(null);
  useEffect(() => {
    if (withAgent(interaction)) return setLive(interaction!.id);
    if (!over || live !== interaction!.id) return;
    setLive(null);
    const left = client.me.value!.runs.some((run) => run.id === interaction!.run_id && isOpen(run.status));
    if (!left && ["talk", "chat", "join"].includes(route.value.page)) go({ page: "rate" }, "replace");
  }, [interaction?.id, interaction?.state]);
}
