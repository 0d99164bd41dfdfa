/** Would I hear an offer, and would a customer hear and see me? */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import { useDesk } from "./context.ts";

type Device = "microphone" | "camera";
const WORDS: Record<PermissionState, string> = { granted: "Allowed", prompt: "Asks at the first call", denied: "Blocked in the browser" };

/** Not every browser tells: then nothing is shown rather than something made up. */
async function permission(name: Device): Promise<PermissionState | null> {
  const status = await navigator.permissions?.query({ name: name as PermissionName }).catch(() => null);
  return status?.state ?? null;
}

export function ReadyPanel() {
  const { ring } = useDesk();
  return (
    <section class="panel" aria-labelledby="ready-head">
      <h2 class="section" id="ready-head">Ready to answer</h2>
      <ul class="list">
        <li>
          <Icon name="speaker" />Ring sound
          <button class="button button--quiet" data-testid="test-ring" onClick={() => void ring.test()}>{ring.silent.value ? "Switch on" : "Works, play it"}</button>
        </li>
        <DeviceRow device="microphone" />
        <DeviceRow device="camera" />
      </ul>
    </section>
  );
}

function DeviceRow({ device }: { device: Device }) {
  const state = useSignal<PermissionState | null>(null);
  useEffect(() => void permission(device).then((found) => { state.value = found; }), [device]);
  if (!state.value) return null;
  return <li><Icon name={device === "camera" ? "video" : "mic"} />{device === "camera" ? "Camera" : "Microphone"}<span class="end">{WORDS[state.value]}</span></li>;
}
