/** An offer or an asking that could not be taken while a case is open; the room without a case says it itself. */
import { Icon } from "../../shared/icon.tsx";
import { useDesk } from "./context.ts";

export function TroubleBanner() {
  const { trouble } = useDesk().commands;
  if (trouble.value === null) return null;
  return (
    <div class="banner banner--danger" role="alert" data-testid="desk-trouble">
      <Icon name="alert" />
      <p>{trouble.value}</p>
      <button class="icon-button push" aria-label="Put this away" onClick={() => { trouble.value = null; }}><Icon name="close" /></button>
    </div>
  );
}
