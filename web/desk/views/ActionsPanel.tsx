/** What did the customer do just before asking? */
import { useSignal } from "@preact/signals";
import { Icon } from "../../shared/icon.tsx";
import type { Case } from "../state/case.ts";
import { since } from "../state/clock.ts";
import { ago, trail } from "../state/facts.ts";
import { useDesk } from "./context.ts";
import { Loaded } from "./PaneState.tsx";

const FIRST = 6;

export function ActionsPanel({ one }: { one: Case }) {
  const { clock } = useDesk();
  const all = useSignal(false);
  const count = one.context.value?.actions.length ?? 0;
  return (
    <section class="panel" aria-label="Recent actions" data-testid="recent-actions">
      <div class="panel__head">
        <h2 class="section">Recent actions</h2>
        {count > FIRST && <button class="button button--quiet push" onClick={() => { all.value = !all.value; }}>{all.value ? "Fewer" : `All ${count}`}</button>}
      </div>
      <Loaded of={one.context} what="Recent actions">
        {({ actions }) => actions.length === 0 ? <p class="panel__none">None were shared.</p> : (
          <ol class="trail">
            {trail(actions).slice(0, all.value ? undefined : FIRST).map(({ icon, bad, text, at }, i) => (
              <li key={i} class={bad ? "is-bad" : ""}><Icon name={icon} /><span class="clip" title={text}>{text}</span><time>{ago(since(at, clock.now.value))}</time></li>
            ))}
          </ol>
        )}
      </Loaded>
    </section>
  );
}
