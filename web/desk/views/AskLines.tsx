/** A colleague asks me in: what for, and how long do I have? A line that covers nothing and takes no focus. */
import { Icon } from "../../shared/icon.tsx";
import type { Participation } from "../../sdk/types.ts";
import { whyParts } from "../state/why.ts";
import { useDesk } from "./context.ts";
import { Deadline } from "./Deadline.tsx";

export function AskLines() {
  return <>{useDesk().asks.value.map((ask) => <AskLine key={ask.participant.id} ask={ask} />)}</>;
}

function AskLine({ ask }: { ask: Participation }) {
  const desk = useDesk();
  const { participant, interaction } = ask;
  const { offered_at, expires_at, role, asked_by, note } = participant;
  const doing = desk.commands.doing.value;
  const title = `${asked_by.name} ${role === "consult" ? "asks for your advice" : "asks you to join"}`;
  const about = `${interaction.customer.name}: ${whyParts(interaction.why_now).first}`;
  return (
    <section class="offer-line" aria-label={title} data-testid="ask">
      <span class="tile"><Icon name="people" /></span>
      <div class="offer-line__words">
        <strong>{title}</strong>
        <span dir="auto">{note ? `${note} (${about})` : about}</span>
      </div>
      {offered_at && expires_at && <Deadline from={offered_at} until={expires_at} what="to answer" />}
      <button class="button button--secondary" data-testid="join" aria-busy={doing === "join"} onClick={() => void desk.join(ask)}>Join</button>
      <button class="button button--quiet" data-testid="decline-to-join" aria-busy={doing === "decline-to-join"} onClick={() => void desk.declineToJoin(ask)}>Not now</button>
    </section>
  );
}
