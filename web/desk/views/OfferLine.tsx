/** How does an offer arrive while someone is being helped? As a line that covers nothing and takes no focus. */
import { Icon } from "../../shared/icon.tsx";
import { whyParts } from "../state/why.ts";
import { useDesk } from "./context.ts";
import { Deadline } from "./Deadline.tsx";
import { DeclineMenu } from "./DeclineMenu.tsx";

export function OfferLine() {
  const desk = useDesk();
  const offer = desk.offer.value;
  if (!offer) return null;
  const { customer, channel, why_now } = offer.interaction;
  const why = whyParts(why_now);
  const over = desk.isOver(offer.expires_at);
  return (
    <section class="offer-line" aria-label={`Offer: ${customer.name} asks for ${channel}`} data-testid="offer">
      <span class="tile"><Icon name={channel} /></span>
      <div class="offer-line__words">
        <strong data-testid="offer-why">{why.first}</strong>
        <span>{customer.name} asks for {channel}{why.rest ? `. ${why.rest}` : ""}</span>
      </div>
      {over ? <span class="tag tag--warn push"><Icon name="clock" />Ran out</span> : (
        <>
          <Deadline from={offer.offered_at} until={offer.expires_at} what="to answer" />
          <button class="button button--secondary" data-testid="accept" aria-busy={desk.commands.doing.value === "accept"} onClick={() => void desk.accept(offer)}>Accept<span class="key">Alt A</span></button>
          <DeclineMenu offer={offer} />
        </>
      )}
    </section>
  );
}
