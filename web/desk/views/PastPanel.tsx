/** What has this customer asked for before? */
import { useSignal } from "@preact/signals";
import { day } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import type { HistoryItem } from "../../sdk/types.ts";
import type { Case } from "../state/case.ts";
import { readable } from "../state/facts.ts";
import { useDesk } from "./context.ts";
import { Loaded } from "./PaneState.tsx";

const FIRST = 3;

export function PastPanel({ one }: { one: Case }) {
  const all = useSignal(false);
  const count = one.history.value?.length ?? 0;
  return (
    <section class="panel" aria-label="Past interactions" data-testid="past">
      <div class="panel__head">
        <h2 class="section">Past interactions</h2>
        {count > FIRST && <button class="button button--quiet push" onClick={() => { all.value = !all.value; }}>{all.value ? "Fewer" : `All ${count}`}</button>}
      </div>
      <Loaded of={one.history} what="Past interactions" lines={2}>
        {(past) => past.length === 0 ? <p class="panel__none">This is the first time.</p> : (
          <ul>{past.slice(0, all.value ? undefined : FIRST).map((item) => <PastRow key={item.interaction_id} item={item} />)}</ul>
        )}
      </Loaded>
    </section>
  );
}

function PastRow({ item }: { item: HistoryItem }) {
  const desk = useDesk();
  const label = desk.dispositions.value?.find(({ code }) => code === item.disposition)?.label ?? (item.disposition ? readable(item.disposition) : null);
  const second = [label, item.rating === null ? null : `rated ${item.rating} of 5`].filter(Boolean).join(", ");
  return (
    <li class="past">
      <Icon name={item.channel} />
      <p>{item.reason ? readable(item.reason) : `Asked for ${item.channel}`}{second && <small>{second}</small>}</p>
      {item.ended_at && <time>{day(item.ended_at, desk.clock.now.value)}</time>}
    </li>
  );
}
