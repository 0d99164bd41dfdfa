/** What came out of this interaction, as far as the log and the flow know it? */
import type { Case } from "./case.ts";

export function outcomes(one: Case): string[] {
  const { accepted_at, enqueued_at } = one.interaction.value;
  const begun = Date.parse(accepted_at ?? enqueued_at);
  const here = one.conversation.events.value.filter((event) => Date.parse(event.at) >= begun);
  const run = one.run.value;
  const lines: string[] = [];
  if (run?.status === "solved") lines.push(`${run.title}, finished`);
  if (run && run.status === "active") lines.push(`${run.title}, goes on alone${run.progress ? ` at step ${run.progress.at} of ${run.progress.of}` : ""}`);
  if (here.some((event) => event.kind === "flow.handed_back") && run?.status === "solved") lines.push("Finished alone after the hand-back");
  const notes = here.filter((event) => event.kind === "note").length;
  if (notes > 0) lines.push(notes === 1 ? "One note kept" : `${notes} notes kept`);
  return lines;
}
