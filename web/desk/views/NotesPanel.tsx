/** What did agents write down about this customer? */
import { firstName, when } from "../../shared/format.ts";
import type { Case } from "../state/case.ts";
import { useDesk } from "./context.ts";

export function NotesPanel({ one }: { one: Case }) {
  const desk = useDesk();
  const me = desk.me.value?.agent.id;
  const notes = one.conversation.events.value.filter((event) => event.kind === "note").reverse();
  return (
    <section class="panel" aria-label="Notes" data-testid="notes">
      <div class="panel__head">
        <h2 class="section">Notes</h2>
        <button class="button button--quiet push" data-testid="note-add" onClick={() => one.write("note")}>Add<span class="key">Alt N</span></button>
      </div>
      {notes.length === 0 && <p class="panel__none">None yet.</p>}
      {notes.map(({ seq, body, actor, at }) => (
        <p class="pinned" key={seq} dir="auto">{body.text}<small>{actor.id === me ? "You" : firstName(actor.name ?? "An agent")}, {when(at, desk.clock.now.value)}</small></p>
      ))}
    </section>
  );
}
