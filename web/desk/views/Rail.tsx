/** Where does work come from, and whom am I helping? */
import { Icon } from "../../shared/icon.tsx";
import type { Case } from "../state/case.ts";
import { isLead } from "../state/insight.ts";
import { since } from "../state/clock.ts";
import { ago, waited } from "../state/facts.ts";
import { whyParts } from "../state/why.ts";
import { useDesk } from "./context.ts";

export function Rail() {
  const desk = useDesk();
  const offers = desk.me.value?.offers.length ?? 0;
  const waiting = desk.me.value?.waiting ?? 0;
  const insight = desk.insight.shown.value;
  const mine = [...desk.cases.value.values()];
  const toIdle = (anchor: string) => (): void => {
    desk.openCase(null);
    requestAnimationFrame(() => document.getElementById(anchor)?.scrollIntoView({ block: "nearest" }));
  };
  return (
    <nav class="rail" aria-label="Work">
      <button class="rail__item" onClick={toIdle("offers")} aria-current={desk.current.value || insight ? undefined : "page"} data-testid="rail-offers">
        <Icon name="bell" /><span>Offers</span><span class={`rail__count${offers ? " rail__count--new" : ""}`}>{offers}</span>
      </button>
      <button class="rail__item" onClick={toIdle("queue")} data-testid="rail-queue">
        <Icon name="queue" /><span>Queue</span><span class="rail__count">{waiting}</span>
      </button>
      {isLead(desk.me.value) && (
        <button class="rail__item" onClick={() => desk.openInsight()} aria-current={insight && !desk.current.value ? "page" : undefined} data-testid="rail-insight">
          <Icon name="flow" /><span>Insight</span>
        </button>
      )}
      <p class="rail__head">Mine</p>
      {mine.length === 0 && <p class="rail__none">Nobody at the moment</p>}
      {mine.map((one) => <RailCase key={one.id} one={one} />)}
    </nav>
  );
}

function RailCase({ one }: { one: Case }) {
  const desk = useDesk();
  const { customer, channel, state, accepted_at, ended_at, enqueued_at, why_now } = one.interaction.value;
  const wrapping = state === "wrap_up";
  const age = since((wrapping ? ended_at : accepted_at) ?? enqueued_at, desk.clock.now.value);
  const unread = one.unread.value;
  const second = unread > 0 ? `${unread} new ${unread === 1 ? "message" : "messages"}` : wrapping ? "Wrap-up" : state === "paused" ? "Paused" : whyParts(why_now).first;
  return (
    <button class="rail__case" data-testid={`mine-${one.id}`} onClick={() => desk.openCase(one.id)} aria-current={desk.current.value === one ? "page" : undefined}>
      <Icon name={wrapping ? "note" : channel} />
      <b class="clip">{customer.name}</b>
      <time>{age < 600_000 ? waited(age) : ago(age)}</time>
      <small class={`clip${unread > 0 ? " is-new" : ""}`}>{second}</small>
    </button>
  );
}
