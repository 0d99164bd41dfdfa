/** What can I do with the call? The word changes with the state, not only the ground. */
import { Icon } from "../../shared/icon.tsx";
import type { Call } from "../../sdk/types.ts";
import type { Case } from "../state/case.ts";
import { deviceWords } from "../state/stage.ts";

export function CallBar({ one, call }: { one: Case; call: Call }) {
  const own = one.call.value;
  const view = own?.view.value ?? null;
  const heard = view?.own.audio ?? false;
  const seen = view?.own.video ?? false;
  const trouble = deviceWords(view);
  return (
    <div class="call-bar" role="toolbar" aria-label="Call">
      <button aria-pressed={!heard} title="Alt M" data-testid="mute" onClick={() => own?.mute(heard)}>
        <Icon name={heard ? "mic" : "mic-off"} />{heard ? "Mute" : "Muted"}
      </button>
      {call.video && (
        <button aria-pressed={!seen} title="Alt V" data-testid="camera" onClick={() => own?.camera(!seen)}>
          <Icon name={seen ? "video" : "video-off"} />{seen ? "Camera" : "Camera off"}
        </button>
      )}
      {trouble && <p role="status">{trouble}</p>}
      <button class="call-bar__end" data-testid="end-call" aria-busy={one.commands.doing.value === "end-call"} onClick={() => void one.endCall()}>
        <Icon name="end" />End call
      </button>
    </div>
  );
}
