/** How does one line of the timeline look? One grid: mark, text, time. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { firstName, initials } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { Attached } from "../../shared/attached.tsx";
import type { Case } from "../state/case.ts";
import type { Entry, MessageEntry } from "../state/entries.ts";
import { Menu } from "./Menu.tsx";
import type { Link } from "../state/ports.ts";

export interface EntryLineProps { entry: Entry; customer: string; link: Link; one: Case }

export function EntryLine({ entry, customer, link, one }: EntryLineProps) {
  switch (entry.is) {
    case "day": return <p class="entry--day">{entry.label}</p>;
    case "message": return <Message entry={entry} customer={customer} link={link} one={one} />;
    case "ask": return <Question entry={entry} customer={customer} />;
    case "note": return <Note entry={entry} />;
    case "event": return <Happened entry={entry} />;
  }
}

function Message({ entry, customer, link, one }: { entry: MessageEntry; customer: string; link: Link; one: Case }) {
  const name = entry.name || customer;
  const late = entry.state === "refused" || (entry.state === "unsent" && link !== "live");
  const editing = useSignal<string | null>(null);
  return (
    <div class={`entry${late ? " is-unsent" : ""}`} data-testid="message" data-state={entry.state}>
      <span class="entry__mark">{entry.mine ? <span class="avatar avatar--me"><Icon name="person" /></span> : <span class="avatar">{initials(name)}</span>}</span>
      <div class="entry__body">
        <p class="entry__who">{entry.mine ? "You" : firstName(name)}{entry.edited && <small>edited</small>}</p>
        {entry.files.length > 0 && <Attached files={entry.files} load={one.loadFile} />}
        {entry.deleted && <p class="entry__text quiet">This message was deleted</p>}
        {editing.value === null
          ? entry.text && <p class="entry__text" dir="auto">{entry.text}</p>
          : <Editor text={editing.value} onCancel={() => { editing.value = null; }} onSave={(text) => { editing.value = null; if (entry.change !== null) void one.editMessage(entry.change, text); }} />}
        {entry.state === "refused" && <p class="entry__state is-refused"><Icon name="alert" />Not sent. {entry.why}
          <button type="button" class="button button--quiet" data-testid="message-remove" onClick={() => one.conversation.remove(entry.key)}>Remove</button></p>}
        {entry.state === "unsent" && late && <p class="entry__state"><Icon name="clock" />Will be sent</p>}
        {entry.state === "delivered" && !entry.deleted && <p class="entry__state"><Icon name="done" />Delivered</p>}
        {entry.state === "read" && !entry.deleted && <p class="entry__state is-read"><Icon name="done" />Read{entry.readAt && ` ${entry.readAt}`}</p>}
      </div>
      <span class="entry__end">
        {entry.change !== null && editing.value === null && (
          <Menu side="end" buttonClass="entry__more" label="Change this message" testId="message-more" button={<Icon name="more" />}>
            {entry.text && <button type="button" class="menu__item" role="menuitem" data-testid="message-edit" onClick={() => { editing.value = entry.text; }}>Edit</button>}
            <button type="button" class="menu__item" role="menuitem" data-testid="message-delete" onClick={() => void one.deleteMessage(entry.change!)}>Delete</button>
          </Menu>
        )}
        <time>{entry.time}</time>
      </span>
    </div>
  );
}

function Editor({ text, onSave, onCancel }: { text: string; onSave: (text: string) => void; onCancel: () => void }) {
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => area.current?.focus(), []);
  const save = (): void => { if (area.current?.value.trim()) onSave(area.current.value.trim()); };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === "Escape") onCancel();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    save();
  };
  return (
    <div class="entry__edit">
      <textarea class="field__control" ref={area} dir="auto" maxLength={4000} aria-label="Message" data-testid="edit-input" onKeyDown={onKey}>{text}</textarea>
      <button type="button" class="button button--secondary" data-testid="edit-save" onClick={save}>Save</button>
      <button type="button" class="button button--quiet" onClick={onCancel}>Leave it</button>
    </div>
  );
}

function Question({ entry, customer }: { entry: Entry & { is: "ask" }; customer: string }) {
  return (
    <div class="entry" data-testid="question" data-answered={entry.answer !== null}>
      <span class="entry__mark"><Icon name="help" /></span>
      <div class="entry__body">
        <p class="entry__who">{entry.mine ? "You asked" : `${firstName(entry.name)} asked`}</p>
        <p class="entry__text" dir="auto">{entry.prompt}</p>
        {entry.answer === null
          ? <p class="entry__state"><Icon name="clock" />{entry.options.length > 0 ? `Waits for one of: ${entry.options.join(", ")}` : `${firstName(customer)} has not answered yet`}</p>
          : <p class="entry__answer"><small>{firstName(customer)} answered</small><b dir="auto">{entry.answer}</b></p>}
      </div>
      <time>{entry.time}</time>
    </div>
  );
}

function Note({ entry }: { entry: Entry & { is: "note" } }) {
  return (
    <div class="entry entry--note" data-testid="note">
      <span class="entry__mark"><Icon name="note" /></span>
      <div>
        <p class="entry__who">Note by {entry.mine ? "you" : firstName(entry.name)}<small>only agents see this</small></p>
        <p class="entry__text" dir="auto">{entry.text}</p>
      </div>
      <time>{entry.time}</time>
    </div>
  );
}

function Happened({ entry }: { entry: Entry & { is: "event" } }) {
  const testId = entry.rating !== null ? "rating-shown" : entry.failed ? "failure" : undefined;
  return (
    <div class={`entry entry--event${entry.failed ? " entry--failed" : ""}`} data-testid={testId}>
      <span class="entry__mark"><Icon name={entry.icon} /></span>
      <p>{entry.strong && <b>{entry.strong}</b>}{entry.rest}</p>
      <time>{entry.time}</time>
    </div>
  );
}
