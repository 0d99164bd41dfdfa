/** What did the customer say on this device before signing in? */
import { clock, firstName } from "../../shared/format.ts";
import type { Event } from "../../sdk/types.ts";
import type { Case } from "../state/case.ts";
import { Loaded } from "./PaneState.tsx";

export function EarlierPanel({ one }: { one: Case }) {
  if (one.earlierLog.value === null) return null;
  return (
    <section class="panel" aria-label="Before signing in" data-testid="earlier">
      <h2 class="section">Before signing in</h2>
      <Loaded of={one.earlier} what="What was said before" lines={2}>
        {(events) => {
          const said = events.filter((event) => event.kind === "message");
          return said.length === 0 ? <p class="panel__none">Nothing was written.</p> : <ul class="earlier">{said.map((event) => <Said key={event.seq} event={event} />)}</ul>;
        }}
      </Loaded>
    </section>
  );
}

function Said({ event }: { event: Event & { kind: "message" } }) {
  return <li><p dir="auto"><b>{event.actor.kind === "customer" ? "Customer" : firstName(event.actor.name ?? "Agent")}</b> {event.body.text}</p><time>{clock(event.at)}</time></li>;
}
