/** Why does this customer need someone now? One sentence, big enough to read out. */
import { Icon } from "../../shared/icon.tsx";
import type { Offer } from "../../sdk/types.ts";
import { since } from "../state/clock.ts";
import { languageName, readable, waited } from "../state/facts.ts";
import { whyParts } from "../state/why.ts";
import { useDesk } from "./context.ts";
import { Deadline } from "./Deadline.tsx";
import { DeclineMenu } from "./DeclineMenu.tsx";

export function OfferCard({ offer }: { offer: Offer }) {
  const desk = useDesk();
  const { customer, channel, why_now, queue, enqueued_at, waiting_since, callback_id, priority, passed_on } = offer.interaction;
  const over = desk.isOver(offer.expires_at);
  const why = whyParts(why_now);
  const language = languageName(customer.language);
  const busy = desk.commands.doing.value === "accept";
  return (
    <section class={`card offer${over ? " is-over" : ""}`} role="alertdialog" aria-labelledby="offer-who" aria-describedby="offer-why" data-testid="offer">
      <div class="offer__head">
        <span class="tile"><Icon name={callback_id ? "callback" : channel} /></span>
        <div class="offer__who">
          <strong id="offer-who">{customer.name} {callback_id ? "asked to be called" : `asks for ${channel}`}</strong>
          <div class="offer__tags">
            {customer.verified ? <span class="tag tag--ok"><Icon name="verified" />Signed in</span> : <span class="tag"><Icon name="claimed" />Not signed in</span>}
            {language && <span class="tag"><Icon name="globe" />{language}</span>}
            {callback_id && <span class="tag tag--accent"><Icon name="callback" />Callback</span>}
            {priority > 1 && <span class="tag tag--warn"><Icon name="flag" />Goes first</span>}
          </div>
        </div>
        <span class="push">{over ? <span class="tag tag--warn"><Icon name="clock" />Ran out</span> : <Deadline from={offer.offered_at} until={offer.expires_at} what="to answer" />}</span>
      </div>
      <div class="offer__why" id="offer-why">
        <p class="section">Why now</p>
        <strong data-testid="offer-why">{why.first}</strong>
        {why.rest && <p>{why.rest}</p>}
        {passed_on?.note && <p class="why__note" dir="auto">{passed_on.note}</p>}
      </div>
      <div class="offer__foot">
        {over ? <p class="quiet">Nobody answered in time. {customer.name} keeps the place and is offered on.</p> : (
          <>
            <button class="button button--primary" data-testid="accept" aria-busy={busy} onClick={() => void desk.accept(offer)}>
              {!busy && <Icon name={channel} />}{busy ? "Accepting" : callback_id ? "Call" : "Accept"}<span class="key">Alt A</span>
            </button>
            <DeclineMenu offer={offer} />
          </>
        )}
        <div class="offer__facts">
          <span>Waited<b class="numeric">{waited(since(waiting_since ?? enqueued_at, desk.clock.now.value))}</b></span>
          <span>Queue<b>{readable(queue)}</b></span>
        </div>
      </div>
      {desk.commands.trouble.value && <p class="field__error" role="alert"><Icon name="alert" />{desk.commands.trouble.value}</p>}
    </section>
  );
}
