/** How is a symbol of the sprite drawn? */
import sprite from "./icons.svg?url&no-inline";

export type IconName =
  | "logo" | "help" | "text" | "voice" | "video" | "video-off" | "callback" | "mic" | "mic-off" | "flip" | "speaker" | "end"
  | "back" | "next" | "down" | "close" | "check" | "done" | "alert" | "warn" | "clock" | "bell" | "card" | "freeze" | "receipt"
  | "parcel" | "verified" | "claimed" | "lock" | "hidden" | "screen" | "point" | "hold" | "transfer" | "people" | "add-person"
  | "person" | "note" | "search" | "plus" | "send" | "clip" | "more" | "globe" | "phone-device" | "flow" | "expand" | "flag"
  | "hand" | "inbox" | "queue" | "park" | "wall" | "camera" | "home" | "listen" | "offline" | "face-1" | "face-2" | "face-3" | "face-4" | "face-5";

/** Icons that point somewhere turn round with the script. */
const POINTING: ReadonlySet<IconName> = new Set(["back", "next", "send", "flow"]);

/** Decoration: the words beside it, or the control's label, carry the meaning. */
export function Icon({ name, large = false }: { name: IconName; large?: boolean }) {
  const kind = `icon${POINTING.has(name) ? " icon--dir" : ""}${large ? " icon--large" : ""}`;
  return <svg class={kind} aria-hidden="true"><use href={`#i-${name}`} /></svg>;
}

const AGAIN_MS = 2_000;

/** The sprite becomes part of the page, so that an icon first needed while offline is there. */
async function placeSprite(): Promise<void> {
  const response = await fetch(sprite).catch(() => null);
  if (!response?.ok) return void setTimeout(() => void placeSprite(), AGAIN_MS);
  const symbols = new DOMParser().parseFromString(await response.text(), "image/svg+xml").documentElement;
  symbols.setAttribute("class", "sprite");
  symbols.setAttribute("aria-hidden", "true");
  symbols.setAttribute("width", "0");
  symbols.setAttribute("height", "0");
  document.body.append(document.importNode(symbols, true));
}

void placeSprite();
