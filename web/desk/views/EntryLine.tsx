/** How does one line of the timeline look? One grid: mark, text, time. */
import { firstName, initials } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import type { Entry } from "../state/entries.ts";
import type { Link } from "../state/ports.ts";

export interface EntryLineProps { entry: Entry; customer: string; link: Link }

export function EntryLine({ entry, customer, link }: EntryLineProps) {
  switch (entry.is) {
    case "day": return <p class="entry--day">{entry.label}</p>;
    case "message": return <Message entry={entry} customer={customer} link={link} />;
    case "note": return <Note entry={entry} />;
    case "event": return <Happened entry={entry} />;
  }
}

type Written = Entry & { is: "message" | "note" };

function Message({ entry, customer, link }: { entry: Written; customer: string; link: Link }) {
  const name = entry.name || customer;
  const late = entry.state === "refused" || (entry.state === "unsent" && link !== "live");
  return (
    <div class={`entry${late ? " is-unsent" : ""}`} data-testid="message" data-state={entry.state}>
      <span class="entry__mark">{entry.mine ? <span class="avatar avatar--me"><Icon name="person" /></span> : <span class="avatar">{initials(name)}</span>}</span>
      <div>
        <p class="entry__who">{entry.mine ? "You" : firstName(name)}</p>
        <p class="entry__text" dir="auto">{entry.text}</p>
        {entry.state === "refused" && <p class="entry__state is-refused"><Icon name="alert" />Not sent. {entry.why}</p>}
        {entry.state === "unsent" && late && <p class="entry__state"><Icon name="clock" />Will be sent</p>}
      </div>
      <time>{entry.time}</time>
    </div>
  );
}

function Note({ entry }: { entry: Written }) {
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
