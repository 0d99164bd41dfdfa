/** How is an address asked for? In the parts that the browser can fill in by itself. */
import { useId, useRef } from "preact/hooks";
import type { AddressComponent } from "../../sdk/types.ts";
import { partsOf, textOf } from "../state/values.ts";
import { describedBy, Hint, Optional, Problem } from "./around.tsx";
import type { FieldProps } from "./fields.tsx";

export function Address({ field, title, values, errors, onValue }: FieldProps & { field: AddressComponent }) {
  const { id, label, hint } = field;
  const parts = partsOf(values[id]);
  const latest = useRef(parts); // a browser fills in all parts before any of them is drawn
  latest.current = parts;
  const give = (part: string, value: string): void => onValue(id, (latest.current = { ...latest.current, [part]: value }));
  const base = useId();
  return (
    <fieldset class="field address" aria-describedby={describedBy(base, field, errors)} data-invalid={id in errors} data-testid={`field-${id}`}>
      <legend class={label === title ? "sr-only" : "field__label choice__label"}>{label}<Optional field={field} /></legend>
      <Hint base={base} hint={hint} />
      {field.parts.map((part) => {
        const name = `${id}.${part.id}`;
        const shared = {
          id: `${base}-${part.id}`, name, class: "field__control", "data-testid": `field-${name}`, autocomplete: part.autofill as "off", "aria-invalid": name in errors,
          "aria-describedby": name in errors ? `${base}-${part.id}-error` : undefined, "aria-required": field.required !== false && part.required, value: textOf(parts[part.id]),
        } as const;
        return (
          <div key={part.id} class={`field address__${part.id}`}>
            <label class="field__label" for={shared.id}>{part.label}{field.required !== false && <Optional field={part} />}</label>
            {part.id === "country"
              ? <select {...shared} onChange={({ currentTarget }) => give(part.id, currentTarget.value)}><option value="" />{field.countries.map((one) => <option key={one.value} value={one.value}>{one.label}</option>)}</select>
              : part.id === "lines"
                ? <textarea {...shared} rows={2} dir="auto" onInput={({ currentTarget }) => give(part.id, currentTarget.value)} />
                : <input {...shared} dir="auto" onInput={({ currentTarget }) => give(part.id, currentTarget.value)} />}
            <Problem base={`${base}-${part.id}`} id={name} text={errors[name]} />
          </div>
        );
      })}
      <Problem base={base} id={id} text={errors[id]} />
    </fieldset>
  );
}
