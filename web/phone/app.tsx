/** Which screen is shown? The address says where the customer is, the `me` snapshot what is going on. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { clock, direction, firstName, ordinal, waitSentence } from "../shared/format.ts";
import { Sound } from "../shared/media.tsx";
import type { Callback, FlowSummary, HelpOptions, Interaction, NotificationDetail } from "../sdk/types.ts";
import { Actions } from "./state/actions.ts";
import { cards as cardsOf, inputsOf } from "./state/bank.ts";
import type { Card } from "./state/bank.ts";
import type { Client } from "./state/client.ts";
import { joinedBefore, lastJoined, rememberJoined, type Joined } from "./state/joined.ts";
import { helpPath } from "./state/help.ts";
import { wasPassedOn } from "./state/log.ts";
import { Part, whenIdle } from "../shared/part.ts";
import { receivePush } from "./state/push.ts";
import { useCallClock, useUnread } from "./state/reading.ts";
import { go, hashOf, route, routeOfLink } from "./state/route.ts";
import { asked, isOpen, isOver, unratedBy, withAgent } from "./state/standing.ts";
import { useLasting, useNow } from "./state/use.ts";
import { sentence } from "./state/words.ts";
import type { RunProps } from "./run.tsx";
import type { TalkProps } from "./talk.tsx";
import { CallbackSheet, Planned } from "./views/callback.tsx";
import { closingTitle } from "./views/closing.tsx";
import { HelpSheet } from "./views/help-sheet.tsx";
import { Home, HomeLoading } from "./views/home.tsx";
import { Incoming } from "./views/incoming.tsx";
import { Note } from "./views/note.tsx";
import { MiniBar, MiniCall, NotFetched, OfflineBanner } from "./views/parts.tsx";

interface Props { client: Client; actions: Actions }

const talk = new Part(() => import("./talk.tsx"));
const runs = new Part(() => import("./run.tsx"));
if (route.value.page === "run") void runs.load(); // a link led here: it is needed at once
const passkeys = new Part(() => import("./passkeys.tsx"));

const plannedFor = (client: Client): Callback | null => client.me.value?.callbacks?.find(({ state }) => state === "scheduled") ?? null;

export function App({ client }: { client: Client }) {
  const actions = useMemo(() => new Actions(client), [client]);
  const { me, callView } = client;
  useEffect(() => void (client.place.anonymous || receivePush(client.place, client.api, (arrived) => { actions.note.value = arrived; }).catch(() => undefined)), [client]);
  const at = hashOf(route.value);
  useEffect(() => { actions.trouble.value = null; }, [at]); // it was said where it was asked for
  useEffect(() => whenIdle(() => void runs.load().then(() => talk.load())), []);
  useRejoin(client);
  useRatingAfterwards(client);
  if (me.value === null) return <div class="app"><HomeLoading /></div>;
  const { joined, remote } = callView.value;
  return (
    <div class="app" dir={direction(me.value.customer.language ?? "en")} data-testid="app" data-page={route.value.page}>
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
  if (at.page === "rate" && unratedBy(client.me.value!.interaction, actions.skipped.value) === null) return <HomePage client={client} actions={actions} />;
  switch (at.page) {
    case "home": return <HomePage client={client} actions={actions} />;
    case "run": return <RunLater key={at.id} client={client} id={at.id} actions={actions} onHelp={() => helpFrom(client, at.id)} />;
    case "help": return <HelpPage client={client} actions={actions} run={at.run} />;
    case "callback": return <CallbackPage client={client} actions={actions} run={at.run} />;
    case "passkeys": return <PasskeysLater client={client} />;
    default: return <TalkLater client={client} actions={actions} at={at} onHelp={() => helpFrom(client, null)} />;
  }
}

/** Once it is here, which is before most customers need it. */
function TalkLater(props: TalkProps) {
  useEffect(() => void talk.load(), []);
  const part = talk.module.value;
  if (part) return <part.Talk {...props} />;
  if (!talk.failed.value) return <HomeLoading />;
  return <NotFetched onBack={() => go({ page: "home" })} onAgain={() => void talk.again(() => location.reload())} />;
}

