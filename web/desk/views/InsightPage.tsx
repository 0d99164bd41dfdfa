/** How do flows do, and where do people stumble? For leads. */
import { useRef } from "preact/hooks";
import "../style/insight.css";
import type { VersionInsight } from "../../sdk/types.ts";
import { lasted, PERIODS, percent, share, versionName } from "../state/insight.ts";
import { useDesk } from "./context.ts";
import { FunnelSection } from "./FunnelSection.tsx";
import { Empty, Loaded } from "./PaneState.tsx";
import { RepeatedSection } from "./RepeatedSection.tsx";

export function InsightPage() {
  const { insight } = useDesk();
  const steps = useRef<HTMLDivElement>(null);
  return (
    <main class="pane pane--main insight" data-testid="insight">
      <header class="insight__head">
        <h1>Insight</h1>
        <fieldset class="segments insight__days">
          <legend class="sr-only">Runs that began in the last</legend>
          {PERIODS.map((days) => <button type="button" key={days} aria-pressed={insight.days.value === days} onClick={() => insight.look(days)} data-testid={`days-${days}`}>{days} days</button>)}
        </fieldset>
      </header>
      <Loaded of={insight.flows.value} what="Flows" lines={6}>
        {(flows) => (flows.length === 0
          ? <Empty icon="flow" title="Nobody began a flow in this time" />
          : <FlowsTable flows={flows} onChoose={() => steps.current?.scrollIntoView({ block: "start" })} />)}
      </Loaded>
      <div ref={steps}>{insight.steps.value && <FunnelSection steps={insight.steps.value} />}</div>
      <RepeatedSection />
    </main>
  );
}

function FlowsTable({ flows, onChoose }: { flows: VersionInsight[]; onChoose: () => void }) {
  return (
    <section aria-labelledby="flows-head">
      <h2 class="pane__head" id="flows-head">Flows</h2>
      <table class="table" data-testid="insight-flows">
        <thead>
          <tr>
            <th scope="col">Flow</th><th scope="col">Version</th><th scope="col" class="end">Began</th><th scope="col" class="end">Solved</th><th scope="col" class="end">Without a human</th>
            <th scope="col" class="end">Came back</th><th scope="col" class="end">Left</th><th scope="col" class="end">Pressed help</th><th scope="col" class="end">Gave up</th><th scope="col" class="end">Median</th>
          </tr>
        </thead>
        <tbody>{flows.map((one) => <FlowRow key={one.version} one={one} onChoose={onChoose} />)}</tbody>
      </table>
      <p class="insight__note">Came back: solved without a human, and the customer asked for one within seven days. Gave up: the flow itself passed to a human.</p>
    </section>
  );
}

function FlowRow({ one, onChoose }: { one: VersionInsight; onChoose: () => void }) {
  const { insight } = useDesk();
  const choose = (): void => {
    insight.choose(one.flow, one.version);
    onChoose();
  };
  return (
    <tr data-testid={`flow-${one.flow}`}>
      <th scope="row"><button type="button" class="insight__flow" onClick={choose}>{one.title}</button></th>
      <td><span class="cell">{versionName(one)}{one.live && <span class="tag tag--ok">Live</span>}</span></td>
      <td class="end">{one.started}</td>
      <td class="end">{percent(share(one.solved, one.started))}</td>
      <td class="end">{percent(share(one.solved_alone, one.started))}</td>
      <td class={`end${one.came_back > 0 ? " is-warn" : ""}`}>{one.came_back}</td>
      <td class="end">{one.abandoned + one.expired + one.lying}</td>
      <td class="end">{one.helped}</td>
      <td class="end">{one.escalated}</td>
      <td class="end">{lasted(one.median_s)}</td>
    </tr>
  );
}
