/** Which files will go with the message that is being written? */
import { useRef } from "preact/hooks";
import { ACCEPTED, type Attachment } from "../sdk/attachments.ts";
import { size } from "./format.ts";
import { Icon } from "./icon.tsx";

export function AttachButton({ onFiles, label = "Attach a photo or a file" }: { onFiles: (files: File[]) => void; label?: string }) {
  const input = useRef<HTMLInputElement>(null);
  const picked = (): void => {
    const chosen = [...(input.current?.files ?? [])];
    if (input.current) input.current.value = "";
    if (chosen.length > 0) onFiles(chosen);
  };
  return (
    <>
      <button type="button" class="icon-button" aria-label={label} data-testid="attach" onClick={() => input.current?.click()}><Icon name="clip" /></button>
      <input ref={input} type="file" multiple accept={ACCEPTED} hidden data-testid="attach-input" onChange={picked} />
    </>
  );
}

export function AttachList({ all, onRemove }: { all: readonly Attachment[]; onRemove: (key: number) => void }) {
  if (all.length === 0) return null;
  return (
    <ul class="attach-list" aria-label="Files to send">
      {all.map(({ key, name, size: bytes, file, trouble }) => (
        <li key={key} class={`attach${trouble ? " is-refused" : ""}`} data-testid="attachment" data-state={trouble ? "failed" : file ? "ready" : "uploading"}>
          <Icon name={trouble ? "alert" : "clip"} />
          <span class="attach__words"><span class="clip">{name}</span><small role="status">{trouble ?? (file ? size(bytes) : "Sending up")}</small></span>
          <button type="button" class="icon-button" aria-label={`Take away ${name}`} onClick={() => onRemove(key)}><Icon name="close" /></button>
        </li>
      ))}
    </ul>
  );
}