function PasskeysLater({ client, offer = false }: { client: Client; offer?: boolean }) {
  useEffect(() => void passkeys.load(), []);
  const part = passkeys.module.value;
  if (part) return offer ? <part.Offer api={client.api} /> : <part.PasskeysPage api={client.api} onBack={() => go({ page: "home" })} />;
  if (offer) return null;
  return passkeys.failed.value ? <NotFetched onBack={() => go({ page: "home" })} onAgain={() => void passkeys.again(() => location.reload())} /> : <HomeLoading />;
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
  return <Incoming agent={interaction.agent?.name ?? "Agent"} video={call.video} busy={actions.busy.value === "join"} trouble={actions.trouble.value} onJoin={join} onNotNow={() => void actions.notNow(call.id)} />;
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
      onPasskeys={client.passkeys ? () => go({ page: "passkeys" }) : null} onHelp={() => helpFrom(client, null)} onMessages={() => go({ page: "chat" })} onRate={() => go({ page: "rate" })}
      onResume={(run) => go({ page: "run", id: run.id })} onFlow={start} />
  );
}

/** Whoever already talks to somebody, or waits for it, is led there. */
function helpFrom(client: Client, run: string | null): void {
  const { interaction } = client.me.value!;
  client.recorder.track("help");
  go(asked(interaction) || withAgent(interaction) ? { page: "talk" } : { page: "help", run });
}

/** Once it is here, which is before most customers have tapped on anything. */
function RunLater(props: RunProps) {
  useEffect(() => void runs.load(), []);
  const part = runs.module.value;
  if (part) return <part.RunPage {...props} offer={props.client.passkeys && <PasskeysLater client={props.client} offer />} />;
  if (!runs.failed.value) return <div class="app__fill"><HomeLoading /></div>;
  return <NotFetched onBack={() => go({ page: "home" })} onAgain={() => void runs.again(() => location.reload())} />;
}

/** What asking would mean, looked at again every 15 s. */
function useHelpOptions(client: Client, run: string | null): { options: HelpOptions | null; trouble: string | null } {
  const [options, setOptions] = useState<HelpOptions | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  useEffect(() => {
    const look = (): Promise<void> => client.api.get<HelpOptions>(helpPath(run)).then((seen) => { setOptions(seen); setTrouble(null); }, (error: unknown) => setTrouble(sentence(error)));
    void look();
    const timer = setInterval(() => void look(), 15_000);
    return () => clearInterval(timer);
  }, [client, run]);
  return { options, trouble };
}

/** What a sheet lies over. */
function Under({ client, actions, run }: Props & { run: string | null }) {
  return run ? <RunLater client={client} actions={actions} id={run} onHelp={() => undefined} inert /> : <div class="app__fill" inert><HomePage client={client} actions={actions} /></div>;
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
  const rejoined = useRef<string | null>(null);
  useEffect(() => {
    if (!call || rejoined.current === call.id || call.state === "ended" || client.callView.value.joined) return;
    const before = joinedBefore(call.id) ?? passedOn(client, call.id);
    if (!before) return;
    rejoined.current = call.id;
    void client.call.join({ audio: before.audio, video: before.video });
  }, [call?.id, call?.state === "ended", client.events.value.length]); // that it was passed on may be told after the snapshot
}

/** When the conversation ends under the customer's eyes and nothing is left to do alone, ask how it was. */
function useRatingAfterwards(client: Client): void {
  const interaction = client.me.value?.interaction ?? null;
  const over = isOver(interaction);
  const [live, setLive] = useState<string | null>(null);
  useEffect(() => {
    if (withAgent(interaction)) return setLive(interaction!.id);
    if (!over || live !== interaction!.id) return;
    setLive(null);
    const left = client.me.value!.runs.some((run) => run.id === interaction!.run_id && isOpen(run.status));
    if (!left && ["talk", "chat", "join"].includes(route.value.page)) go({ page: "rate" }, "replace");
  }, [interaction?.id, interaction?.state]);
}
