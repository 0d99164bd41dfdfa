/** How does a short list open under its button? Arrow keys move, Escape goes back to where one was. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useSignal, type Signal } from "@preact/signals";

export interface MenuProps {
  /** The words of the button, or what it looks like. */
  button: ComponentChildren;
  buttonClass: string;
  label?: string;
  testId?: string;
  /** Where the list opens. */
  side?: "end" | "up";
  /** To open it from elsewhere, such as a key. */
  open?: Signal<boolean>;
  children: ComponentChildren;
}

export function Menu({ button, buttonClass, label, testId, side, open: given, children }: MenuProps) {
  const own = useSignal(false);
  const open = given ?? own;
  const root = useRef<HTMLDivElement>(null);
  const items = (): HTMLElement[] => [...(root.current?.querySelectorAll<HTMLElement>(".menu__item") ?? [])];
  const from = useRef<Element | null>(null);

  useEffect(() => {
    if (!open.value) return;
    from.current = document.activeElement;
    items()[0]?.focus();
    const away = (event: Event): void => { if (!root.current?.contains(event.target as Node)) open.value = false; };
    addEventListener("pointerdown", away);
    return () => removeEventListener("pointerdown", away);
  }, [open.value]);

  const onKey = (event: KeyboardEvent): void => {
    if (!open.value) return;
    if (event.key === "Escape") {
      open.value = false;
      if (from.current instanceof HTMLElement) from.current.focus();
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const list = items();
    const at = list.indexOf(document.activeElement as HTMLElement) + (event.key === "ArrowDown" ? 1 : -1);
    list[(at + list.length) % list.length]?.focus();
  };

  return (
    <div class="menu" ref={root} onKeyDown={onKey}>
      <button type="button" class={buttonClass} aria-haspopup="menu" aria-expanded={open.value} aria-label={label} data-testid={testId}
        onClick={() => { open.value = !open.value; }}>{button}</button>
      {open.value && (
        <div class={`menu__list${side ? ` menu__list--${side}` : ""}`} role="menu" onClick={() => { open.value = false; }}>{children}</div>
      )}
    </div>
  );
}
