/** What do we know? Why now, recent actions, app state, past interactions, notes: one scroll, in this order. */
import { initials } from "../../shared/format.ts";
import type { Case } from "../state/case.ts";
import { languageName } from "../state/facts.ts";
import { whyParts } from "../state/why.ts";
import { ActionsPanel } from "./ActionsPanel.tsx";
import { EarlierPanel } from "./EarlierPanel.tsx";
import { FactsPanel } from "./FactsPanel.tsx";
import { FlowNow } from "./FlowNow.tsx";
import { KnownPanel } from "./KnownPanel.tsx";
import { NotesPanel } from "./NotesPanel.tsx";
import { PastPanel } from "./PastPanel.tsx";

export function CustomerPane({ one }: { one: Case }) {
  const { callback_id, customer, why_now, state, passed_on } = one.interaction.value;
  const run = state === "wrap_up" ? one.run.value : null;
  const why = whyParts(why_now);
  const language = languageName(customer.language);
  return (
    <aside class="pane pane--side customer" tabIndex={0} aria-label="Customer">
      <div class="who">
        <span class="avatar">{initials(customer.name)}</span>
        <div class="who__words">
          <p class="pane__head">{customer.name}</p>
          <p class="quiet small">{[customer.verified ? "Known by the app’s sign-in" : "Not signed in", language, callback_id && "asked to be called"].filter(Boolean).join(", ")}</p>
        </div>
      </div>
      {run ? <FlowNow run={run} /> : (
        <section class="panel why" aria-label="Why now">
          <h2 class="section">Why now</h2>
          <strong data-testid="why-now">{why.first}</strong>
          {why.rest && <p>{why.rest}</p>}
          {passed_on?.note && <p class="why__note" dir="auto" data-testid="passed-note">{passed_on.note}</p>}
        </section>
      )}
      <ActionsPanel one={one} />
      <EarlierPanel one={one} />
      <KnownPanel one={one} />
      <FactsPanel one={one} />
      <PastPanel one={one} />
      <NotesPanel one={one} />
    </aside>
  );
}
