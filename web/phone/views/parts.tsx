/** Which pieces do all screens share? */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { initials, stopwatch } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import type { IconName } from "../../shared/icon.tsx";
import type { Progress } from "../../sdk/types.ts";

export type Act = () => void;

export function Top({ title, back, backLabel = "Back", down = false, children }: {
  title?: string; back?: Act; backLabel?: string; down?: boolean; children?: ComponentChildren;
}) {
  return (
    <header class="top">
      {back && <button type="button" class="icon-button" aria-label={backLabel} data-testid="back" onClick={back}><Icon name={down ? "down" : "back"} large /></button>}
      {title && <span class="top__title">{title}</span>}
      {children}
    </header>
  );
}

export function Steps({ progress, name }: { progress: Progress; name?: string }) {
  const bars = Array.from({ length: progress.of }, (_, i) => (i + 1 < progress.at ? "is-done" : i + 1 === progress.at ? "is-now" : ""));
  return (
    <div class="resume__steps">
      <div class="steps" aria-hidden="true">{bars.map((bar, i) => <i key={i} class={bar} />)}</div>
      <p>Step {progress.at} of {progress.of}{name ? `: ${name}` : ""}</p>
    </div>
  );
}

export function HelpButton({ onHelp, floating = false }: { onHelp: Act; floating?: boolean }) {
  return (
    <button type="button" class={`help${floating ? " help--float" : ""}`} data-testid="help-button" onClick={onHelp}>
      <Icon name="help" />Help
    </button>
  );
}

export const Avatar = ({ name }: { name: string }) => <span class="avatar" aria-hidden="true">{initials(name)}</span>;

export function Row({ icon, name, more, plain = false, disabled = false, end, testId, onPick }: {
  icon: IconName; name: string; more?: string | undefined; plain?: boolean; disabled?: boolean; end?: ComponentChildren; testId?: string; onPick: Act;
}) {
  return (
    <li>
      <button type="button" class="row" disabled={disabled} data-testid={testId} onClick={onPick}>
        <span class={`tile${plain ? " tile--plain" : ""}`}><Icon name={icon} /></span>
        <span class="row__words"><span class="row__name">{name}</span>{more && <span class="row__more">{more}</span>}</span>
        {end ?? <Icon name="next" />}
      </button>
    </li>
  );
}

export function Banner({ icon, tone, children, testId }: {
  icon: IconName; tone?: "warn" | "danger"; children: ComponentChildren; testId?: string;
}) {
  return <div class={`banner${tone ? ` banner--${tone}` : ""}`} role={tone === "danger" ? "alert" : "status"} data-testid={testId}><Icon name={icon} /><span>{children}</span></div>;
}

export const OfflineBanner = ({ online }: { online: boolean }) => (
  <Banner icon="offline" tone="warn" testId="offline">
    {online ? "Connecting again. Your place and your messages are kept." : "You’re offline. Your place and your messages are kept."}
  </Banner>
);

/** A screen that says one thing. */
export function Centre({ icon, title, children, call = false }: { icon: ComponentChildren; title: string; children?: ComponentChildren; call?: boolean }) {
  return <div class={`centre${call ? " centre--call" : ""}`}>{icon}<h1 class="title">{title}</h1>{children}</div>;
}

/** A part of the app that did not come. */
export const NotFetched = ({ onBack, onAgain }: { onBack: Act; onAgain: Act }) => (
  <div class="page">
    <Top back={onBack} />
    <main class="page"><Centre icon={<span class="tile tile--plain"><Icon name="offline" /></span>} title="This screen didn’t load"><p class="lead" role="status">Your place and your messages are kept.</p></Centre></main>
    <div class="bottom"><button type="button" class="button button--primary button--tall" data-testid="fetch-again" onClick={onAgain}>Try again</button></div>
  </div>
);

/** The call as a bar: who, how long, mute, and the way back to it. */
export function MiniCall({ name, ms, muted, onMute, onOpen }: { name: string; ms: number | null; muted: boolean; onMute: Act; onOpen: Act }) {
  return (
    <div class="mini" role="region" aria-label={`Call with ${name}`}>
      <Avatar name={name} />
      <span class="mini__words"><strong>{name}</strong><span class="numeric">{ms === null ? "Connecting" : stopwatch(ms)}</span></span>
      <button type="button" class="icon-button" aria-label={muted ? "Unmute" : "Mute"} aria-pressed={muted} data-testid="mini-mute" onClick={onMute}><Icon name={muted ? "mic-off" : "mic"} /></button>
      <button type="button" class="icon-button" aria-label="Back to the call" data-testid="mini-open" onClick={onOpen}><Icon name="expand" /></button>
    </div>
  );
}

export function MiniBar({ icon, name, more, onOpen }: { icon: IconName; name: string; more: string; onOpen: Act }) {
  return (
    <div class="mini" role="status">
      <span class="tile"><Icon name={icon} /></span>
      <span class="mini__words"><strong>{name}</strong><span>{more}</span></span>
      <button type="button" class="icon-button" aria-label={`Open: ${name}`} data-testid="mini-open" onClick={onOpen}><Icon name="expand" /></button>
    </div>
  );
}

/** A sheet over the screen it belongs to: takes the focus, keeps it, gives it back; Escape closes it. Without `onClose` it waits for an answer. */
export function Sheet({ onClose, children }: { onClose?: Act; children: (titleId: string) => ComponentChildren }) {
  const title = useId();
  const sheet = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    sheet.current?.focus();
    return () => { if (before instanceof HTMLElement) before.focus(); };
  }, []);
  const onKeyDown = (key: KeyboardEvent): void => {
    if (key.key === "Escape") onClose?.();
    if (key.key === "Tab" && sheet.current) keepInside(sheet.current, key);
  };
  return (
    <>
      <div class="scrim" onClick={onClose} />
      <div class="sheet" role="dialog" aria-modal="true" aria-labelledby={title} tabIndex={-1} ref={sheet} onKeyDown={onKeyDown}>
        <span class="sheet__grip" />
        {children(title)}
      </div>
    </>
  );
}

function keepInside(sheet: HTMLElement, key: KeyboardEvent): void {
  const stops = sheet.querySelectorAll<HTMLElement>("button, input, select, a[href]");
  const [first, last] = [stops[0], stops[stops.length - 1]];
  const leaving = key.shiftKey ? document.activeElement === first || document.activeElement === sheet : document.activeElement === last;
  if (!leaving) return;
  key.preventDefault();
  (key.shiftKey ? last : first)?.focus();
}
