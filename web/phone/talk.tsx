/** Which screen belongs to talking with a person? Fetched on its own: the first screen needs none of it. */
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Interaction } from "../sdk/types.ts";
import { approvalsOf } from "./state/approvals.ts";
import type { Actions } from "./state/actions.ts";
import type { Client } from "./state/client.ts";
import { joinedBefore } from "./state/joined.ts";
import { connectingTo, handedBack } from "./state/log.ts";
import { markSeen, useCallClock, useUnread } from "./state/reading.ts";
import { go } from "./state/route.ts";
import type { Route } from "./state/route.ts";
import { asked, mayWrite, unratedBy, withAgent } from "./state/standing.ts";
import { timelineOf } from "./state/timeline.ts";
import { useLasting, useNow } from "./state/use.ts";
import { Call } from "./views/call.tsx";
import { Chat } from "./views/chat.tsx";
import { ClosingCard } from "./views/closing.tsx";
import { LaterSheet } from "./views/later.tsx";
import { Banner, OfflineBanner } from "./views/parts.tsx";
import { PreJoin } from "./views/pre-join.tsx";
import { Rating } from "./views/rating.tsx";
import { Waiting } from "./views/waiting.tsx";

interface Props { client: Client; actions: Actions; onHelp: () => void }
export interface TalkProps extends Props { at: Extract<Route, { page: "talk" | "chat" | "join" | "rate" }> }

export function Talk({ at, ...props }: TalkProps) {
  switch (at.page) {
    case "talk": return <TalkPage {...props} />;
    case "chat": return <ChatPage {...props} />;
    case "join": return <JoinPage {...props} channel={at.channel} />;
    case "rate": return <RatePage {...props} />;
  }
}

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

/** That we are offline, or that the last tap did not go through. */
function Wrong({ client, actions }: Pick<Props, "client" | "actions">) {
  const offline = useLasting(client.link.value === "down", 1_500);
  if (offline) return <OfflineBanner online={navigator.onLine} />;
  return actions.trouble.value && <Banner icon="alert" tone="danger">{actions.trouble.value}</Banner>;
}

function WaitingPage({ client, actions, interaction }: Props & { interaction: Interaction }) {
  const now = useNow(client.serverNow, 30_000);
  const { run_id } = interaction;
  return (
    <Waiting interaction={interaction} anonymous={client.place.anonymous} now={now} banner={<Wrong client={client} actions={actions} />} onHome={() => go({ page: "home" })} onStop={() => void actions.stopWaiting(interaction)}
      onWrite={() => void actions.leaveMessage(interaction)} onNotify={() => void actions.notifyMe(interaction)} onCallback={() => go({ page: "callback", run: run_id })}
      onRun={run_id ? () => go({ page: "run", id: run_id }) : null} />
  );
}

function JoinPage({ channel, ...props }: Props & { channel: "voice" | "video" }) {
  const { client, actions } = props;
  const { interaction } = client.me.value!;
  const { own, local, joined } = client.callView.value;
  if (!interaction || !withAgent(interaction) || joined) return <TalkPage {...props} />;
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

function ChatPage({ client, actions, onHelp }: Props) {
  const { me, events, unsent, typer, conversationId, live, outbox, marks, attachments, attached, api, place } = client;
  const { interaction, runs } = me.value!;
  const now = useNow(client.serverNow, 60_000);
  useEffect(() => { client.recorder.screen("conversation"); }, []);
  useEffect(() => markSeen(client), [events.value]);
  useEffect(() => {
    const look = (): void => { if (document.visibilityState === "visible") live.seen(conversationId, live.cursor(conversationId)); };
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [events.value]);
  const lines = useMemo(() => timelineOf(events.value, unsent.value, now, marks.value?.agent ?? null), [events.value, unsent.value, marks.value, now]);
  const approvals = useMemo(() => approvalsOf(api), [api]);
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
        banner={<Wrong client={client} actions={actions} />} onAsk={mayWrite(interaction) ? null : onHelp} onRemove={(cmid) => outbox.remove(cmid)}
        question={interaction?.closing && <Question client={client} actions={actions} interaction={interaction} />}
        onBack={() => go(joined ? { page: "talk" } : { page: "home" })} onSend={send} onTyping={() => live.typing(conversationId)}
        attached={attached.value} onFiles={(files) => attachments.add(files)} onTakeAway={(key) => attachments.remove(key)} loadFile={(id) => api.blob(`/v1/files/${id}`)}
        onEdit={(seq, text) => void actions.editMessage(seq, text)} onDelete={(seq) => void actions.deleteMessage(seq)}
        approvals={approvals} now={now} answering={answering} onAnswer={(seq, value) => void actions.answer(seq, value)}
        onCall={here ? (channel) => go({ page: "join", channel }) : null} onEnd={end && (() => void end.call(actions, interaction!))}
        onLater={here ? () => setChoosing(true) : null} onResume={paused ? () => void actions.resume(interaction!) : null} />
      {choosing && here && <LaterSheet now={now} anonymous={place.anonymous} onClose={() => setChoosing(false)} onPick={(at) => { setChoosing(false); void actions.pause(interaction!, at); }} />}
    </>
  );
}

/** Ends when the customer says so, and is counted down by the server's clock. */
function Question({ client, actions, interaction }: Pick<Props, "client" | "actions"> & { interaction: Interaction }) {
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
  if (!interaction || agent === null) return null; // rated or skipped: the first screen is on its way
  const solved = client.events.value.findLast((e) => e.kind === "flow.ended" && e.body.run_id === interaction.run_id);
  const result = solved?.kind === "flow.ended" ? `${solved.body.title}: done` : "Your conversation has ended";
  return (
    <Rating agent={agent} result={result} busy={actions.busy.value === "rate"} trouble={actions.trouble.value}
      onSend={(score, text) => void actions.rate(interaction, score, text)} onSkip={() => actions.skipRating(interaction)} />
  );
}
