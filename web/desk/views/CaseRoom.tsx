/** One interaction of mine: the customer, the one timeline, and what is known. It stays mounted while another is open. */
import type { Case } from "../state/case.ts";
import { BesideLines } from "./BesideLines.tsx";
import { CallBar } from "./CallBar.tsx";
import { CaseHead } from "./CaseHead.tsx";
import { ClosingLine } from "./ClosingLine.tsx";
import { Composer } from "./Composer.tsx";
import { CustomerPane } from "./CustomerPane.tsx";
import { FlowMirror } from "./FlowMirror.tsx";
import { Stage } from "./Stage.tsx";
import { Timeline } from "./Timeline.tsx";
import { WrapUp } from "./WrapUp.tsx";

function roomKind(wrapping: boolean, folded: boolean): string {
  if (wrapping) return "room--wrap";
  return folded ? "room--live room--folded" : "room--live";
}

export function CaseRoom({ one, hidden }: { one: Case; hidden: boolean }) {
  const { state, run_id, customer } = one.interaction.value;
  const wrapping = state === "wrap_up";
  const call = one.callState.value;
  const folded = !call && run_id === null;
  return (
    <main class={`room ${roomKind(wrapping, folded)}`} hidden={hidden} aria-label={`Helping ${customer.name}`}>
      <CaseHead one={one} />
      {wrapping ? <WrapUp one={one} hidden={hidden} /> : (
        <div class="stage-column">
          {call && <Stage one={one} call={call} />}
          {run_id !== null && <FlowMirror one={one} />}
        </div>
      )}
      <section class="stream" aria-label={`Timeline of ${customer.name}`}>
        <BesideLines one={one} />
        <Timeline one={one} />
        <ClosingLine one={one} />
        <Composer one={one} />
      </section>
      <CustomerPane one={one} />
      {call && !wrapping && <CallBar one={one} call={call} />}
    </main>
  );
}
