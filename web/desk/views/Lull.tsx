/** Nothing rings: why, and what happens next? */
import { Icon, type IconName } from "../../shared/icon.tsx";
import type { AgentMe, Intent } from "../../sdk/types.ts";
import { useDesk } from "./context.ts";

const WORDS: Record<Intent, { icon: IconName; title: string; next: string }> = {
  available: { icon: "bell", title: "You are available", next: "The next offer rings here." },
  break: { icon: "clock", title: "You are on a break", next: "No offers until you are back. Customers you are helping stay with you." },
  offline: { icon: "offline", title: "You are offline", next: "Go available, and the next customer who asks for someone is offered to you." },
};

export function Lull({ me }: { me: AgentMe }) {
  const desk = useDesk();
  const { intent } = me.presence;
  const { icon, title, next } = WORDS[intent];
  const busy = desk.commands.doing.value === "presence";
  return (
    <section class="card lull" aria-labelledby="lull-title" data-testid={`lull-${intent}`}>
      <span class={`tile${intent === "available" ? "" : " tile--plain"}`}><Icon name={icon} /></span>
      <h2 id="lull-title">{title}</h2>
      <p>{next}</p>
      {intent !== "available" && (
        <button class="button button--primary" data-testid="presence-available" aria-busy={busy} onClick={() => void desk.setPresence("available")}>
          {busy ? "Going available" : intent === "break" ? "I’m back" : "Go available"}
        </button>
      )}
    </section>
  );
}
