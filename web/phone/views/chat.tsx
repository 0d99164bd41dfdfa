/** How do people and events share one list? Bubbles for people, pills for what happened, whatever the channel. */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { capital, clock, firstName } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import type { Interaction } from "../../sdk/types.ts";
import type { Line } from "../state/timeline.ts";
import { Avatar, Row } from "./parts.tsx";
import type { Act } from "./parts.tsx";

export interface ChatProps {
  lines: readonly Line[];
  interaction: Interaction | null;
  typing: string | null;
  /** The run that waits for the customer to go on alone. */
  goOn: { title: string; more: string; onGo: Act } | null;
  banner: ComponentChildren;
  onBack: Act;
  onCall: ((channel: "voice" | "video") => void) | null;
  onEnd: Act | null;
  /** "I'll answer later"; the other one ends that again. */
  onLater: Act | null;
  onResume: Act | null;
  onSend: (text: string) => void;
  onTyping: Act;
}

export function Chat(props: ChatProps) {
  const { interaction, onBack, onCall, onEnd } = props;
  const agent = interaction?.agent ?? null;
  return (
    <div class="page">
      <header class="top chat__top">
        <button type="button" class="icon-button" aria-label="Back" data-testid="back" onClick={onBack}><Icon name="back" large /></button>
        {agent && <Avatar name={agent.name} />}
        <div class="chat__who"><h1 class="row__name">{agent?.name ?? "Your messages"}</h1><span class="row__more" data-testid="presence">{presence(interaction)}</span></div>
        {onCall && <button type="button" class="icon-button" aria-label="Voice" data-testid="chat-voice" onClick={() => onCall("voice")}><Icon name="voice" large /></button>}
        {onCall && <button type="button" class="icon-button" aria-label="Video" data-testid="chat-video" onClick={() => onCall("video")}><Icon name="video" large /></button>}
        {onEnd && <button type="button" class="icon-button" aria-label="End the conversation" data-testid="chat-end" onClick={onEnd}><Icon name="close" large /></button>}
      </header>
      <Timeline {...props} />
      {props.onLater && <div class="chat__later"><button type="button" class="chip chip--touch" data-testid="chat-later" onClick={props.onLater}><Icon name="clock" />I’ll answer later</button></div>}
      {props.onResume && <div class="chat__later"><button type="button" class="chip chip--touch" data-testid="chat-resume" onClick={props.onResume}><Icon name="people" />Go on now</button></div>}
      <Composer onSend={props.onSend} onTyping={props.onTyping} />
    </div>
  );
}

function presence(interaction: Interaction | null): string {
  switch (interaction?.state) {
    case "live": return here(interaction);
    case "paused": return "Paused for now";
    case "queued": case "offered": return interaction.passed_on ? `Connecting you to ${capital(interaction.passed_on.to)}` : "Someone will be with you soon";
    default: return "We answer when you write";
  }
}

/** Whoever else is there is named; who is asked for advice behind the scenes is not. */
function here({ participants, consulting }: Interaction): string {
  const others = participants.map(({ agent }) => firstName(agent?.name ?? "a colleague"));
  if (others.length > 0) return `With ${others.join(" and ")}`;
  return consulting ? "Asking a colleague" : "Here now";
}

function Timeline({ lines, typing, goOn, banner }: ChatProps) {
  const log = useRef<HTMLElement>(null);
  const atEnd = useRef(true);
  // Stays at the newest line unless one has scrolled back to read.
  useLayoutEffect(() => { if (atEnd.current && log.current) log.current.scrollTop = log.current.scrollHeight; }, [lines, typing]);
  const onScroll = (): void => { if (log.current) atEnd.current = log.current.scrollHeight - log.current.scrollTop - log.current.clientHeight < 60; };
  return (
    <main class="body chat" ref={log} onScroll={onScroll}>
      <div class="timeline" role="log" aria-label="Conversation" tabIndex={0} data-testid="timeline">
        {lines.length === 0 && <div class="empty"><Icon name="text" /><strong>Nothing here yet</strong>What you write and what we do together stays here.</div>}
        {lines.map((line) => <TimelineLine key={line.key} line={line} />)}
        {typing && <div class="message is-typing" data-testid="typing"><p class="message__bubble">{firstName(typing)} is writing</p></div>}
        {goOn && <ul class="rows card"><Row icon="flow" name={goOn.title} more={goOn.more} testId="go-on" onPick={goOn.onGo} /></ul>}
        {banner}
      </div>
    </main>
  );
}

function TimelineLine({ line }: { line: Line }) {
  switch (line.is) {
    case "day": return <p class="timeline__day">{line.text}</p>;
    case "happened": return <p class="happened"><Icon name={line.icon} /><span><strong>{line.name}</strong>{line.text}</span></p>;
    case "message": return <Message line={line} />;
  }
}

function Message({ line }: { line: Extract<Line, { is: "message" }> }) {
  const { mine, name, text, at, sent } = line;
  return (
    <div class={`message${mine ? " message--mine" : ""}${sent === "sent" ? "" : ` is-${sent}`}`} data-testid={`message-${mine ? "mine" : "theirs"}`} data-sent={sent}>
      <p class="message__bubble" dir="auto">{text}</p>
      <p class="message__meta">
        {name && <span data-testid="message-by">{name}</span>}
        {sent === "sent" && <time dateTime={at}>{clock(at)}</time>}
        {sent === "sent" && mine && <><Icon name="check" />Sent</>}
        {sent === "unsent" && <><Icon name="clock" />Will be sent</>}
        {sent === "refused" && <><Icon name="alert" />Not sent</>}
      </p>
    </div>
  );
}

const TYPING_EVERY_MS = 2_000;

function Composer({ onSend, onTyping }: { onSend: (text: string) => void; onTyping: Act }) {
  const [text, setText] = useState("");
  const told = useRef(0);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => { if (matchMedia("(hover: hover)").matches) input.current?.focus(); }, []);
  const typed = (value: string): void => {
    setText(value);
    if (value === "" || Date.now() - told.current < TYPING_EVERY_MS) return;
    told.current = Date.now();
    onTyping();
  };
  const send = (event: Event): void => {
    event.preventDefault();
    if (text.trim() === "") return;
    onSend(text.trim());
    setText("");
    told.current = 0;
    input.current?.focus();
  };
  return (
    <form class="composer" aria-label="Write a message" onSubmit={send}>
      <input class="composer__input" ref={input} aria-label="Message" placeholder="Message" dir="auto" autocomplete="off" maxLength={4000} enterKeyHint="send"
        data-testid="chat-input" value={text} onInput={({ currentTarget }) => typed(currentTarget.value)} />
      <button type="submit" class="button button--primary" aria-label="Send" data-testid="chat-send"><Icon name="send" /></button>
    </form>
  );
}
