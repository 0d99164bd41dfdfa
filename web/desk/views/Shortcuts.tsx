/** Which keys does the desk know? */
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import { SHORTCUTS } from "../state/keys.ts";
import { useDesk } from "./context.ts";

export function Shortcuts() {
  const desk = useDesk();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog class="desk-dialog" ref={dialog} aria-labelledby="shortcuts-title" onClose={() => { desk.showsShortcuts.value = false; }}>
      <div class="shortcuts">
        <div class="shortcuts__head">
          <h2 class="pane__head" id="shortcuts-title">Keyboard shortcuts</h2>
          <button class="icon-button" aria-label="Close" onClick={() => dialog.current?.close()}><Icon name="close" /></button>
        </div>
        <dl>
          {SHORTCUTS.map(({ keys, does }) => [
            <dt key={`${keys}-does`}>{does}</dt>,
            <dd key={keys}>{keys.split(" ").map((key) => <kbd class="key" key={key}>{key}</kbd>)}</dd>,
          ])}
          <dt>Choose what it was about, in wrap-up</dt><dd><kbd class="key">1</kbd> to <kbd class="key">9</kbd></dd>
        </dl>
      </div>
    </dialog>
  );
}
