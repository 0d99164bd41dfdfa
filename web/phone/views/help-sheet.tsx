/** How does one ask for a person? What is passed on, then the ways to talk, the shortest wait first. */
import { useId, useState } from "preact/hooks";
import { coming, wait } from "../../shared/format.ts";
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

export function HelpSheet({ options, trouble, asking, now, onAsk, onCallback, onClose }: HelpSheetProps) {
  const [share, setShare] = useState(true);
  return (
    <Sheet onClose={onClose}>{(titleId) => <>
      <div class="sheet__head">
        <div><h2 class="title" id={titleId}>Talk to us</h2><p class="lead">You won’t have to repeat anything.</p></div>
        <button type="button" class="icon-button push" aria-label="Close" data-testid="help-close" onClick={onClose}><Icon name="close" large /></button>
      </div>
      {trouble && <Banner icon="alert" tone="danger">{trouble}</Banner>}
      {options ? <Ways {...{ options, share, setShare, asking, now, onAsk, onCallback }} /> : !trouble && <Loading />}
      </>}</Sheet>
  );
}

function Ways({ options, share, setShare, asking, now, onAsk, onCallback }: Pick<HelpSheetProps, "asking" | "now" | "onAsk" | "onCallback"> & {
  options: HelpOptions; share: boolean; setShare: (on: boolean) => void;
}) {
  const ways = [...options.channels].sort((a, b) => a.wait_p50_s - b.wait_p50_s);
  return (
    <>
      <Shared shares={options.shares} on={share} onSwitch={setShare} />
      {!options.open && <Banner icon="clock" tone="warn">We’re closed now. Write, and we answer when we’re back.</Banner>}
      <ul class="rows card" aria-busy={asking !== null}>
        {ways.map((way) => (
          <Row key={way.channel} icon={way.channel} name={WAYS[way.channel].name} more={WAYS[way.channel].more} end={<Wait {...way} />} testId={`channel-${way.channel}`}
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

function Wait({ wait_p50_s, label }: HelpChannel) {
  return <span class={`wait${wait_p50_s <= 5 ? " wait--now" : ""}`}>{label || wait(wait_p50_s)}</span>;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

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
