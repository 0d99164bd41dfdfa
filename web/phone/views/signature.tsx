/** How does a customer sign? By a finger or the mouse, which becomes a picture; or by typing the name. */
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import type { SignatureComponent, UploadedFile } from "../../sdk/types.ts";
import { drawn, pictureOf } from "../state/ink.ts";
import type { Stroke } from "../state/ink.ts";
import { filesOf, textOf } from "../state/values.ts";
import { describedBy, Hint, Optional, Problem } from "./around.tsx";
import type { FieldProps } from "./fields.tsx";
import { useAddress } from "./thumbnail.tsx";

export function Signature({ field, title, values, errors, files, onValue, onUnfinished }: FieldProps & { field: SignatureComponent }) {
  const { id, label, hint } = field;
  const base = useId();
  const [signed] = filesOf(values[id]);
  const [typing, setTyping] = useState(textOf(values[id]) !== "");
  const [strokes, setStrokes] = useState<readonly Stroke[]>([]);
  const [lost, setLost] = useState(false);
  const paper = useRef<HTMLCanvasElement>(null);
  const send = async (): Promise<boolean> => {
    setLost(false);
    try {
      const picture = await pictureOf(paper.current!);
      onValue(id, [await files.send(new File([picture], "signature.png", { type: picture.type }), () => undefined, new AbortController().signal)]);
      return true;
    } catch {
      setLost(true);
      return false;
    }
  };
  useEffect(() => onUnfinished(id, strokes.length > 0 && !signed && !typing ? send : null));
  useEffect(() => () => onUnfinished(id, null), []);
  useEffect(() => { if (paper.current) drawn(paper.current, strokes); }, [typing, strokes, signed]);
  const anew = (): void => { onValue(id, ""); setStrokes([]); };
  const problem = lost ? "Your signature did not arrive. Try again." : errors[id];
  return (
    <fieldset class="field" aria-describedby={describedBy(base, field, problem ? { [id]: problem } : {})} data-invalid={problem !== undefined} data-unfinished={lost} data-testid={`field-${id}`}>
      <legend class={label === title ? "sr-only" : "field__label choice__label"}>{label}<Optional field={field} /></legend>
      <Hint base={base} hint={hint} />
      {signed ? <Signed file={signed} load={files.load} /> : typing
        ? <input class="field__control sign__name" value={textOf(values[id])} aria-label="Your name" autocomplete="name" dir="auto" maxLength={field.max_length} aria-required={field.required !== false} data-testid={`sign-name-${id}`} onInput={({ currentTarget }) => onValue(id, currentTarget.value)} />
        : <Paper paper={paper} onStrokes={setStrokes} />}
      <div class="sign__ways">
        {signed
          ? <span class="seen"><Icon name="check" />Signed</span>
          : <button type="button" class="button button--quiet button--flush" data-testid={`sign-other-${id}`} onClick={() => { anew(); setTyping(!typing); }}>{typing ? "Draw it instead" : "Type your name instead"}</button>}
        {(signed || strokes.length > 0) && <button type="button" class="button button--quiet push" data-testid={`sign-clear-${id}`} onClick={anew}>{signed ? "Sign again" : "Clear"}</button>}
      </div>
      <Problem base={base} id={id} text={problem} />
    </fieldset>
  );
}

function Signed({ file, load }: { file: UploadedFile; load: FieldProps["files"]["load"] }) {
  const address = useAddress(null, file, load);
  return <span class="sign is-signed">{address ? <img src={address} alt="Your signature" data-testid="signed" /> : <span class="skeleton" />}</span>;
}

/** White in every theme, as the picture is. Whoever cannot draw on it types the name. */
function Paper({ paper, onStrokes }: { paper: { current: HTMLCanvasElement | null }; onStrokes: (change: (strokes: readonly Stroke[]) => readonly Stroke[]) => void }) {
  const point = (event: PointerEvent): readonly [number, number] => {
    const { left, top, width, height } = paper.current!.getBoundingClientRect();
    return [(event.clientX - left) / width, (event.clientY - top) / height];
  };
  const begin = (event: PointerEvent): void => {
    paper.current!.setPointerCapture(event.pointerId);
    const first = point(event);
    onStrokes((all) => [...all, [first]]);
  };
  const go = (event: PointerEvent): void => {
    if (!paper.current!.hasPointerCapture(event.pointerId)) return;
    const next = point(event);
    onStrokes((all) => [...all.slice(0, -1), [...(all.at(-1) ?? []), next]]);
  };
  return <canvas ref={paper} class="sign" role="img" aria-label="Paper to sign on" data-testid="sign-paper" onPointerDown={begin} onPointerMove={go} />;
}
