/** What must be said aloud without taking the focus from where someone writes? */
import { useDesk } from "./context.ts";

export function Announcer() {
  const desk = useDesk();
  const offer = desk.offer.value?.interaction;
  const ask = desk.asks.value[0];
  return (
    <p class="sr-only" role="status" aria-live="assertive">
      {offer ? `Offer: ${offer.customer.name} asks for ${offer.channel}. ${offer.why_now}. Alt A accepts, Alt D declines.` : ""}
      {ask ? `${ask.participant.asked_by.name} asks you in for ${ask.interaction.customer.name}.` : ""}
    </p>
  );
}
