/** How are the entries of a list named, changed and told apart? As the server names their fields: `people[0].name`. */
import type { FieldComponent, RepeatComponent } from "../../sdk/types.ts";
import { day } from "../../shared/format.ts";
import { textOf } from "./values.ts";
import type { Value, Values } from "./values.ts";

type Errors = Record<string, string>;

const place = (list: string, at: number): string => `${list}[${at}].`;

/** The fields of one entry, under names of their own. */
export const fieldsOf = ({ id, fields }: RepeatComponent, at: number): FieldComponent[] => fields.map((field) => ({ ...field, id: place(id, at) + field.id }));

/** What is in one entry, under the same names. */
export const valuesOf = ({ id }: RepeatComponent, at: number, entry: Values): Values =>
  Object.fromEntries(Object.entries(entry).map(([name, value]) => [place(id, at) + name, value]));

/** The entries with one answer changed; `name` as `fieldsOf` gave it. */
export const changed = ({ id }: RepeatComponent, entries: readonly Values[], at: number, name: string, value: Value): Values[] =>
  entries.map((entry, i) => (i === at ? { ...entry, [name.slice(place(id, at).length)]: value } : entry));

export const isRefused = (errors: Errors, { id }: RepeatComponent, at: number): boolean => Object.keys(errors).some((name) => name.startsWith(place(id, at)));

/** Errors stay with their entries when the one at `at` goes. */
export function errorsWithout(errors: Errors, { id, max }: RepeatComponent, at: number): Errors {
  const kept: Errors = {};
  for (const [name, text] of Object.entries(errors)) {
    const i = Array.from({ length: max + 1 }, (_, n) => n).find((n) => name.startsWith(place(id, n)));
    if (i === undefined || i < at) kept[name] = text;
    else if (i > at) kept[place(id, i - 1) + name.slice(place(id, i).length)] = text;
  }
  return kept;
}

/** What is in an entry, in words: its first answer, and the others. Null where there is none yet. */
export function inWords({ fields }: RepeatComponent, entry: Values, now: number): { name: string; more: string } | null {
  const [name, ...more] = fields.map((field) => spoken(field, textOf(entry[field.id]), now)).filter(Boolean);
  return name === undefined ? null : { name, more: more.join(", ") };
}

function spoken(field: FieldComponent, value: string, now: number): string {
  if (value === "") return "";
  if (field.type === "date") return day(`${value}T12:00`, now);
  if (!("options" in field)) return value;
  return value.split(",").map((one) => field.options.find((option) => option.value === one)?.label ?? one).join(", ");
}
