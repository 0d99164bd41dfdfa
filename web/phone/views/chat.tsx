/** How do people and events share one list? Bubbles for people, pills for what happened, whatever the channel. */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { clock, firstName, targetName } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import type { AskValue, Interaction } from "../../sdk/types.ts";
import { Attached, type LoadFile } from "../../shared/attached.tsx";
import { AttachButton, AttachList } from "../../shared/attaching.tsx";
import type { Attachment } from "../../sdk/attachments.ts";
import type { Line, MessageLine } from "../state/timeline.ts";
import type { Approvals } from "../state/approvals.ts";
import { Approval } from "./approval.tsx";
import { Ask } from "./ask.tsx";
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
  /** The question that stands over the composer. */
  question?: ComponentChildren;
  /** "I'll answer later"; the other one ends that again. */
  onLater: Act | null;
  onResume: Act | null;
  /** Nothing is open, so nothing can be written: one asks for a person instead. */
  onAsk: Act | null;
  /** A message that was refused is given up. */
  onRemove: (cmid: string) => void;
  onSend: (text: string) => void;
  onTyping: Act;
  attached: readonly Attachment[];
  onFiles: (files: File[]) => void;
  onTakeAway: (key: number) => void;
  loadFile: LoadFile;
  onEdit: (seq: number, text: string) => void;
  onDelete: (seq: number) => void;
  /** The seq of the question whose answer is on its way. */
  answering: number | null;
  approvals: Approvals;
  now: number;
  onAnswer: (seq: number, value: AskValue) => void;
}

/** An own message whose words are being changed. */
interface Editing { seq: number; text: string }

export function Chat(props: ChatProps) {
  const { interaction, onBack, onCall, onEnd } = props;
  const agent = interaction?.agent ?? null;
  const [editing, setEditing] = useState<Editing | null>(null);
  const [draft, setDraft] = useState("");
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
      <Timeline {...props} onChange={(seq, text) => setEditing({ seq, text })} />
      {props.question}
      {!props.question && props.onLater && <div class="chat__later"><button type="button" class="chip chip--touch" data-testid="chat-later" onClick={props.onLater}><Icon name="clock" />I’ll answer later</button></div>}
      {props.onResume && <div class="chat__later"><button type="button" class="chip chip--touch" data-testid="chat-resume" onClick={props.onResume}><Icon name="people" />Go on now</button></div>}
      {editing ? <Editor key={editing.seq} editing={editing} onSave={(text) => { props.onEdit(editing.seq, text); setEditing(null); }} onCancel={() => setEditing(null)} />
        : props.onAsk ? <ul class="rows chat__ask"><Row icon="help" name="Talk to us" more="By text, voice or video" testId="chat-ask" onPick={props.onAsk} /></ul>
        : <Composer {...props} text={draft} setText={setDraft} />}
    </div>
  );
}

function waitingWords({ nobody_there, passed_on }: Interaction): string {
  if (nobody_there) return "Nobody is here right now. We answer when we’re back";
  return passed_on ? `Connecting you to ${targetName(passed_on.to)}` : "Someone will be with you soon";
}

function presence(interaction: Interaction | null): string {
  switch (interaction?.state) {
    case "live": return here(interaction);
    case "paused": return "Paused for now";
    case "queued": case "offered": return waitingWords(interaction);
    case "wrap_up": return "We answer when you write";
    default: return "All we said stays here";
  }
}

/** Whoever else is there is named; who is asked for advice behind the scenes is not. */
function here({ participants, consulting }: Interaction): string {
  const others = participants.map(({ agent }) => (agent ? firstName(agent.name) : "a colleague"));
  if (others.length > 0) return `With ${others.join(" and ")}`;
  return consulting ? "Asking a colleague" : "Here now";
}

type TimelineProps = ChatProps & { onChange: (seq: number, text: string) => void };

function Timeline(props: TimelineProps) {
  const { lines, typing, goOn, banner } = props;
  const log = useRef<HTMLElement>(null);
  const atEnd = useRef(true);
  // Stays at the newest line unless one has scrolled back to read.
  const pin = (): void => { if (atEnd.current && log.current) log.current.scrollTop = log.current.scrollHeight; };
  useLayoutEffect(pin, [lines, typing]);
  const onScroll = (): void => { if (log.current) atEnd.current = log.current.scrollHeight - log.current.scrollTop - log.current.clientHeight < 60; };
  return (
    <main class="body chat" ref={log} onScroll={onScroll} onLoadCapture={pin}>
      <div class="timeline" role="log" aria-label="Conversation" tabIndex={0} data-testid="timeline">
        {lines.length === 0 && <div class="empty"><Icon name="text" /><strong>Nothing here yet</strong>What you write and what we do together stays here.</div>}
        {lines.map((line) => <TimelineLine key={line.key} line={line} {...props} />)}
        {typing && <div class="message is-typing" data-testid="typing"><p class="message__bubble">{firstName(typing)} is writing</p></div>}
        {goOn && <ul class="rows card"><Row icon="flow" name={goOn.title} more={goOn.more} testId="go-on" onPick={goOn.onGo} /></ul>}
        {banner}
      </div>
    </main>
  );
}

