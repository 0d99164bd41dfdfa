/** How does the answer to a question read? */
import type { AskAnswer } from "../sdk/types.ts";

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function answerWords({ value, label }: AskAnswer, locale?: string): string {
  if (label) return label;
  if (typeof value === "boolean") return value ? "Yes" : "No";
  if (typeof value === "number") return new Intl.NumberFormat(locale, { maximumFractionDigits: 9 }).format(value);
  return DAY.test(value) ? new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(new Date(value)) : value;
}
