/** From which step does the customer go on alone? The present one in one press; any other from the list. */
import { Icon } from "../../shared/icon.tsx";
import type { RunView } from "../../sdk/types.ts";
import type { Case } from "../state/case.ts";
import { Menu } from "./Menu.tsx";

export function HandBack({ one, run, name }: { one: Case; run: RunView; name: string }) {
  const busy = one.commands.doing.value === "hand-back";
  const alone = run.status !== "with_human";
  const at = run.progress ? ` at step ${run.progress.at}` : "";
  const others = run.path.filter((step) => step.step !== run.step);
  if (alone) return <p class="quiet small" data-testid="handed-back">{name} goes on alone in “{run.step_title}”. You see each step here.</p>;
  return (
    <div class="mirror__actions">
      <button class="button button--secondary" data-testid="hand-back" aria-busy={busy} onClick={() => void one.handBack(null)}>
        {!busy && <Icon name="flow" />}{busy ? "Handing back" : `Hand back${at}`}
      </button>
      <Menu side="end" buttonClass="button button--secondary" label="Hand back at another step" testId="hand-back-choose" button={<Icon name="down" />}>
        <p class="menu__head">Hand back at another step</p>
        {others.map((step) => (
          <button type="button" class="menu__item" role="menuitem" key={step.step} data-testid={`hand-back-${step.step}`} onClick={() => void one.handBack(step.step)}>
            {step.title}<small>{step.state === "done" ? "done before" : ""}</small>
          </button>
        ))}
      </Menu>
    </div>
  );
}