function TimelineLine({ line, ...props }: TimelineProps & { line: Line }) {
  switch (line.is) {
    case "day": return <p class="timeline__day">{line.text}</p>;
    case "happened": return <p class="happened"><Icon name={line.icon} /><span><strong>{line.name}</strong>{line.text}</span></p>;
    case "message": return <Message line={line} {...props} />;
    case "approval": return <Approval line={line} now={props.now} approvals={props.approvals} />;
    case "ask": return <Ask line={line} busy={props.answering === line.seq} onAnswer={props.onAnswer} />;
  }
}

function Message({ line, loadFile, onChange, onDelete, onRemove }: TimelineProps & { line: MessageLine }) {
  const { mine, name, text, files, at, sent, edited, deleted, change } = line;
  const [open, setOpen] = useState(false);
  const state = sent === "unsent" || sent === "refused" ? ` is-${sent}` : "";
  const act = (what: Act) => (): void => { setOpen(false); what(); };
  return (
    <div class={`message${mine ? " message--mine" : ""}${state}${deleted ? " is-deleted" : ""}`} data-testid={`message-${mine ? "mine" : "theirs"}`} data-sent={sent}>
      {files.length > 0 && <Attached files={files} load={loadFile} />}
      {(text || deleted) && <p class="message__bubble" dir="auto">{deleted ? "This message was deleted" : text}</p>}
      <p class="message__meta">
        {name && <span data-testid="message-by">{name}</span>}
        {sent !== "unsent" && sent !== "refused" && <time dateTime={at}>{clock(at)}</time>}
        {edited && <span>Edited</span>}
        {mine && !deleted && <Tick line={line} />}
        {sent === "refused" && <button type="button" class="chip chip--touch" data-testid="message-remove" onClick={() => onRemove(line.key)}>Remove</button>}
        {change !== null && <button type="button" class="message__more" aria-label="Change this message" aria-expanded={open} data-testid="message-more" onClick={() => setOpen(!open)}><Icon name="more" /></button>}
      </p>
      {open && change !== null && (
        <div class="message__menu" role="group" aria-label="Change this message">
          {text && <button type="button" class="chip chip--touch" data-testid="message-edit" onClick={act(() => onChange(change, text))}>Edit</button>}
          <button type="button" class="chip chip--touch" data-testid="message-delete" onClick={act(() => onDelete(change))}>Delete</button>
        </div>
      )}
    </div>
  );
}

function Tick({ line: { sent, readAt } }: { line: MessageLine }) {
  switch (sent) {
    case "unsent": return <><Icon name="clock" />Will be sent</>;
    case "refused": return <><Icon name="alert" />Not sent</>;
    case "sent": return <><Icon name="check" />Sent</>;
    case "delivered": return <><Icon name="done" />Delivered</>;
    case "read": return <span class="message__read"><Icon name="done" />Read{readAt && ` ${clock(readAt)}`}</span>;
  }
}

function Editor({ editing, onSave, onCancel }: { editing: Editing; onSave: (text: string) => void; onCancel: Act }) {
  const [text, setText] = useState(editing.text);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const save = (event: Event): void => {
    event.preventDefault();
    if (text.trim() !== "") onSave(text.trim());
  };
  return (
    <form class="composer" aria-label="Edit the message" onSubmit={save} onKeyDown={({ key }) => { if (key === "Escape") onCancel(); }}>
      <button type="button" class="icon-button" aria-label="Leave it as it was" data-testid="edit-cancel" onClick={onCancel}><Icon name="close" /></button>
      <input class="composer__input" ref={input} aria-label="Message" dir="auto" autocomplete="off" maxLength={4000} enterKeyHint="done"
        data-testid="edit-input" value={text} onInput={({ currentTarget }) => setText(currentTarget.value)} />
      <button type="submit" class="button button--primary" aria-label="Save" data-testid="edit-save"><Icon name="check" /></button>
    </form>
  );
}

const TYPING_EVERY_MS = 2_000;

/** What is written outlives that a message is edited in its place. */
type ComposerProps = ChatProps & { text: string; setText: (text: string) => void };

function Composer({ text, setText, onSend, onTyping, attached, onFiles, onTakeAway }: ComposerProps) {
  const told = useRef(0);
  const input = useRef<HTMLInputElement>(null);
  const uploading = attached.some(({ file, trouble }) => file === null && trouble === null);
  const ready = attached.some(({ file }) => file !== null);
  useEffect(() => { if (matchMedia("(hover: hover)").matches) input.current?.focus(); }, []);
  const typed = (value: string): void => {
    setText(value);
    if (value === "" || Date.now() - told.current < TYPING_EVERY_MS) return;
    told.current = Date.now();
    onTyping();
  };
  const send = (event: Event): void => {
    event.preventDefault();
    if (uploading || (text.trim() === "" && !ready)) return;
    onSend(text.trim());
    setText("");
    told.current = 0;
    input.current?.focus();
  };
  return (
    <div class="composing">
      <AttachList all={attached} onRemove={onTakeAway} />
      <form class="composer" aria-label="Write a message" onSubmit={send}>
        <AttachButton onFiles={onFiles} />
        <input class="composer__input" ref={input} aria-label="Message" placeholder="Message" dir="auto" autocomplete="off" maxLength={4000} enterKeyHint="send"
          data-testid="chat-input" value={text} onInput={({ currentTarget }) => typed(currentTarget.value)} />
        <button type="submit" class="button button--primary" aria-label="Send" aria-busy={uploading} data-testid="chat-send">{!uploading && <Icon name="send" />}</button>
      </form>
    </div>
  );
}
