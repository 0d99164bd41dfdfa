/** What does a notification look like inside the app? It stays until it is opened or put away. */
import { Icon } from "../../shared/icon.tsx";
import type { NotificationDetail } from "../../sdk/types.ts";
import type { Act } from "./parts.tsx";

export function Note({ notification, onOpen, onClose }: { notification: NotificationDetail; onOpen: Act; onClose: Act }) {
  return (
    <div class="note" role="status" data-testid="notification">
      <span class="tile"><Icon name="bell" /></span>
      <button type="button" class="note__words" data-testid="notification-open" onClick={onOpen}>
        <span class="row__name">{notification.title}</span><span class="row__more">{notification.body}</span>
      </button>
      <button type="button" class="icon-button" aria-label="Put away" data-testid="notification-close" onClick={onClose}><Icon name="close" /></button>
    </div>
  );
}
