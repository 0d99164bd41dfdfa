/** How did it turn out for those I helped last? */
import { Icon } from "../../shared/icon.tsx";
import type { Interaction } from "../../sdk/types.ts";
import { whyParts } from "../state/why.ts";
import { useDesk } from "./context.ts";

export function FinishedPanel() {
  const list = useDesk().finished.list.value;
  if (list.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="finished-head" data-testid="finished">
      <h2 class="section" id="finished-head">You helped</h2>
      <ul class="finished">{list.map((one) => <FinishedRow key={one.id} one={one} />)}</ul>
    </section>
  );
}

function FinishedRow({ one }: { one: Interaction }) {
  const labels = useDesk().dispositions.value;
  const label = labels?.find((disposition) => disposition.code === one.disposition)?.label;
  return (
    <li>
      <Icon name={one.channel} />
      <p>{one.customer.name}<small>{one.state === "paused" ? "Answers later" : label ?? whyParts(one.why_now).first}</small></p>
      {one.rating !== null && <span class="tag tag--accent" data-testid="rating-shown">Rated {one.rating} of 5</span>}
    </li>
  );
}
