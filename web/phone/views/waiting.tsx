/** How does waiting stay honest? The place, a rounded estimate, what 9 in 10 wait, and every way out. */
import type { ComponentChildren } from "preact";
import { ordinal, targetName, waitSentence } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import type { Interaction } from "../../sdk/types.ts";
import { Row, Top } from "./parts.tsx";
import type { Act } from "./parts.tsx";

export interface WaitingProps {
  interaction: Interaction;
  /** Nobody signed in: an app that is closed can be neither called nor notified. */
  anonymous: boolean;
  now: number;
  /** What is wrong just now. */
  banner: ComponentChildren;
  onHome: Act;
  onStop: Act;
  /** Go on by text and write at once: whoever is back first answers. */
  onWrite: Act;
  onNotify: Act;
  onCallback: Act;
  /** Back to the run that is waiting too; null when help was asked for without one. */
  onRun: Act | null;
}

const TITLE = { text: "Text help", voice: "Voice help", video: "Video help" };

export function Waiting({ interaction, anonymous, now, banner, onHome, onStop, onWrite, onNotify, onCallback, onRun }: WaitingProps) {
  const { place, wait, nobody_there, enqueued_at, waiting_since, callback_id, notify, passed_on } = interaction;
  const called = callback_id != null;
  return (
    <div class="page">
      <Top title={TITLE[interaction.channel]} back={onHome} backLabel="Keep using the app" down>
        <button type="button" class="button button--quiet push" data-testid="stop-waiting" onClick={onStop}>Stop waiting</button>
      </Top>
      <main class="body waiting" data-testid="waiting">
        {banner}
        <Ring share={share(now - Date.parse(waiting_since ?? enqueued_at), wait?.p90_s ?? 60)} place={place} />
        <div role="status">
          <h1 class="title">{title(interaction)}</h1>
          {wait && interaction.state === "queued" && <p class="lead">{nineInTen(wait.p90_s)}</p>}
          {nobody_there && <p class="lead" data-testid="nobody-there">Your place is kept. We tell you here as soon as someone is back.</p>}
        </div>
        {called && <p class="seen" data-testid="will-ring"><Icon name="callback" />{anonymous ? "We call you here when it’s your turn. Keep the app open." : "Your phone rings when it’s your turn. You can close the app."}</p>}
        {notify && !called && <p class="seen" data-testid="will-notify"><Icon name="bell" />We notify you when it’s your turn. You can close the app.</p>}
        {passed_on && <p class="seen" data-testid="connecting-to"><Icon name="people" />{passed_on.by} passed you on to {targetName(passed_on.to)}. You need not say anything twice.</p>}
        {!passed_on && interaction.run_id && <p class="seen"><Icon name="done" />We already see what went wrong</p>}
        {!called && (!anonymous || nobody_there) && (
          <ul class="rows card waiting__rows">
            {nobody_there && <Row icon="text" name="Leave a message" more="We answer when we’re back" testId="leave-message" onPick={onWrite} />}
            {!anonymous && !notify && <Row icon="bell" name="Leave, and get a notification" more="Your place is kept" testId="leave-waiting" onPick={onNotify} />}
            {!anonymous && <Row icon="callback" name="Call me back" more="At your turn, or when you choose" testId="call-me" onPick={onCallback} />}
          </ul>
        )}
      </main>
      {onRun && <div class="bottom"><button type="button" class="button button--secondary button--tall" data-testid="meanwhile" onClick={onRun}>Back to where I was</button></div>}
    </div>
  );
}

function title({ state, wait, nobody_there, callback_id }: Interaction): string {
  if (state === "offered") return "Someone is being asked now";
  if (nobody_there) return "Nobody is here right now";
  if (wait) return waitSentence(wait.p50_s);
  return callback_id == null ? "Soon" : "We call you";
}

function nineInTen(p90: number): string {
  if (p90 <= 60) return `9 in 10 people wait less than ${Math.max(10, Math.ceil(p90 / 10) * 10)} seconds.`;
  return `9 in 10 people wait less than ${Math.ceil(p90 / 60)} minutes.`;
}

/** How much of the p90 is over, never none and never all: the ring is decoration, the words are the truth. */
const share = (waited: number, p90_s: number): number => Math.min(92, Math.max(8, (100 * waited) / (1000 * Math.max(1, p90_s))));

function Ring({ share, place }: { share: number; place: number | null }) {
  return (
    <div class="ring">
      <span class="ring__halo" />
      <svg viewBox="0 0 196 196" aria-hidden="true">
        <circle class="ring__ground" cx="98" cy="98" r="92" />
        <circle class="ring__done" cx="98" cy="98" r="92" pathLength={100} stroke-dasharray={`${Math.round(share)} 100`} />
      </svg>
      <div class="ring__words">
        {place === null ? <span class="tile"><Icon name="people" /></span> : <><p class="ring__place numeric" data-testid="place">{ordinal(place)}</p><p class="ring__word">in line</p></>}
      </div>
    </div>
  );
}
