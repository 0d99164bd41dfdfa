/** What does a pane show before, instead of, or without its content? */
import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "../../shared/icon.tsx";
import type { Resource } from "../state/resource.ts";

/** The layout of what is coming, in grey. */
export function Loading({ lines = 3, label }: { lines?: number; label: string }) {
  return (
    <div class="loading" aria-busy="true">
      <span class="sr-only">{label}</span>
      {Array.from({ length: lines }, (_, i) => <div class="skeleton" key={i} />)}
    </div>
  );
}

export function Failed({ what, again }: { what: string; again: () => void }) {
  return <div class="failed" role="status"><Icon name="alert" />{what} didn’t load.<button class="button button--secondary" onClick={again}>Try again</button></div>;
}

export function Empty({ icon, title, children }: { icon: IconName; title: string; children?: ComponentChildren }) {
  return <div class="empty"><Icon name={icon} /><strong>{title}</strong>{children}</div>;
}

/** One of the three, whichever the request is at. */
export function Loaded<T>({ of, what, lines, children }: { of: Resource<T>; what: string; lines?: number; children: (value: T) => ComponentChildren }) {
  const state = of.state.value;
  switch (state.is) {
    case "loading": return <Loading label={`${what}, loading`} {...(lines ? { lines } : {})} />;
    case "failed": return <Failed what={what} again={() => void of.refresh()} />;
    case "ready": return <>{children(state.value)}</>;
  }
}
