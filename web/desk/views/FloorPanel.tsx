/** What is everybody at, for whoever may take it over? */
import { Icon } from "../../shared/icon.tsx";
import type { FloorEntry } from "../../sdk/types.ts";
import { since } from "../state/clock.ts";
import { waited } from "../state/facts.ts";
import { whyParts } from "../state/why.ts";
import { useDesk } from "./context.ts";
import { Menu } from "./Menu.tsx";

const REASONS = ["You asked for help", "The customer asked for a supervisor", "It needs a decision of mine", "You are needed elsewhere"];

export function FloorPanel() {
  const me = useDesk().me.value;
  const mine = new Set(me?.interactions.map(({ id }) => id));
  const floor = me?.floor.filter((one) => !mine.has(one.interaction_id)) ?? [];
  if (floor.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="floor-head" data-testid="floor">
      <h2 class="section" id="floor-head">Being helped now</h2>
      <ul class="floor">{floor.map((one) => <FloorRow key={one.interaction_id} one={one} />)}</ul>
    </section>
  );
}

function FloorRow({ one }: { one: FloorEntry }) {
  const desk = useDesk();
  const { interaction_id: id, customer_name, agent_name, channel, accepted_at, why_now } = one;
  return (
    <li>
      <Icon name={channel} />
      <p>{customer_name}<small>{agent_name}{accepted_at && `, ${waited(since(accepted_at, desk.clock.now.value))}`}. {whyParts(why_now).first}</small></p>
      <Menu side="end" buttonClass="button button--quiet" testId={`take-over-${id}`} label={`Take over ${customer_name}`} button={<>Take over<Icon name="down" /></>}>
        <p class="menu__head">What shall {agent_name} read?</p>
        {REASONS.map((reason) => <button type="button" key={reason} class="menu__item" role="menuitem" onClick={() => void desk.takeOver(id, reason)}>{reason}</button>)}
      </Menu>
    </li>
  );
}
