/** Who waits, why, and since when? In the order they will be offered. */
import { Icon } from "../../shared/icon.tsx";
import type { InteractionState, QueueEntry } from "../../sdk/types.ts";
import { since } from "../state/clock.ts";
import { readable, waited } from "../state/facts.ts";
import { whyParts } from "../state/why.ts";
import { useDesk } from "./context.ts";
import { Empty, Loading } from "./PaneState.tsx";

export function QueueTable() {
  const desk = useDesk();
  const queue = desk.me.value?.queue;
  const waiting = desk.me.value?.waiting ?? 0;
  return (
    <section aria-labelledby="queue-head" id="queue" data-testid="queue">
      <h2 class="pane__head" id="queue-head">Queue {queue && queue.length > 0 && <small>{waiting} waiting, in the order they will be offered{waiting > queue.length && ` (the first ${queue.length})`}</small>}</h2>
      {!queue && <div class="table"><Loading lines={6} label="Queue, loading" /></div>}
      {queue?.length === 0 && <Empty icon="queue" title="Nobody is waiting" />}
      {queue && queue.length > 0 && (
        <table class="table">
          <thead><tr><th scope="col">Why now</th><th scope="col">Customer</th><th scope="col">Channel</th><th scope="col">Queue</th><th scope="col">State</th><th scope="col" class="end">Waiting</th></tr></thead>
          <tbody>{queue.map((entry) => <QueueRow key={entry.interaction_id} entry={entry} />)}</tbody>
        </table>
      )}
    </section>
  );
}

function stateWord(state: InteractionState, mine: boolean): string {
  if (mine) return "Offered to you";
  return state === "offered" ? "Offered" : "Waits";
}

function QueueRow({ entry }: { entry: QueueEntry }) {
  const desk = useDesk();
  const mine = desk.me.value?.offers.some((offer) => offer.interaction.id === entry.interaction_id) ?? false;
  return (
    <tr>
      <td><b>{whyParts(entry.why_now).first}</b></td>
      <td>{entry.customer_name}</td>
      <td><span class="cell"><Icon name={entry.callback ? "callback" : entry.channel} />{entry.callback ? "Callback" : readable(entry.channel)}</span></td>
      <td>{readable(entry.queue)}</td>
      <td>{stateWord(entry.state, mine)}</td>
      <td class="end">{waited(since(entry.waiting_since ?? entry.enqueued_at, desk.clock.now.value))}</td>
    </tr>
  );
}
