/** What did the customer give so far, by the id of its field? Text as typed; files by what the server calls them; parts and entries as objects. */
import type { Component, FieldComponent, UploadedFile } from "../../sdk/types.ts";

export type Value = string | readonly UploadedFile[] | Values | readonly Values[];
export interface Values { [id: string]: Value }

export const textOf = (value: Value | undefined): string => (typeof value === "string" ? value : "");
export const partsOf = (value: Value | undefined): Values => (typeof value === "object" && !Array.isArray(value) ? (value as Values) : {});
export const entriesOf = (value: Value | undefined): readonly Values[] => (Array.isArray(value) ? (value as readonly Values[]) : []);
export const filesOf = (value: Value | undefined): readonly UploadedFile[] => (Array.isArray(value) ? (value as readonly UploadedFile[]) : []);

/** Takes an answer; the others only tell. */
export const isField = (one: Component): one is FieldComponent => "id" in one && one.type !== "passkey";

/** What is known already, so that nobody types it twice; over it, what was typed before a reload. */
export function filledIn(components: readonly Component[], typed: Values = {}): Values {
  return Object.fromEntries(components.filter(isField).flatMap((field) => {
    const value = typed[field.id] ?? known(field);
    return value === null ? [] : [[field.id, value]];
  }));
}

function known(field: FieldComponent): Value | null {
  switch (field.type) {
    case "repeat": return field.entries?.length ? field.entries.map((entry) => Object.fromEntries(field.fields.map((one) => [one.id, asShown(one, entry[one.id] ?? "")]))) : Array.from({ length: field.min }, () => ({}));
    case "address": return Object.fromEntries(field.parts.flatMap(({ id, value }) => (value ? [[id, value]] : [])));
    case "upload": return field.files ?? null;
    case "signature": return null; // it is given for what stands there now
    default: return field.value ? asShown(field, field.value) : null;
  }
}

/** "11/30" is written "11 / 30". */
const asShown = (field: FieldComponent, value: string): string => (field.type === "month_year" ? value.replace("/", " / ") : value);

/** As the server takes it. */
export type Sent = string | null | readonly string[] | SentValues | readonly SentValues[];
export interface SentValues { [id: string]: Sent }

export const valuesToSend = (components: readonly Component[], values: Values): SentValues =>
  Object.fromEntries(components.filter(isField).map((field) => [field.id, sent(field, values[field.id])]));

function sent(field: FieldComponent, value: Value | undefined): Sent {
  switch (field.type) {
    case "repeat": return entriesOf(value).map((entry) => valuesToSend(field.fields, entry));
    case "address": return trimmed(partsOf(value));
    case "upload": return filesOf(value).map(({ id }) => id);
    case "signature": return typeof value === "string" ? value.trim() : filesOf(value).map(({ id }) => id);
    case "month_year": return textOf(value).replace(/\s/g, "");
    default: return textOf(value).trim();
  }
}

const trimmed = (parts: Values): SentValues | null => {
  const given = Object.entries(parts).flatMap(([name, value]) => (textOf(value).trim() ? [[name, textOf(value).trim()]] : []));
  return given.length > 0 ? Object.fromEntries(given) : null;
};

/** For agents who look on: whether there is something, and a short text as it is. */
export const asWord = (value: Value): string => (typeof value === "string" ? value : filled(value) ? "filled" : "");

const filled = (value: Exclude<Value, string>): boolean => (Array.isArray(value) ? value.length > 0 : Object.values(value).some((one) => one !== ""));

/** May stay on this device until it is sent: what is secret may not. */
export const keepable = (field: FieldComponent): boolean => field.type !== "code" && !("sensitive" in field && field.sensitive);
