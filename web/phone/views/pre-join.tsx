/** What does the customer decide before anyone sees or hears them? Camera and microphone; the camera starts off. */
import { firstName } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { Picture } from "../../shared/media.tsx";
import type { OwnState, Trouble } from "../../sdk/own-media.ts";
import { Avatar, Banner, Centre, Top } from "./parts.tsx";
import type { Act } from "./parts.tsx";

export interface PreJoinProps {
  agent: string;
  me: string;
  channel: "voice" | "video";
  own: OwnState;
  local: MediaStream | null;
  muted: boolean;
  busy: boolean;
  trouble: string | null;
  onMute: Act;
  onCamera: Act;
  onFlip: Act;
  onJoin: (channel: "voice" | "video") => void;
  onText: Act;
}

const MICROPHONE: Record<Trouble, { title: string; text: string }> = {
  denied: { title: "Your microphone is off for this app", text: "To switch it on: your browser’s settings for this page, Microphone. Or go on by text." },
  none: { title: "We found no microphone", text: "Connect one, or go on by text." },
  busy: { title: "Another app is using your microphone", text: "Close it, or go on by text." },
};
const CAMERA: Record<Trouble, (agent: string) => string> = {
  denied: (agent) => `Your camera is off for this app. ${agent} hears you just as well without it.`,
  none: (agent) => `We found no camera. ${agent} hears you just as well without it.`,
  busy: (agent) => `Another app is using your camera. ${agent} hears you just as well without it.`,
};

export function PreJoin(props: PreJoinProps) {
  const { agent, channel, own, busy, onJoin, onText } = props;
  const name = firstName(agent);
  if (own.trouble.audio) return <NoMicrophone {...MICROPHONE[own.trouble.audio]} onText={onText} onAgain={() => onJoin(channel)} />;
  return (
    <div class="page">
      <Top title={channel === "video" ? "Video help" : "Voice help"} back={onText} backLabel="Back to your messages" />
      <main class="body" data-testid="pre-join">
        {channel === "voice" ? <Centre icon={<Avatar name={agent} />} title={`${name} is ready for you`}><p class="lead">In the app, no number to dial.</p></Centre> : (
          <>
            <div class="who"><Avatar name={agent} /><div><h1 class="row__name">{name} is ready for you</h1><p class="row__more">Only you see this picture until you join.</p></div></div>
            <Preview {...props} />
          </>
        )}
        {own.trouble.video && <Banner icon="video-off" tone="warn">{CAMERA[own.trouble.video](name)}</Banner>}
        {props.trouble && <Banner icon="alert" tone="danger">{props.trouble}</Banner>}
      </main>
      <div class="bottom bottom--column">
        {channel === "video" && (
          <button type="button" class="button button--primary button--tall button--wide" aria-busy={busy} data-testid="join-video" onClick={() => onJoin("video")}>
            <Icon name="video" />{own.video ? "Join with video" : "Join with camera off"}
          </button>
        )}
        {channel === "video"
          ? <button type="button" class="button button--quiet button--wide" data-testid="join-voice" onClick={() => onJoin("voice")}>Join with voice only</button>
          : <button type="button" class="button button--primary button--tall button--wide" aria-busy={busy} data-testid="join-voice" onClick={() => onJoin("voice")}><Icon name="voice" />Join with voice</button>}
        {channel === "voice" && <button type="button" class="button button--quiet button--wide" data-testid="stay-text" onClick={onText}>Stay with text</button>}
      </div>
    </div>
  );
}

function Preview({ me, own, local, muted, onMute, onCamera, onFlip }: PreJoinProps) {
  return (
    <div class="preview" data-theme="dark">
      {own.video ? <Picture stream={local} mirrored={own.facing === "user"} testId="preview-video" label="Your camera" /> : <div class="preview__off"><Avatar name={me} /><p>Your camera is off</p></div>}
      <span class="preview__name">You</span>
      <div class="preview__controls">
        <button type="button" class="round round--glass" aria-label={muted ? "Microphone off" : "Microphone on"} aria-pressed={!muted} onClick={onMute}><span><Icon name={muted ? "mic-off" : "mic"} /></span></button>
        <button type="button" class="round round--glass" aria-label={own.video ? "Camera on" : "Camera off"} aria-pressed={own.video} data-testid="preview-camera" onClick={onCamera}><span><Icon name={own.video ? "video" : "video-off"} /></span></button>
        {own.video && <button type="button" class="round round--glass" aria-label="Turn camera round" onClick={onFlip}><span><Icon name="flip" /></span></button>}
      </div>
    </div>
  );
}

function NoMicrophone({ title, text, onText, onAgain }: { title: string; text: string; onText: Act; onAgain: Act }) {
  return (
    <div class="page">
      <Top back={onText} backLabel="Back to your messages" />
      <main class="page"><Centre icon={<span class="tile tile--plain"><Icon name="mic-off" /></span>} title={title}><p class="lead">{text}</p></Centre></main>
      <div class="bottom bottom--column">
        <button type="button" class="button button--primary button--tall button--wide" data-testid="stay-text" onClick={onText}><Icon name="text" />Go on by text</button>
        <button type="button" class="button button--quiet button--wide" onClick={onAgain}>Try again</button>
      </div>
    </div>
  );
}
