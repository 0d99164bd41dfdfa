/** What does the customer see in a call? The agent, full screen; oneself, small; the flow one tap away. */
import { firstName, stopwatch } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import type { IconName } from "../../shared/icon.tsx";
import { Picture } from "../../shared/media.tsx";
import type { CallView } from "../../sdk/call-side.ts";
import type { RunSummary } from "../../sdk/types.ts";
import { Avatar, Centre } from "./parts.tsx";
import type { Act } from "./parts.tsx";

export interface CallProps {
  view: CallView;
  agent: string;
  /** Whom the customer is being passed on to, until they are heard. */
  next: string | null;
  /** Milliseconds since media began to run; null before. */
  ms: number | null;
  run: RunSummary | null;
  unread: number;
  onMute: Act;
  onCamera: Act;
  onFlip: Act;
  onText: Act;
  onVoiceOnly: Act;
  onEnd: Act;
  onRun: Act;
}

export function Call(props: CallProps) {
  const { view, agent, ms } = props;
  const call = view.call;
  const lost = ms !== null && (call?.state === "recovering" || !view.flowing);
  return (
    <main class="call" data-theme="dark" data-testid="call" data-state={call?.state ?? "none"}>
      {lost ? <Lost {...props} /> : view.remoteVideo
        ? <><Picture stream={view.remote} testId="remote-video" label={agent} /><div class="call__shade" /></>
        : <Centre call icon={<Avatar name={agent} />} title={firstName(agent)}><p role="status">{view.flowing ? callWords(props) : "Connecting"}</p></Centre>}
      <div class="call__head">
        <div class="call__who"><strong>{agent}</strong><span class="numeric">{ms === null ? "Connecting" : stopwatch(ms)}</span></div>
        {view.quality && !lost && <span class="tag tag--glass" data-testid="quality"><Icon name={view.quality === "good" ? "done" : "alert"} />{view.quality === "good" ? "Good connection" : "Weak connection"}</span>}
      </div>
      {view.own.video && !lost && <div class="self"><Picture stream={view.local} mirrored={view.own.facing === "user"} testId="local-video" label="You" /></div>}
      {!lost && <Foot {...props} />}
    </main>
  );
}

function callWords({ view, agent }: CallProps): string {
  const { agent_media } = view.call ?? {};
  if (agent_media?.audio === false) return `${firstName(agent)} is muted`;
  return view.call?.video ? `${firstName(agent)} hears you. The camera is off.` : `${firstName(agent)} hears you`;
}

/** The person stays visible, and the other ways are offered at once. */
function Lost({ agent, next, view, onVoiceOnly, onText, onEnd }: CallProps) {
  const name = firstName(next ?? agent);
  if (next !== null) {
    return (
      <Centre call icon={<Avatar name={next} />} title={`Connecting you to ${name}`}>
        <p role="status" data-testid="connecting-to">You stay in the call. {name} knows what it is about.</p>
        <div class="centre__ways"><button type="button" class="button button--quiet" data-testid="call-end" onClick={onEnd}>End the call</button></div>
      </Centre>
    );
  }
  return (
    <Centre call icon={<Avatar name={agent} />} title={`Getting ${name} back`}>
      <p role="status" data-testid="reconnecting">Your connection dropped for a moment. {name} is still here.</p>
      <div class="centre__ways">
        {view.call?.video && <button type="button" class="button button--primary button--tall" data-testid="voice-only" onClick={onVoiceOnly}>Go on with voice only</button>}
        <button type="button" class="button button--secondary button--tall" onClick={onText}>Go on by text</button>
        <button type="button" class="button button--quiet" data-testid="call-end" onClick={onEnd}>End the call</button>
      </div>
    </Centre>
  );
}

function Foot({ view, run, agent, unread, onMute, onCamera, onFlip, onText, onEnd, onRun }: CallProps) {
  const { own } = view;
  return (
    <div class="call__foot">
      {run && (
        <button type="button" class="pill" data-testid="flow-pill" onClick={onRun}>
          <Icon name="flow" />
          <span class="pill__words"><strong>{run.title}</strong><span>{run.progress ? `Step ${run.progress.at} of ${run.progress.of}, ` : ""}{firstName(agent)} sees it too</span></span>
          <Icon name="expand" />
        </button>
      )}
      <div class="call__controls" role="group" aria-label="Call">
        <Round icon={own.audio ? "mic" : "mic-off"} word={own.audio ? "Mute" : "Muted"} pressed={!own.audio} testId="call-mute" onTap={onMute} />
        <Round icon={own.video ? "video" : "video-off"} word={own.video ? "Camera" : "Camera off"} pressed={own.video} testId="call-camera" onTap={onCamera} />
        <Round icon="flip" word="Flip" testId="call-flip" disabled={!own.video} onTap={onFlip} />
        <Round icon="text" word="Text" testId="call-text" count={unread} onTap={onText} />
        <Round icon="end" word="End" testId="call-end" end onTap={onEnd} />
      </div>
    </div>
  );
}

function Round({ icon, word, pressed, testId, count = 0, end = false, disabled = false, onTap }: {
  icon: IconName; word: string; pressed?: boolean; testId: string; count?: number; end?: boolean; disabled?: boolean; onTap: Act;
}) {
  return (
    <button type="button" class={`round${end ? " round--end" : ""}`} aria-pressed={pressed} disabled={disabled} data-testid={testId} onClick={onTap}>
      <span><Icon name={icon} />{count > 0 && <b aria-hidden="true">{count}</b>}</span>{word}
      {count > 0 && <span class="sr-only">, {count} new</span>}
    </button>
  );
}
