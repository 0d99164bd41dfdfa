/** What must be said aloud without taking the focus from where someone writes? */
import { useDesk } from "./context.ts";

export function Announcer() {
  const offer = useDesk().offer.value?.interaction;
  return (
    <p class="sr-only" role="status" aria-live="assertive">
      {offer ? `Offer: ${offer.customer.name} asks for ${offer.channel}. ${offer.why_now}. Alt A accepts, Alt D declines.` : ""}
    </p>
  );
}
