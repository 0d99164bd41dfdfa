/** Whom am I helping, how sure are we who it is, and over which channel? */
import { Icon } from "../../shared/icon.tsx";
import type { Case } from "../state/case.ts";
import { ChannelSwitch } from "./ChannelSwitch.tsx";
import { LaterMenu } from "./LaterMenu.tsx";

export function CaseHead({ one }: { one: Case }) {
  const { customer, state, closing } = one.interaction.value;
  const part = one.part.value;
  return (
    <header class="case">
      <h1 class="case__name">{customer.name}</h1>
      {customer.verified
        ? <span class="tag tag--ok"><Icon name="verified" />Signed in</span>
        : <span class="tag"><Icon name="claimed" />Not signed in</span>}
      {state === "paused" && <span class="tag tag--warn"><Icon name="hold" />Paused</span>}
      {part ? <span class="tag push"><Icon name="people" />With {part.asked_by.name}</span> : state === "wrap_up" ? <span class="tag push"><Icon name="note" />Wrap-up</span> : (
        <>
          <ChannelSwitch one={one} />
          {state === "live" && <button class="button button--secondary" data-testid="pass-on" title="Alt T" onClick={() => one.passOn.show()}><Icon name="transfer" />Pass on</button>}
          {state === "live" && <LaterMenu one={one} />}
          {closing === null && <End one={one} />}
        </>
      )}
    </header>
  );
}

/** In a text the customer is asked first; the answer, or none, is awaited in ClosingLine. */
function End({ one }: { one: Case }) {
  const doing = one.commands.doing.value;
  return one.asksFirst
    ? <button class="button button--secondary" data-testid="ask-close" title="Alt E" aria-busy={doing === "close"} onClick={() => void one.askToClose()}>{doing === "close" ? "Asking" : "Ask to close"}</button>
    : <button class="button button--secondary" data-testid="end-interaction" title="Alt E" aria-busy={doing === "end"} onClick={() => void one.end()}>{doing === "end" ? "Ending" : "End help"}</button>;
}
