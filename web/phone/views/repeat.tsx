/** How are the same fields asked several times? As cards: one is open, those that are filled in are a line each. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import type { FieldComponent, RepeatComponent } from "../../sdk/types.ts";
import { changed, errorsWithout, fieldsOf, inWords, isRefused, valuesOf } from "../state/entries.ts";
import { entriesOf } from "../state/values.ts";
import type { Value, Values } from "../state/values.ts";
import { describedBy, Hint, Problem } from "./around.tsx";
import type { FieldProps } from "./fields.tsx";

type Own = Pick<FieldProps, "values" | "errors" | "onValue">;
interface Props extends FieldProps {
  field: RepeatComponent;
  /** One field of one entry, under a name of its own. */
  draw: (field: FieldComponent, own: Own) => ComponentChildren;
}

const INPUT = ":is(input, select, textarea)";

export function Repeat({ field, title, values, errors: refused, now, draw, onValue }: Props) {
  const { id, label, hint, min, max } = field;
  const entries = entriesOf(values[id]);
  const base = useId();
  const [open, setOpen] = useState(() => (entries.length === 1 ? 0 : entries.findIndex((entry) => inWords(field, entry, now) === null)));
  const [gone, setGone] = useState<{ at: number; entry: Values } | null>(null);
  const [errors, setErrors] = useOwn(refused);
  const [box, focus] = useFocusAfter();
  const latest = useRef(entries); // a file may arrive before what arrived last is drawn
  latest.current = entries;
  const give = (at: number, name: string, value: Value): void => {
    latest.current = changed(field, latest.current, at, name, value);
    onValue(id, latest.current);
  };
  const show = (all: readonly Values[], at: number): void => {
    onValue(id, all);
    setOpen(at);
    setGone(null);
    focus(`[data-entry="${at}"] ${INPUT}`);
  };
  const remove = (at: number): void => {
    setGone({ at, entry: entries[at]! });
    setErrors(errorsWithout(errors, field, at));
    setOpen(open > at ? open - 1 : open === at ? -1 : open);
    onValue(id, entries.filter((_, i) => i !== at));
    focus("[data-undo]");
  };
  const undo = ({ at, entry }: { at: number; entry: Values }): void => {
    setErrors({});
    show([...entries.slice(0, at), entry, ...entries.slice(at)], at);
  };
  return (
    <fieldset class="field" ref={box} aria-describedby={describedBy(base, field, errors)} data-invalid={id in errors} data-testid={`field-${id}`}>
      <legend class={label === title ? "sr-only" : "field__label choice__label"}>{label}</legend>
      <Hint base={base} hint={hint} />
      <ul class="entries">
        {entries.map((entry, at) => {
          const said = inWords(field, entry, now);
          const name = said?.name ?? `entry ${at + 1}`;
          const shown = at === open || isRefused(errors, field, at);
          const takeAway = entries.length > min && <button type="button" class="icon-button" aria-label={`Remove ${name}`} data-testid={`remove-${id}-${at}`} onClick={() => remove(at)}><Icon name="close" /></button>;
          return (
            <li key={at} class="card entry" data-entry={at} data-testid={`entry-${id}-${at}`}>
              <div class="entry__head">
                <span class="row__words" id={`${base}-${at}`}>
                  <span class="row__name"><bdi>{shown ? `${at + 1} of ${entries.length}` : said?.name ?? "Not filled in yet"}</bdi></span>
                  {!shown && said?.more && <span class="row__more"><bdi>{said.more}</bdi></span>}
                </span>
                {!shown && <button type="button" class="button button--quiet" aria-label={`Edit: ${name}`} data-testid={`change-${id}-${at}`} onClick={() => show(entries, at)}>Edit</button>}
                {takeAway}
              </div>
              {shown && (
                <div class="entry__fields" role="group" aria-labelledby={`${base}-${at}`}>
                  {fieldsOf(field, at).map((one) => draw(one, { values: valuesOf(field, at, entry), errors, onValue: (name, value) => give(at, name, value) }))}
                </div>
              )}
            </li>
          );
        })}
      </ul>
      {gone && (
        <p class="entries__gone" role="status"><span><bdi>{inWords(field, gone.entry, now)?.name ?? "The entry"}</bdi> was removed.</span>
          <button type="button" class="button button--quiet" data-undo data-testid={`undo-${id}`} onClick={() => undo(gone)}>Put it back</button></p>
      )}
      <Problem base={base} id={id} text={errors[id]} />
      {entries.length < max
        ? <button type="button" class="button button--secondary entries__add" data-testid={`add-${id}`} onClick={() => show([...entries, {}], entries.length)}><Icon name="plus" />{entries.length > 0 ? "Add another" : "Add one"}</button>
        : <p class="field__hint">{max} is the most that fit here.</p>}
    </fieldset>
  );
}

/** What the server refused, until it says something else; entries may move meanwhile. */
function useOwn(refused: Record<string, string>): [Record<string, string>, (errors: Record<string, string>) => void] {
  const [own, setOwn] = useState({ refused, errors: refused });
  return [own.refused === refused ? own.errors : refused, (errors) => setOwn({ refused, errors })];
}

/** Moves the focus to what this change draws. */
function useFocusAfter() {
  const box = useRef<HTMLFieldSetElement>(null);
  const wanted = useRef<string | null>(null);
  useEffect(() => {
    if (wanted.current === null) return;
    box.current?.querySelector<HTMLElement>(wanted.current)?.focus();
    wanted.current = null;
  });
  return [box, (selector: string) => { wanted.current = selector; }] as const;
}
