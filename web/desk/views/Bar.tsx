/** How am I standing, and how many wait? */
import { initials } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { since } from "../state/clock.ts";
import { waited } from "../state/facts.ts";
import { useDesk, useSurroundings } from "./context.ts";
import { Menu } from "./Menu.tsx";
import { PresenceControl } from "./PresenceControl.tsx";

export function Bar() {
  const desk = useDesk();
  const me = desk.me.value;
  const waiting = me?.queue ?? [];
  const now = desk.clock.now.value;
  const longest = Math.max(0, ...waiting.map((entry) => since(entry.waiting_since ?? entry.enqueued_at, now)));
  return (
    <header class="bar">
      <span class="bar__logo"><Icon name="logo" />Warmline</span>
      {me ? <PresenceControl me={me} /> : <div class="skeleton bar__wait" />}
      {me && <p class="vitals"><span>Waiting<b data-testid="waiting">{me.waiting}</b></span>{waiting.length > 0 && <span>Longest<b>{waited(longest)}</b></span>}</p>}
      <button class="icon-button push" aria-label="Keyboard shortcuts" onClick={() => { desk.showsShortcuts.value = true; }}><Icon name="help" /></button>
      {me && <Account name={me.agent.name} email={me.agent.email ?? ""} />}
    </header>
  );
}

function Account({ name, email }: { name: string; email: string }) {
  const { signOut } = useSurroundings();
  return (
    <Menu side="end" buttonClass="account" label={`${initials(name)}, account of ${name}`} testId="account" button={<span class="avatar">{initials(name)}</span>}>
      <p class="menu__head">{name}<br />{email}</p>
      <button type="button" class="menu__item" role="menuitem" data-testid="sign-out" onClick={signOut}><Icon name="lock" />Sign out</button>
    </Menu>
  );
}
