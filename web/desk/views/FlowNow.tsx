/** Where does the customer's flow stand now that the help has ended? */
import type { RunView } from "../../sdk/types.ts";

export function FlowNow({ run }: { run: RunView }) {
  const { at, of } = run.progress ?? { at: 0, of: 0 };
  const solved = run.status === "solved";
  return (
    <section class="panel" aria-label="Flow now">
      <h2 class="section">Flow now</h2>
      <p class="pane__head">{run.title}</p>
      {of > 0 && <div class="steps" aria-hidden="true">{Array.from({ length: of }, (_, i) => <i key={i} class={i + 1 < at || solved ? "is-done" : i + 1 === at ? "is-now" : ""} />)}</div>}
      <p class="quiet">{solved ? "Finished" : `${of > 0 ? `Step ${at} of ${of}, ` : ""}${run.step_title}`}</p>
    </section>
  );
}
