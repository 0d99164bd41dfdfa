/** Which questions were asked although the answer was known? */
import { readable } from "../state/facts.ts";
import { useDesk } from "./context.ts";
import { Empty, Loaded } from "./PaneState.tsx";

export function RepeatedSection() {
  const { insight } = useDesk();
  return (
    <section aria-labelledby="repeated-head" data-testid="repeated">
      <h2 class="pane__head" id="repeated-head">Asked again</h2>
      <Loaded of={insight.repeated.value} what="Repeated questions">
        {({ items, total, interactions }) => (total === 0
          ? <Empty icon="check" title="Nobody was asked for what was known">In {interactions} requests for help. That is the goal.</Empty>
          : (
            <>
              <p class="insight__note">{total} times somebody was asked for what was known, beside {interactions} requests for help that ended.</p>
              <table class="table">
                <thead><tr><th scope="col">What</th><th scope="col">Asked by</th><th scope="col">Known from</th><th scope="col" class="end">Times</th></tr></thead>
                <tbody>{items.map(({ key, by, source, count }) => <tr key={`${key} ${by} ${source}`}><th scope="row">{readable(key)}</th><td>{by === "flow" ? "A flow" : "An agent"}</td><td>{source}</td><td class="end">{count}</td></tr>)}</tbody>
              </table>
            </>
          ))}
      </Loaded>
    </section>
  );
}
