/** Is the desk connected? If not: what is kept, and what happens by itself. */
import { Icon } from "../../shared/icon.tsx";
import { useDesk } from "./context.ts";

const WORDS = {
  reconnecting: "The connection dropped. It comes back by itself; what you write is kept and sent then.",
  offline: "You’re offline. Your customers keep their place, and what you write is kept.",
};

export function LinkBanner() {
  const link = useDesk().link.value;
  if (link !== "reconnecting" && link !== "offline") return null;
  return <p class="banner banner--warn" role="status" data-testid="link-banner"><Icon name="offline" />{WORDS[link]}</p>;
}
