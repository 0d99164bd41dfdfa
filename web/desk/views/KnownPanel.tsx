/** What need nobody ask again, who said it, and is it proven? */
import { day } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import type { KnownFact } from "../../sdk/types.ts";
import type { Case } from "../state/case.ts";
import { readable } from "../state/facts.ts";
import { useDesk } from "./context.ts";
import { Loaded } from "./PaneState.tsx";

export function KnownPanel({ one }: { one: Case }) {
  return (
    <section class="panel" aria-label="Known facts" data-testid="known-facts">
      <h2 class="section">Known facts</h2>
      <Loaded of={one.facts} what="Known facts" lines={2}>
        {(facts) => facts.length === 0 ? <p class="panel__none">Nothing yet. What the customer answers stands here.</p> : (
          <dl class="facts facts--known">{facts.map((fact) => <KnownRow key={`${fact.key} ${fact.trust}`} fact={fact} />)}</dl>
        )}
      </Loaded>
    </section>
  );
}

function KnownRow({ fact }: { fact: KnownFact }) {
  const { clock } = useDesk();
  const verified = fact.trust === "verified";
  const on = day(fact.at, clock.now.value);
  const age = /\d/.test(on) ? on : on.toLowerCase();
  return (
    <>
      <dt>{readable(fact.key)}</dt>
      <dd><span class="known"><span dir="auto">{fact.value}</span><small>{fact.source}, {fact.fresh ? age : `${age}, may be out of date`}</small></span></dd>
      <dd><span class={`mark mark--${verified ? "verified" : "claimed"}`}><Icon name={verified ? "verified" : "claimed"} />{verified ? "verified" : "claimed"}</span></dd>
    </>
  );
}
