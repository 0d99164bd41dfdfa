/** Why not? An offer is declined with a reason, so that the queue can learn from it. */
import { effect, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import type { Offer } from "../../sdk/types.ts";
import { useDesk } from "./context.ts";
import { Menu } from "./Menu.tsx";

const REASONS: readonly { code: string; label: string }[] = [
  { code: "busy", label: "Still busy with someone" },
  { code: "not_my_field", label: "Not my field" },
  { code: "technical", label: "Something doesn’t work here" },
  { code: "know_the_customer", label: "I know the customer" },
];

export function DeclineMenu({ offer }: { offer: Offer }) {
  const desk = useDesk();
  const { id } = offer.interaction;
  const open = useMemo(() => signal(false), [id]);
  useEffect(() => effect(() => { if (desk.declining.value === id) open.value = true; }), [id]);
  useEffect(() => effect(() => { if (!open.value && desk.declining.peek() === id) desk.declining.value = null; }), [id]);
  return (
    <Menu open={open} testId="decline" buttonClass="button button--secondary" button={<>Decline<span class="key">Alt D</span><Icon name="down" /></>}>
      <p class="menu__head">Why not now?</p>
      {REASONS.map(({ code, label }) => (
        <button type="button" key={code} class="menu__item" role="menuitem" data-testid={`decline-${code}`} onClick={() => void desk.decline(offer, code)}>{label}</button>
      ))}
    </Menu>
  );
}
