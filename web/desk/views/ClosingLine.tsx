/** The customer is asked whether everything is solved: until when, and what else can I do? */
import { firstName } from "../../shared/format.ts";
import type { Closing } from "../../sdk/types.ts";
import type { Case } from "../state/case.ts";
import { secondsUntil } from "../state/clock.ts";
import { waited } from "../state/facts.ts";
import { useDesk } from "./context.ts";
import { Deadline } from "./Deadline.tsx";

export function ClosingLine({ one }: { one: Case }) {
  const desk = useDesk();
  const { closing, customer } = one.interaction.value;
  if (closing === null) return null;
  return (
    <section class="closing-line" aria-label="Closing" data-testid="closing-line">
      <Deadline from={closing.since} until={closing.until} what="until this closes by itself" words={false} />
      <div class="closing-line__words">
        <strong role="status">{words(closing, firstName(customer.name))}</strong>
        <span class="numeric">Closes by itself in {waited(1000 * secondsUntil(closing.until, desk.clock.now.value))}</span>
      </div>
      {one.part.value === null && <Ways one={one} />}
    </section>
  );
}

/** How it ends is up to whoever has the customer. */
function Ways({ one }: { one: Case }) {
  const doing = one.commands.doing.value;
  return (
    <>
      <button class="button button--quiet push" data-testid="keep-open" aria-busy={doing === "keep-open"} onClick={() => void one.keepOpen()}>Keep open</button>
      <button class="button button--secondary" data-testid="end-interaction" title="Alt E" aria-busy={doing === "end"} onClick={() => void one.end()}>{doing === "end" ? "Ending" : "End now"}</button>
    </>
  );
}

const words = ({ reason }: Closing, name: string): string =>
  reason === "asked" ? `${name} is asked whether everything is solved` : `${name} has not answered for a while`;
