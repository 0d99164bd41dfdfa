/** Who comes next? The offer, then everyone who waits, then the team. */
import { Icon } from "../../shared/icon.tsx";
import { useDesk } from "./context.ts";
import { FinishedPanel } from "./FinishedPanel.tsx";
import { FloorPanel } from "./FloorPanel.tsx";
import { Lull } from "./Lull.tsx";
import { MissedOffer } from "./MissedOffer.tsx";
import { OfferCard } from "./OfferCard.tsx";
import { Loading } from "./PaneState.tsx";
import { QueueTable } from "./QueueTable.tsx";
import { ReadyPanel } from "./ReadyPanel.tsx";
import { TeamPanel } from "./TeamPanel.tsx";

export function Idle() {
  const desk = useDesk();
  const me = desk.me.value;
  const trouble = desk.commands.trouble.value;
  return (
    <div class="room room--idle">
      <main class="pane pane--main" id="offers">
        <h1 class="sr-only">Offers and queue</h1>
        <MissedOffer />
        {!me && <div class="card offer"><Loading lines={5} label="Your desk, loading" /></div>}
        {me && (me.offers.length > 0 ? me.offers.map((offer) => <OfferCard key={offer.interaction.id} offer={offer} />) : <Lull me={me} />)}
        {me && me.offers.length === 0 && trouble && <p class="banner banner--danger" role="alert"><Icon name="alert" />{trouble}</p>}
        <QueueTable />
      </main>
      <aside class="pane pane--side" aria-label="Team and readiness">
        <FinishedPanel />
        <FloorPanel />
        <TeamPanel />
        <ReadyPanel />
      </aside>
    </div>
  );
}
