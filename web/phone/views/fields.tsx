/** How is each component of a screen drawn? A pure function of the server's JSON; values live in the flow's form. */
import { useId } from "preact/hooks";
import { clock } from "../../shared/format.ts";
import type {
  AddressComponent, ChoiceComponent, CodeComponent, Component, CountryComponent, FactsComponent, FieldComponent, MultiComponent, RepeatComponent, SignatureComponent, TextFieldComponent, UploadComponent,
} from "../../sdk/types.ts";
import type { RunFiles } from "../state/files.ts";
import { textOf } from "../state/values.ts";
import type { Value, Values } from "../state/values.ts";
import { Address } from "./address.tsx";
import { describedBy, Hint, Known, Optional, Problem } from "./around.tsx";
import { Banner } from "./parts.tsx";
import { Repeat } from "./repeat.tsx";
import { Review, Timeline } from "./review.tsx";
import { Signature } from "./signature.tsx";
import { Upload } from "./upload.tsx";

/** Completes what cannot be sent as it stands: a file on its way, a name just drawn. False: the customer has to see to it. */
export type Finish = () => Promise<boolean>;

export interface FieldProps {
  /** Of the screen: a label that says the same is only heard. */
  title: string;
  values: Values;
  errors: Record<string, string>;
  now: number;
  files: RunFiles;
  onValue: (id: string, value: Value) => void;
  /** Before the step is answered, this comes first; null: no more. */
  onUnfinished: (id: string, finish: Finish | null) => void;
  onNewCode: () => void;
  /** Back to a step, to change its answer. */
  onEdit: (step: string) => void;
}

export function Parts({ components, ...props }: FieldProps & { components: readonly Component[] }) {
  return <>{components.map((component, i) => <Part key={"id" in component ? component.id : i} component={component} {...props} />)}</>;
}

function Part({ component, ...props }: FieldProps & { component: Component }) {
  switch (component.type) {
    case "text": return <p>{component.text}</p>;
    case "facts": return <Facts {...component} />;
    case "timeline": return <Timeline {...component} />;
    case "review": return <Review {...component} onEdit={props.onEdit} />;
    case "repeat": return <Repeat field={component} {...props} draw={(field, own) => <Part key={field.id} component={field} {...props} {...own} />} />;
    case "address": return <Address field={component} {...props} />;
    case "upload": return <Upload field={component} {...props} />;
    case "signature": return <Signature field={component} {...props} />;
    case "passkey": return <Banner icon="lock">{component.hint}</Banner>;
    case "choice":
    case "multi": return <Choice field={component} {...props} />;
    case "country": return <Country field={component} {...props} />;
    default: return <Input field={component} {...props} />;
  }
}

const Facts = ({ items }: FactsComponent) => (
  <dl class="card facts">{items.map(({ label, value }) => <div key={label}><dt>{label}</dt><dd class="numeric" dir="auto">{value}</dd></div>)}</dl>
);

/** Radio buttons for one, checkboxes for several. */
function Choice({ field, title, values, errors, onValue }: FieldProps & { field: ChoiceComponent | MultiComponent }) {
  const { id, label, hint, options } = field;
  const picked = picks(textOf(values[id]));
  const base = useId();
  return (
    <fieldset class="field" aria-describedby={describedBy(base, field, errors)} data-testid={`field-${id}`}>
      <legend class={label === title ? "sr-only" : "field__label choice__label"}>{label}<Optional field={field} /></legend>
      <Hint base={base} hint={hint} />
      <ul class="rows card">
        {options.map((option) => (
          <li key={option.value}>
            <label class="row choice">
              <span class="row__words"><span class="row__name">{option.label}</span>{option.detail && <span class="row__more">{option.detail}</span>}</span>
              <input type={field.type === "multi" ? "checkbox" : "radio"} name={`${base}-${id}`} value={option.value} checked={picked.includes(option.value)}
                aria-invalid={id in errors} data-testid={`option-${id}-${option.value}`}
                onChange={() => onValue(id, field.type === "multi" ? toggled(field, picked, option.value) : option.value)} />
            </label>
          </li>
        ))}
      </ul>
      <Known field={field} />
      <Problem base={base} id={id} text={errors[id]} />
    </fieldset>
  );
}

/** Several picks are one text with commas, as the server takes them. */
const picks = (value: string): string[] => (value ? value.split(",") : []);

function toggled({ none }: MultiComponent, picked: readonly string[], option: string): string {
  if (picked.includes(option)) return picked.filter((one) => one !== option).join(",");
  return option === none ? option : [...picked.filter((one) => one !== none), option].join(",");
}

/** The system's own list: it opens as a wheel or a sheet, and finds by the first letters. */
function Country({ field, values, errors, onValue }: FieldProps & { field: CountryComponent }) {
  const { id, label, hint, options } = field;
  const base = useId();
  return (
    <div class="field">
      <label class="field__label" for={base}>{label}<Optional field={field} /></label>
      <Hint base={base} hint={hint} />
      <select id={base} name={id} class="field__control" data-testid={`field-${id}`} value={textOf(values[id])} autocomplete="country" aria-invalid={id in errors}
        aria-describedby={describedBy(base, field, errors)} aria-required={field.required !== false} onChange={({ currentTarget }) => onValue(id, currentTarget.value)}>
        <option value="" />
        {options.map((option) => <option key={option.value} value={option.value}>{option.label}</option>)}
      </select>
      <Known field={field} />
      <Problem base={base} id={id} text={errors[id]} />
    </div>
  );
}

