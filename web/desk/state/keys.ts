/** Which key does what? Matched on the key's place, so that every keyboard layout works. */
import type { Desk } from "./desk.ts";

export const SHORTCUTS: readonly { keys: string; does: string }[] = [
  { keys: "Alt A", does: "Accept the offer" },
  { keys: "Alt D", does: "Decline the offer, with a reason" },
  { keys: "Alt R", does: "Write a reply" },
  { keys: "Alt N", does: "Write a note" },
  { keys: "Alt M", does: "Mute or unmute" },
  { keys: "Alt V", does: "Camera on or off" },
  { keys: "Alt T", does: "Pass on, or ask a colleague" },
  { keys: "Alt E", does: "Ask to close, then end the help; again: finish the wrap-up" },
  { keys: "/", does: "In a reply: the replies kept ready" },
  { keys: "?", does: "This list" },
];

type Act = (desk: Desk) => unknown;

const toggleMicrophone: Act = (desk) => {
  const call = desk.current.value?.call.value;
  call?.mute(call.view.value.own.audio);
};
const toggleCamera: Act = (desk) => {
  const open = desk.current.value;
  const call = open?.call.value;
  if (open?.callState.value?.video) call?.camera(!call.view.value.own.video);
};

const WITH_ALT: Record<string, Act> = {
  KeyA: (desk) => desk.offer.value && desk.accept(desk.offer.value),
  KeyD: (desk) => { desk.declining.value = desk.offer.value?.interaction.id ?? null; },
  KeyR: (desk) => desk.current.value?.write("reply"),
  KeyN: (desk) => desk.current.value?.write("note"),
  KeyM: toggleMicrophone,
  KeyV: toggleCamera,
  KeyT: (desk) => {
    const open = desk.current.value;
    if (open && !open.part.value && open.interaction.value.state === "live") open.passOn.show();
  },
  KeyE: (desk) => desk.endOrFinish(),
};

/** Is someone writing there? Then single keys belong to the text. */
export function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName))
    && !(target instanceof HTMLInputElement && target.type === "radio");
}

export function listen(desk: Desk): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.repeat) return;
    if (!event.altKey && event.key === "?" && !isWriting(event.target)) desk.showsShortcuts.value = true;
    const act = event.altKey ? WITH_ALT[event.code] : undefined;
    if (!act) return;
    event.preventDefault();
    void act(desk);
  };
  addEventListener("keydown", onKey);
  return () => removeEventListener("keydown", onKey);
}
