/** What has happened, over all channels and days? One list, oldest first. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { firstName } from "../../shared/format.ts";
import type { Case } from "../state/case.ts";
import { entries, FILTERS, type Filter } from "../state/entries.ts";
import { useDesk } from "./context.ts";
import { EntryLine } from "./EntryLine.tsx";
import { Loading } from "./PaneState.tsx";

const LABELS: Record<Filter, string> = { all: "All", messages: "Messages", calls: "Calls", flow: "Flow", notes: "Notes", pushes: "Pushes" };
/** A long list is heavy for the page and for a screen reader: the newest stand here, the rest comes on request. */
const SHOWN = 200;
/** Within this many pixels of the end the reader follows what comes. */
const NEAR = 80;

export function Timeline({ one }: { one: Case }) {
  const desk = useDesk();
  const list = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const { events, unsent, typing, marks } = one.conversation;
  const me = desk.me.value?.agent.id ?? "";
  const all = entries(events.value, unsent.value, one.filter.value, me, desk.clock.now.value, marks.value);
  const shown = all.slice(-SHOWN);
  const name = one.interaction.value.customer.name;

  const pin = (): void => { if (follows.current && list.current) list.current.scrollTop = list.current.scrollHeight; };
  useLayoutEffect(pin);
  useEffect(() => {
    const look = (): void => { if (desk.current.peek() === one) one.look(); };
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [one]);
  const onScroll = (): void => {
    const box = list.current!;
    if (box.clientHeight > 0) follows.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
  };

  return (
    <>
      <div class="stream__filters" role="group" aria-label="Show">
        {FILTERS.map((filter) => (
          <button class="chip" key={filter} aria-pressed={one.filter.value === filter} data-testid={`filter-${filter}`} onClick={() => { one.filter.value = filter; }}>{LABELS[filter]}</button>
        ))}
      </div>
      <div class="stream__list" ref={list} onScroll={onScroll} onLoadCapture={pin} role="log" aria-label="Timeline" aria-live="polite" tabIndex={0} data-testid="timeline">
        {events.value.length === 0 && unsent.value.length === 0 && <Loading lines={6} label="Timeline, loading" />}
        {events.value.length > 0 && all.length === 0 && <p class="quiet">Nothing of this kind so far.</p>}
        {shown.map((entry) => <EntryLine key={entry.key} entry={entry} customer={name} link={desk.link.value} one={one} />)}
      </div>
      <p class="typing" aria-live="off" data-testid="typing">{typing.value ? `${firstName(typing.value)} is typing` : ""}</p>
    </>
  );
}
