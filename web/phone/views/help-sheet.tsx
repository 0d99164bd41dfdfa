/** How does one ask for a person? What is passed on, then the ways to talk, the shortest wait first. */
import { useId, useState } from "preact/hooks";
import { capital, coming, opening, wait } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import type { IconName } from "../../shared/icon.tsx";
import type { Channel, HelpChannel, HelpOptions, Share } from "../../sdk/types.ts";
import { Banner, Row, Sheet } from "./parts.tsx";
import type { Act } from "./parts.tsx";

export interface HelpSheetProps {
  options: HelpOptions | null;
  trouble: string | null;
  /** The way that was just chosen, while the server is asked. */
  asking: Channel | null;
  /** The customer's language: it writes the time at which we open. */
  locale: string;
  now: number;
  onAsk: (channel: Channel, share: boolean) => void;
  onCallback: (share: boolean) => void;
  onClose: Act;
}

const WAYS: Record<Channel, { name: string; more: string }> = {
  text: { name: "Text", more: "Answer when it suits you" },
  voice: { name: "Voice", more: "In the app, no number to dial" },
  video: { name: "Video", more: "Your camera starts off" },
};

const ICONS: Record<string, IconName> = { flow: "flow", alert: "alert", phone: "phone-device", device: "phone-device", "phone-device": "phone-device", card: "card", network: "globe" };

export function HelpSheet({ options, trouble, asking, now, locale, onAsk, onCallback, onClose }: HelpSheetProps) {
  const [share, setShare] = useState(true);
  return (
    <Sheet onClose={onClose}>{(titleId) => <>
      <div class="sheet__head">
        <div><h2 class="title" id={titleId}>Talk to us</h2><p class="lead">You won’t have to repeat anything.</p></div>
        <button type="button" class="icon-button push" aria-label="Close" data-testid="help-close" onClick={onClose}><Icon name="close" large /></button>
      </div>
      {trouble && <Banner icon="alert" tone="danger">{trouble}</Banner>}
      {options ? <Ways {...{ options, share, setShare, asking, now, locale, onAsk, onCallback }} /> : !trouble && <Loading />}
      </>}</Sheet>
  );
}

const LATER = { name: "Leave a message", more: "We answer when we’re back" };
const never = (way: HelpChannel): boolean => way.wait_p50_s === null;
const byWait = (way: HelpChannel): number => way.wait_p50_s ?? (way.channel === "text" ? Number.MAX_SAFE_INTEGER - 1 : Number.MAX_SAFE_INTEGER);

/** Where nobody is there a call would ring for nobody; what is written waits for whoever is back. */
function Ways({ options, share, setShare, asking, now, locale, onAsk, onCallback }: Pick<HelpSheetProps, "asking" | "now" | "locale" | "onAsk" | "onCallback"> & {
  options: HelpOptions; share: boolean; setShare: (on: boolean) => void;
}) {
  const locked = options.sign_in_needed ?? false;
  const ways = [...options.channels].sort((a, b) => byWait(a) - byWait(b));
  return (
    <>
      <Shared shares={options.shares} on={share} onSwitch={setShare} />
      {locked
        ? <Banner icon="lock" tone="warn">Sign in first: here we talk about your account.</Banner>
        : !options.open && <Banner icon="clock" tone="warn" testId="closed">{closedWords(options, locale)}</Banner>}
      <ul class="rows card" aria-busy={asking !== null}>
        {ways.map((way) => (
          <Row key={way.channel} icon={way.channel} {...(never(way) && way.channel === "text" && !locked ? LATER : WAYS[way.channel])} disabled={locked || (never(way) && way.channel !== "text")}
            end={locked ? <span class="wait">{way.label}</span> : <Wait {...way} />} testId={`channel-${way.channel}`}
            onPick={() => asking === null && onAsk(way.channel, share)} />
        ))}
        {callable(options) && <Row icon="callback" name="Call me back" more={called(options, now)} testId="call-me" onPick={() => asking === null && onCallback(share)} />}
      </ul>
    </>
  );
}

const callable = ({ callback }: HelpOptions): boolean => callback !== undefined && (callback.now || callback.planned !== null || callback.windows.length > 0);

function called({ callback }: HelpOptions, now: number): string {
  if (callback?.planned?.state === "scheduled") return `Planned ${coming(callback.planned.due_at, now)}`;
  return callback?.now ? "At your turn, or when you choose" : `From ${coming(callback!.windows[0]!.opens_at, now)}, you choose`;
}

function closedWords({ opens_at, now }: HelpOptions, locale: string): string {
  if (!opens_at) return "Nobody is here right now. Write, and we answer when we’re back.";
  return `We’re closed now. Opens ${opening(opens_at, Date.parse(now), locale)}. Write, and we answer then.`;
}

function Wait({ channel, wait_p50_s, label }: HelpChannel) {
  if (wait_p50_s === null) return channel === "text" ? <Icon name="next" /> : <span class="wait">Not now</span>;
  return <span class={`wait${wait_p50_s <= 5 ? " wait--now" : ""}`}>{label || wait(wait_p50_s)}</span>;
}

function Shared({ shares, on, onSwitch }: { shares: readonly Share[]; on: boolean; onSwitch: (on: boolean) => void }) {
  const name = useId();
  return (
    <div class="card share">
      <div class="share__head">
        <span id={name}>Show what I was doing</span>
        <label class="switch push">
          <input type="checkbox" role="switch" checked={on} aria-labelledby={name} data-testid="share" onChange={({ currentTarget }) => onSwitch(currentTarget.checked)} /><span />
        </label>
      </div>
      <ul class="share__list">
        {on && shares.map(({ icon, text }) => <li key={text}><Icon name={ICONS[icon] ?? "flow"} /><span>{capital(text)}</span></li>)}
        <li class="share__never"><Icon name="lock" />Never your PIN, codes or full card number</li>
      </ul>
    </div>
  );
}

const Loading = () => (
  <div class="loading" aria-hidden="true"><div class="skeleton skeleton--block" /><div class="skeleton skeleton--row" /><div class="skeleton skeleton--row" /></div>
);
