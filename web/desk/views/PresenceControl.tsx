/** Am I available, on a break or gone, and for how long? */
import { Icon } from "../../shared/icon.tsx";
import type { AgentMe, Intent } from "../../sdk/types.ts";
import { since } from "../state/clock.ts";
import { waited } from "../state/facts.ts";
import { INTENTS, standing } from "../state/presence.ts";
import { useDesk } from "./context.ts";
import { Menu } from "./Menu.tsx";

export function PresenceControl({ me }: { me: AgentMe }) {
  const desk = useDesk();
  const { word, icon, tone, since: from } = standing(me);
  const button = (
    <>
      <span class={`state state--${tone}`}><Icon name={icon} />{word}</span>
      {from && <time>{waited(since(from, desk.clock.now.value))}</time>}
      <Icon name="down" />
    </>
  );
  return (
    <Menu button={button} buttonClass="presence" testId="presence">
      {(Object.keys(INTENTS) as Intent[]).map((intent) => (
        <button type="button" class="menu__item" role="menuitemradio" aria-checked={me.presence.intent === intent} key={intent}
          data-testid={`presence-set-${intent}`} onClick={() => void desk.setPresence(intent)}>
          <span class={`state state--${INTENTS[intent].tone}`}><Icon name={INTENTS[intent].icon} /></span>
          {INTENTS[intent].word}<small>{INTENTS[intent].hint}</small>
        </button>
      ))}
    </Menu>
  );
}
