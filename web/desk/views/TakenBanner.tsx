/** A supervisor has what I had: who, and why? */
import { firstName } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { useDesk } from "./context.ts";

export function TakenBanner() {
  const desk = useDesk();
  const taken = desk.taken.value;
  if (!taken) return null;
  return (
    <div class="banner banner--warn" role="status" data-testid="taken">
      <Icon name="transfer" />
      <p><b>{taken.by} took over {firstName(taken.customer)}.</b> {taken.reason}</p>
      <button class="icon-button push" aria-label="Put this away" onClick={() => { desk.taken.value = null; }}><Icon name="close" /></button>
    </div>
  );
}
