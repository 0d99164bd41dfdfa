/** How does a conversation end? One is asked, sees until when, and both answers are one tap away. */
import { firstName, stopwatch } from "../../shared/format.ts";
import type { Closing } from "../../sdk/types.ts";
import type { Act } from "./parts.tsx";

export interface ClosingProps {
  closing: Closing;
  agent: string;
  /** Milliseconds of the server's clock. */
  now: number;
  busy: boolean;
  onDone: Act;
  onNotYet: Act;
}

const WORDS = {
  asked: { title: "Is everything solved?", done: "Yes, all done", notYet: "Not yet" },
  silence: { title: "Are you still there?", done: "All done", notYet: "I’m still here" },
};

export function ClosingCard({ closing, agent, now, busy, onDone, onNotYet }: ClosingProps) {
  const { title, done, notYet } = WORDS[closing.reason];
  return (
    <section class="closing" aria-labelledby="closing-title" data-testid="closing">
      <div role="status"><h2 class="row__name" id="closing-title">{title}</h2></div>
      <p class="row__more">{firstName(agent)} goes on as soon as you write. Without an answer this closes in <span class="numeric" role="timer">{left(closing, now)}</span>.</p>
      <div class="closing__ways">
        <button type="button" class={`button ${closing.reason === "asked" ? "button--primary" : "button--secondary"}`} aria-busy={busy} data-testid="closing-done" onClick={onDone}>{done}</button>
        <button type="button" class={`button ${closing.reason === "asked" ? "button--secondary" : "button--primary"}`} aria-busy={busy} data-testid="closing-not-yet" onClick={onNotYet}>{notYet}</button>
      </div>
    </section>
  );
}

/** "02:43" */
const left = (closing: Closing, now: number): string => stopwatch(Math.max(0, Date.parse(closing.until) - now));

export const closingTitle = ({ reason }: Closing): string => WORDS[reason].title;
