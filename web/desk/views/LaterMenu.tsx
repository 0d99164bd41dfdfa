/** Not now: the customer answers later, or is called again. */
import { coming, firstName } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import type { Case } from "../state/case.ts";
import { useDesk } from "./context.ts";
import { Menu } from "./Menu.tsx";

const HOUR_MS = 3_600_000;
const AHEAD_H = [1, 3, 24];
const QUARTER_MS = 900_000;

/** At a quarter of an hour, which is easier to remember. */
const rounded = (ms: number): Date => new Date(Math.ceil(ms / QUARTER_MS) * QUARTER_MS);

export function LaterMenu({ one }: { one: Case }) {
  const now = useDesk().clock.now.value;
  const name = firstName(one.interaction.value.customer.name);
  const promised = one.conversation.events.value.findLast((event) => event.kind.startsWith("callback."));
  const planned = promised?.kind === "callback.scheduled" || promised?.kind === "callback.moved";
  return (
    <Menu side="end" buttonClass="button button--secondary" label="Later" testId="later" button={<><Icon name="park" /><Icon name="down" /></>}>
      <p class="menu__head">Call {name} again</p>
      {planned && promised.body.due_at
        ? <p class="menu__head">{`Planned ${coming(promised.body.due_at, now)}`}</p>
        : AHEAD_H.map((hours) => rounded(now + hours * HOUR_MS)).map((at, i) => (
          <button type="button" key={i} class="menu__item" role="menuitem" data-testid={`call-later-${AHEAD_H[i]}`} onClick={() => void one.callLater(at)}>
            <Icon name="callback" />{sentence(coming(at.toISOString(), now))}
          </button>
        ))}
      <button type="button" class="menu__item" role="menuitem" data-testid="pause" onClick={() => void one.pause()}><Icon name="hold" />{name} answers later</button>
    </Menu>
  );
}

const sentence = (text: string): string => text.charAt(0).toLocaleUpperCase() + text.slice(1);
