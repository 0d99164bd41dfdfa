/** How far do people come in a flow, and what stops them? The bars stand in the table that says the same. */
import type { FlowInsight } from "../../sdk/types.ts";
import { funnel, hotSpots, lasted, percent, share, versionName, type Row } from "../state/insight.ts";
import type { Resource } from "../state/resource.ts";
import { useDesk } from "./context.ts";
import { Empty, Loaded } from "./PaneState.tsx";

export function FunnelSection({ steps }: { steps: Resource<FlowInsight[]> }) {
  return <Loaded of={steps} what="Steps" lines={8}>{(versions) => <Funnel versions={versions} />}</Loaded>;
}

function Funnel({ versions }: { versions: FlowInsight[] }) {
  const { insight } = useDesk();
  const one = versions.find(({ run }) => run.version === insight.version.value) ?? versions[0];
  if (!one) return null;
  const others = versions.filter((other) => other !== one);
  const beside = others.find(({ run }) => run.version === insight.beside.value) ?? null;
  return (
    <section aria-labelledby="funnel-head" data-testid="funnel">
      <div class="insight__head">
        <h2 class="pane__head" id="funnel-head">{one.run.title} <small>{versionName(one.run)}, {one.run.started} began</small></h2>
        {others.length > 0 && <Beside others={others} />}
      </div>
      {beside && <p class="insight__legend"><span><i />{versionName(one.run)}</span><span><i class="is-before" />{versionName(beside.run)}, {beside.run.started} began</span></p>}
      <table class="table funnel">
        <thead>
          <tr><th scope="col">Step</th><th scope="col">Came here, of those who began</th><th scope="col" class="end">Came</th><th scope="col" class="end">Went on</th><th scope="col" class="end">Left here</th><th scope="col" class="end">Help</th><th scope="col" class="end">Median</th><th scope="col" class="end">Slowest tenth</th></tr>
        </thead>
        <tbody>{funnel(one, beside).map((row) => <StepRow key={row.step.step} row={row} />)}</tbody>
      </table>
      <HotSpots one={one} />
    </section>
  );
}

function Beside({ others }: { others: FlowInsight[] }) {
  const { insight } = useDesk();
  return (
    <label class="insight__beside">Beside it
      <select class="field__control field__control--line" value={insight.beside.value ?? ""} onChange={(event) => { insight.beside.value = event.currentTarget.value || null; }} data-testid="beside">
        <option value="">No other version</option>
        {others.map(({ run }) => <option key={run.version} value={run.version}>{versionName(run)}</option>)}
      </select>
    </label>
  );
}

function StepRow({ row: { step, part, before } }: { row: Row }) {
  const left = step.entered > 0 ? part * share(step.left, step.entered) : 0;
  return (
    <tr data-testid={`step-${step.step}`}>
      <th scope="row">{step.title}</th>
      <td>
        <div class="bar-cell">
          <div class="bars" aria-hidden="true">
            <div class="bars__one"><i style={{ inlineSize: `${(part - left) * 100}%` }} /><i class="is-left" style={{ inlineSize: `${left * 100}%` }} /></div>
            {before !== null && <div class="bars__one bars__one--before"><i style={{ inlineSize: `${before * 100}%` }} /></div>}
          </div>
          <span>{percent(part)}{before !== null && <small>{percent(before)}</small>}</span>
        </div>
      </td>
      <td class="end">{step.entered}</td>
      <td class="end">{step.kind === "other" ? "–" : step.answered}</td>
      <td class={`end${step.left > 0 ? " is-danger" : ""}`}>{step.left}</td>
      <td class="end">{step.helped}</td>
      <td class="end">{lasted(step.p50_s)}</td>
      <td class="end">{lasted(step.p90_s)}</td>
    </tr>
  );
}

function HotSpots({ one }: { one: FlowInsight }) {
  const spots = hotSpots(one);
  const most = spots[0]?.count ?? 0;
  return (
    <section class="insight__spots" aria-labelledby="spots-head" data-testid="hot-spots">
      <h3 class="section" id="spots-head">Where people stumble</h3>
      {spots.length === 0 && <Empty icon="check" title="Nothing was refused, and nobody pressed help" />}
      <ol>
        {spots.map(({ step, what, count }) => (
          <li key={`${step} ${what}`}><span><b>{what}</b><small>{step}</small></span><i aria-hidden="true"><i style={{ inlineSize: `${share(count, most) * 100}%` }} /></i><span class="end">{count}×</span></li>
        ))}
      </ol>
    </section>
  );
}
