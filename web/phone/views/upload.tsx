/** How are files asked for? Each is on its way as soon as it is chosen, seen while it goes, and can be tried again or taken away. */
import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import { size } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { kinds, PickedFiles } from "../../sdk/picked.ts";
import type { Picked } from "../../sdk/picked.ts";
import type { UploadComponent } from "../../sdk/types.ts";
import { filesOf } from "../state/values.ts";
import { describedBy, Hint, Optional, Problem } from "./around.tsx";
import type { FieldProps } from "./fields.tsx";
import { Thumbnail } from "./thumbnail.tsx";

export function Upload({ field, title, values, errors, files, onValue, onUnfinished }: FieldProps & { field: UploadComponent }) {
  const { id, label, hint, accept, max, max_mb } = field;
  const base = useId();
  const picked = useMemo(() => new PickedFiles(files.send, field, filesOf(values[id])), []);
  const [all, setAll] = useState(picked.all.value);
  const unfinished = all.some(({ file }) => file === null);
  useEffect(() => picked.all.subscribe(setAll), []);
  useEffect(() => { if (picked.there.map((one) => one.id).join() !== filesOf(values[id]).map((one) => one.id).join()) onValue(id, picked.there); }, [all]);
  const finish = async (): Promise<boolean> => {
    const there = await arrived(picked);
    onValue(id, picked.there);
    return there;
  };
  useEffect(() => onUnfinished(id, unfinished ? finish : null), [unfinished]);
  useEffect(() => () => onUnfinished(id, null), []);
  const refused = useMemo(() => new Map(picked.there.map((file, i) => [file.id, errors[`${id}[${i}]`]])), [errors]); // by what it was sent as
  const limits = `${max === 1 ? "One file" : `Up to ${max} files`}: ${kinds(accept)}, at most ${max_mb} MB${max === 1 ? "" : " each"}`;
  return (
    <fieldset class="field" aria-describedby={`${base}-limits ${describedBy(base, field, errors) ?? ""}`} data-invalid={Object.keys(errors).some((name) => name === id || name.startsWith(`${id}[`))} data-unfinished={unfinished} data-testid={`field-${id}`}>
      <legend class={label === title ? "sr-only" : "field__label choice__label"}>{label}<Optional field={field} /></legend>
      <Hint base={base} hint={hint} />
      <span class="field__hint" id={`${base}-limits`}>{limits}</span>
      {all.length > 0 && (
        <ul class="picked" aria-label={`Files: ${label}`}>
          {all.map((one) => <One key={one.key} one={one} refused={one.file ? refused.get(one.file.id) : undefined} load={files.load} onAgain={() => picked.again(one.key)} onRemove={() => picked.remove(one.key)} />)}
        </ul>
      )}
      {picked.room > 0 && <Choose id={id} accept={accept} many={picked.room > 1} onFiles={(chosen) => picked.add(chosen)} />}
      <Problem base={base} id={id} text={errors[id]} />
    </fieldset>
  );
}

/** Once nothing is on its way any more: whether all of it is there. */
function arrived(picked: PickedFiles): Promise<boolean> {
  return new Promise((done) => {
    const stop = picked.all.subscribe(() => {
      if (picked.sending) return;
      queueMicrotask(() => stop());
      done(picked.all.value.every(({ file }) => file !== null));
    });
  });
}

function One({ one, refused, load, onAgain, onRemove }: { one: Picked; refused: string | undefined; load: FieldProps["files"]["load"]; onAgain: () => void; onRemove: () => void }) {
  const { name, file, share } = one;
  const trouble = refused ? { text: refused, again: false } : one.trouble;
  const percent = Math.floor(share * 100);
  return (
    <li class={`picked__one${trouble ? " is-refused" : ""}`} data-testid="picked" data-state={trouble ? "failed" : file ? "there" : "sending"}>
      <Thumbnail source={one.source} file={file} load={load} failed={trouble !== null} />
      <span class="picked__words">
        <span class="clip"><bdi>{name}</bdi></span>
        {trouble ? <small role="alert">{trouble.text}</small> : file ? <small><Icon name="check" /><span><bdi>{size(one.size)}</bdi>, sent</span></small> : <small><span>Sending, <bdi>{percent} %</bdi></span></small>}
        {!file && !trouble && <progress max={1} value={share} aria-label={`Sending ${name}`} />}
      </span>
      {trouble?.again && <button type="button" class="button button--quiet" data-testid="picked-again" onClick={onAgain}>Try again</button>}
      <button type="button" class="icon-button" aria-label={`Take away ${name}`} data-testid="picked-remove" onClick={onRemove}><Icon name="close" /></button>
    </li>
  );
}

/** A finger can hold a camera: then it is the first way. */
const hasCamera = (): boolean => matchMedia("(pointer: coarse)").matches;

function Choose({ id, accept, many, onFiles }: { id: string; accept: readonly string[]; many: boolean; onFiles: (files: File[]) => void }) {
  const photo = accept.some((one) => one.startsWith("image/")) && hasCamera();
  return (
    <div class="picked__ways">
      {photo && <Way icon="camera" name="Take a photo" testId={`camera-${id}`} accept="image/*" camera many={false} onFiles={onFiles} />}
      <Way icon="clip" name={many ? "Choose files" : "Choose a file"} testId={`choose-${id}`} accept={accept.join()} many={many} onFiles={onFiles} />
    </div>
  );
}

function Way({ icon, name, testId, accept, camera = false, many, onFiles }: {
  icon: "camera" | "clip"; name: string; testId: string; accept: string; camera?: boolean; many: boolean; onFiles: (files: File[]) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const chosen = (): void => {
    const files = [...(input.current?.files ?? [])];
    if (input.current) input.current.value = ""; // the same file may be chosen again
    if (files.length > 0) onFiles(files);
  };
  return (
    <>
      <button type="button" class="button button--secondary" onClick={() => input.current?.click()}><Icon name={icon} />{name}</button>
      <input ref={input} type="file" hidden accept={accept} multiple={many} {...(camera ? { capture: "environment" } : {})} data-testid={testId} onChange={chosen} />
    </>
  );
}
