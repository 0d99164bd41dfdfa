/** When will the customer answer? Their place is kept; a reminder is theirs to choose. */
import { clock } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { Row, Sheet } from "./parts.tsx";
import type { Act } from "./parts.tsx";

const TONIGHT = 19;
const MORNING = 9;

function at(now: number, days: number, hour: number): Date {
  const day = new Date(now);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days, hour);
}

/** A reminder within the hour is none. */
const hasEvening = (now: number): boolean => at(now, 0, TONIGHT).getTime() - now > 3_600_000;

/** Nobody who did not sign in can be reached once the app is closed: for them there is no reminder. */
export function LaterSheet({ now, anonymous, onPick, onClose }: { now: number; anonymous: boolean; onPick: (remindAt: string | null) => void; onClose: Act }) {
  const [evening, morning] = [at(now, 0, TONIGHT), at(now, 1, MORNING)].map((day) => day.toISOString()) as [string, string];
  return (
    <Sheet onClose={onClose}>{(titleId) => <>
      <div class="sheet__head">
        <div><h2 class="title" id={titleId}>Answer later</h2><p class="lead">Your place is kept, and so is what you wrote.</p></div>
        <button type="button" class="icon-button push" aria-label="Close" data-testid="later-close" onClick={onClose}><Icon name="close" large /></button>
      </div>
      <ul class="rows card">
        {!anonymous && hasEvening(now) && <Row icon="clock" name="Tonight" more={`We remind you at ${clock(evening)}`} testId="later-tonight" onPick={() => onPick(evening)} />}
        {!anonymous && <Row icon="bell" name="Tomorrow morning" more={`We remind you at ${clock(morning)}`} testId="later-tomorrow" onPick={() => onPick(morning)} />}
        <Row icon="text" name="Whenever I can" more={anonymous ? "Come back here and write" : "No reminder: write when you’re ready"} testId="later-whenever" onPick={() => onPick(null)} />
      </ul>
    </>}</Sheet>
  );
}