type InputComponent = Exclude<FieldComponent, ChoiceComponent | MultiComponent | CountryComponent | RepeatComponent | AddressComponent | UploadComponent | SignatureComponent>;

function Input({ field, values, errors, now, onValue, onNewCode }: FieldProps & { field: InputComponent }) {
  const { id, label } = field;
  const base = useId();
  if (field.type === "text_field" && field.multiline) return <Lines field={field} values={values} errors={errors} onValue={onValue} />;
  if (field.type === "code" && field.resend_after === null) return field.required === false ? <NewCode field={field} now={now} onNewCode={onNewCode} /> : null;
  return (
    <div class="field">
      <label class="field__label" for={base}>{label}{field.type === "money" && field.currency && ` (${field.currency})`}<Optional field={field} /></label>
      <Hint base={base} hint={field.hint} />
      <input id={base} name={id} class={`field__control${numeric(field) ? " numeric" : ""}${field.type === "code" ? " code" : ""}`} data-testid={`field-${id}`}
        value={textOf(values[id])} aria-invalid={id in errors} aria-describedby={describedBy(base, field, errors)} aria-required={field.required !== false}
        dir={numeric(field) ? "ltr" : "auto"} {...attributes(field)}
        onInput={({ currentTarget: input }) => {
          const value = tidy(field, input.value, textOf(values[id]));
          input.value = value;
          onValue(id, value);
        }} />
      <Known field={field} />
      <Problem base={base} id={id} text={errors[id]} />
      {field.type === "code" && <NewCode field={field} now={now} onNewCode={onNewCode} />}
    </div>
  );
}

/** More than a line of text. */
function Lines({ field, values, errors, onValue }: Pick<FieldProps, "values" | "errors" | "onValue"> & { field: TextFieldComponent }) {
  const { id, label } = field;
  const base = useId();
  return (
    <div class="field">
      <label class="field__label" for={base}>{label}<Optional field={field} /></label>
      <Hint base={base} hint={field.hint} />
      <textarea id={base} name={id} class="field__control textarea" rows={4} data-testid={`field-${id}`} value={textOf(values[id])} dir="auto" aria-invalid={id in errors}
        aria-describedby={describedBy(base, field, errors)} aria-required={field.required !== false} {...(field.max_length ? { maxLength: field.max_length } : {})}
        onInput={({ currentTarget }) => onValue(id, currentTarget.value)} />
      <Known field={field} />
      <Problem base={base} id={id} text={errors[id]} />
    </div>
  );
}

function NewCode({ field, now, onNewCode }: { field: CodeComponent; now: number; onNewCode: () => void }) {
  if (field.resend_after !== null && Date.parse(field.resend_after) > now) {
    return <p class="field__hint">You can ask for a new code from {clock(field.resend_after)}.</p>;
  }
  return <div><button type="button" class="button button--quiet button--flush" data-testid="new-code" onClick={onNewCode}>{field.resend_after === null ? "Send me a code instead" : "Send a new code"}</button></div>;
}

const numeric = (field: InputComponent): boolean => field.type !== "text_field" && field.type !== "email";

function attributes(field: InputComponent) {
  switch (field.type) {
    case "digits": return { inputMode: "numeric" as const, autocomplete: autofill(field.autofill), maxLength: field.length };
    case "month_year": return { inputMode: "numeric" as const, autocomplete: "cc-exp" as const, placeholder: "MM / YY", maxLength: 7 };
    case "code": return { inputMode: "numeric" as const, autocomplete: "one-time-code" as const, maxLength: field.length };
    case "date": return { type: "date" as const, autocomplete: autofill(field.autofill) };
    case "time": return { type: "time" as const, autocomplete: "off" as const };
    case "money": return { inputMode: field.decimals > 0 ? "decimal" as const : "numeric" as const, autocomplete: "off" as const, maxLength: 18 };
    case "phone": return { type: "tel" as const, autocomplete: autofill(field.autofill) };
    case "email": return { type: "email" as const, autocomplete: autofill(field.autofill) };
    case "text_field": return { autocomplete: autofill(field.autofill), ...(field.max_length ? { maxLength: field.max_length } : {}) };
  }
}

/** The server names the browser's own autofill token; nothing else is asked of the browser's memory. */
const autofill = (token: string | null | undefined) => (token ?? "off") as "off";

/** Only shapes what is typed, never judges it: digits stay digits, a slash comes by itself. */
function tidy(field: InputComponent, typed: string, before: string): string {
  if (field.type !== "digits" && field.type !== "code" && field.type !== "month_year") return typed;
  const digits = typed.replace(/\D/g, "");
  if (field.type !== "month_year") return digits.slice(0, field.length);
  const month = digits.slice(0, 2);
  if (digits.length > 2) return `${month} / ${digits.slice(2).slice(-2)}`;
  return digits.length === 2 && typed.length > before.length ? `${month} / ` : month;
}
