/** Which facts came along, and which of them are proven? */
import { Icon } from "../../shared/icon.tsx";
import type { Case } from "../state/case.ts";
import { facts, readable } from "../state/facts.ts";
import { Loaded } from "./PaneState.tsx";

export function FactsPanel({ one }: { one: Case }) {
  return (
    <section class="panel" aria-label="App state" data-testid="app-state">
      <h2 class="section">App state</h2>
      <Loaded of={one.context} what="App state">
        {(context) => {
          const already = new Set(one.facts.value?.map(({ key }) => readable(key)));
          const known = facts(context).filter(({ name }) => !already.has(name));
          return known.length === 0 ? <p class="panel__none">Nothing was shared.</p> : <dl class="facts">{known.map((fact, i) => <FactRow key={i} {...fact} />)}</dl>;
        }}
      </Loaded>
    </section>
  );
}

function FactRow({ name, value, verified }: { name: string; value: string; verified: boolean }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
      <dd><span class={`mark mark--${verified ? "verified" : "claimed"}`}><Icon name={verified ? "verified" : "claimed"} />{verified ? "verified" : "claimed"}</span></dd>
    </>
  );
}
