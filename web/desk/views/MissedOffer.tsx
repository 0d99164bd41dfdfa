/** An offer is gone that I did not answer: where did it go? */
import { firstName } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import type { Interaction } from "../../sdk/types.ts";
import type { Missed } from "../state/desk.ts";
import { useDesk } from "./context.ts";

function whereTo(interaction: Interaction | null): string {
  if (!interaction || interaction.state === "queued" || interaction.state === "offered") return "The place in the queue is kept and goes to whoever is free next.";
  if (interaction.agent) return `${firstName(interaction.agent.name)} has it now.`;
  return "The customer left the queue.";
}

function title({ customer, interaction }: Missed): string {
  const gone = interaction?.state === "closed" && !interaction.agent;
  return gone ? `${firstName(customer)} no longer waits` : `You missed ${firstName(customer)}’s offer`;
}

export function MissedOffer() {
  const desk = useDesk();
  const missed = desk.missed.value;
  if (!missed) return null;
  return (
    <div class="card missed" role="status" data-testid="missed-offer">
      <Icon name="bell" />
      <div class="missed__words"><strong>{title(missed)}</strong><span class="quiet">{whereTo(missed.interaction)}</span></div>
      <button class="icon-button push" aria-label="Put this away" onClick={() => { desk.missed.value = null; }}><Icon name="close" /></button>
    </div>
  );
}
