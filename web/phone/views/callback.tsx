/** When shall we call? At one's turn, or at a time that one chooses; and what is planned, to be moved or cancelled. */
import { useState } from "preact/hooks";
import { coming } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import type { Callback, CallbackChoice } from "../../sdk/types.ts";
import { slotDays } from "../state/slots.ts";
import type { SlotDay } from "../state/slots.ts";
import { Banner, Row, Sheet } from "./parts.tsx";
import type { Act } from "./parts.tsx";

export interface CallbackSheetProps {
  choice: CallbackChoice | null;
  /** The one that is planned: it gets another time. */
  moving: Callback | null;
  now: number;
  busy: boolean;
  trouble: string | null;
  onTurn: Act;
  onTime: (at: string) => void;
  onClose: Act;
}

export function CallbackSheet({ choice, moving, now, busy, trouble, onTurn, onTime, onClose }: CallbackSheetProps) {
  const days = choice ? slotDays(choice.windows, now) : [];
  return (
    <Sheet onClose={onClose}>{(titleId) => <>
      <div class="sheet__head">
        <div>
          <h2 class="title" id={titleId}>{moving ? "Another time" : "We call you back"}</h2>
          <p class="lead">{moving ? `Planned ${coming(moving.due_at, now)}.` : "In this app, also when it’s closed. Your place is kept."}</p>
        </div>
        <button type="button" class="icon-button push" aria-label="Close" data-testid="callback-close" onClick={onClose}><Icon name="close" large /></button>
      </div>
      {trouble && <Banner icon="alert" tone="danger">{trouble}</Banner>}
      {!choice && !trouble && <div class="loading" aria-hidden="true"><div class="skeleton skeleton--row" /><div class="skeleton skeleton--block" /></div>}
      {choice?.now && !moving && (
        <ul class="rows card" aria-busy={busy}>
          <Row icon="callback" name="When it’s my turn" more="Go on with your day, your phone rings" testId="callback-turn" onPick={() => { if (!busy) onTurn(); }} />
        </ul>
      )}
      {days.length > 0 && <Times days={days} now={now} busy={busy} moving={moving !== null} onTime={onTime} />}
      {choice && days.length === 0 && <Banner icon="clock" tone="warn">Nobody can call within the next week. Write, and we answer.</Banner>}
    </>}</Sheet>
  );
}

function Times({ days, now, busy, moving, onTime }: { days: readonly SlotDay[]; now: number; busy: boolean; moving: boolean; onTime: (at: string) => void }) {
  const [wantedDay, setDay] = useState("");
  const [wantedTime, setTime] = useState("");
  const day = days.find(({ key }) => key === wantedDay) ?? days[0]!;
  const slot = day.slots.find(({ at }) => at.endsWith(wantedTime)) ?? day.slots[0]!;
  const choose = (event: Event): void => {
    event.preventDefault();
    if (!busy) onTime(slot.at);
  };
  return (
    <form class="times" onSubmit={choose}>
      <label class="field"><span class="field__label">Day</span>
        <select class="field__control" data-testid="callback-day" value={day.key} onChange={({ currentTarget }) => setDay(currentTarget.value)}>
          {days.map(({ key, label }) => <option key={key} value={key}>{label}</option>)}
        </select>
      </label>
      <label class="field"><span class="field__label">Time</span>
        <select class="field__control numeric" data-testid="callback-time" value={slot.at.slice(10)} onChange={({ currentTarget }) => setTime(currentTarget.value)}>
          {day.slots.map(({ at, label }) => <option key={at} value={at.slice(10)}>{label}</option>)}
        </select>
      </label>
      <button type="submit" class="button button--primary button--wide" aria-busy={busy} data-testid="callback-choose">
        {moving ? "Move it to" : "Call me"} {coming(new Date(slot.moment).toISOString(), now)}
      </button>
    </form>
  );
}

/** The banner of a callback on the first screen. */
export function Planned({ callback, now, onMove, onCancel, onAgain }: { callback: Callback; now: number; onMove: Act; onCancel: Act; onAgain: Act }) {
  const missed = callback.state === "missed";
  return (
    <article class="card resume" data-testid={`callback-${callback.state}`}>
      <div class="resume__head">
        <span class="tile"><Icon name="callback" /></span>
        <div class="resume__words">
          <h2 class="row__name">{missed ? "We tried to reach you" : `We call you ${coming(callback.due_at, now)}`}</h2>
          <p class="row__more">{missed ? "Nobody answered. Shall we try again?" : callback.tries ? "You didn’t answer just now. Your place is kept." : "In this app. Your place is kept."}</p>
        </div>
      </div>
      {missed
        ? <button type="button" class="button button--primary button--wide" data-testid="callback-again" onClick={onAgain}>Call me again</button>
        : (
          <div class="planned__acts">
            <button type="button" class="button button--secondary" data-testid="callback-move" onClick={onMove}>Another time</button>
            <button type="button" class="button button--quiet" data-testid="callback-cancel" onClick={onCancel}>Don’t call</button>
          </div>
        )}
    </article>
  );
}
