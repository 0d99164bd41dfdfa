/** How is a symbol of the sprite drawn? */
import sprite from "./icons.svg?url&no-inline";

export type IconName =
  | "logo" | "help" | "text" | "voice" | "video" | "video-off" | "callback" | "mic" | "mic-off" | "flip" | "speaker" | "end"
  | "back" | "next" | "down" | "close" | "check" | "done" | "alert" | "warn" | "clock" | "bell" | "card" | "freeze" | "receipt"
  | "parcel" | "verified" | "claimed" | "lock" | "hidden" | "screen" | "point" | "hold" | "transfer" | "people" | "add-person"
  | "person" | "note" | "search" | "plus" | "send" | "clip" | "more" | "globe" | "phone-device" | "flow" | "expand" | "flag"
  | "hand" | "inbox" | "queue" | "park" | "wall" | "home" | "listen" | "offline" | "face-1" | "face-2" | "face-3" | "face-4" | "face-5";

/** Icons that point somewhere turn round with the script. */
const POINTING: ReadonlySet<IconName> = new Set(["back", "next", "send", "flow"]);

/** Decoration: the words beside it, or the control's label, carry the meaning. */
export function Icon({ name, large = false }: { name: IconName; large?: boolean }) {
  const kind = `icon${POINTING.has(name) ? " icon--dir" : ""}${large ? " icon--large" : ""}`;
  return <svg class={kind} aria-hidden="true"><use href={`${sprite}#i-${name}`} /></svg>;
}
