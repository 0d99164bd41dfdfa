/** How do times and waits read aloud? Only Intl, only the given locale and the server's clock. */

const language = (): string => (typeof document === "undefined" ? "en" : document.documentElement.lang || "en");

const two = (n: number): string => String(n).padStart(2, "0");

/** "14:02" */
export function clock(at: string, locale = language()): string {
  return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(at));
}

/** Whole days from `at` back from `now`, by the calendar of this device. */
function daysAgo(at: Date, now: Date): number {
  const midnight = (d: Date): number => new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime();
  return Math.round((midnight(now) - midnight(at)) / 86_400_000);
}

/** "Today", "Yesterday", "17 November" */
export function day(at: string, now: number, locale = language()): string {
  const then = new Date(at);
  const ago = daysAgo(then, new Date(now));
  if (ago === 0 || ago === 1) {
    return capital(new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-ago, "day"));
  }
  const year = then.getFullYear() === new Date(now).getFullYear() ? {} : { year: "numeric" as const };
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", ...year }).format(then);
}

/** "today at 18:42", "on 17 November" */
export function when(at: string, now: number, locale = language()): string {
  const word = day(at, now, locale);
  const near = daysAgo(new Date(at), new Date(now)) <= 1;
  return near ? `${word.toLocaleLowerCase(locale)} at ${clock(at, locale)}` : `on ${word}`;
}

/** "today 2:00 PM", "tomorrow 8:00 AM", "Monday 8:00 AM", "17 November 8:00 AM": a time to come, as the locale writes it. */
export function opening(at: string, now: number, locale = language()): string {
  const then = new Date(at);
  const time = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" }).format(then);
  const days = -daysAgo(then, new Date(now));
  if (days <= 1) return `${new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(days, "day")} ${time}`;
  const date = days < 7 ? { weekday: "long" as const } : { day: "numeric" as const, month: "long" as const };
  return `${new Intl.DateTimeFormat(locale, date).format(then)} ${time}`;
}

/** "today", "tomorrow", "on Monday, 23 November" */
export function comingDay(at: string, now: number, locale = language()): string {
  const ahead = -daysAgo(new Date(at), new Date(now));
  if (ahead <= 1) return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(Math.max(0, ahead), "day");
  return `on ${new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" }).format(new Date(at))}`;
}

/** "today at 18:30", "on Monday, 23 November at 09:00": when something will be. */
export const coming = (at: string, now: number, locale = language()): string => `${comingDay(at, now, locale)} at ${clock(at, locale)}`;

/** "02:14", or "1:02:14" from an hour on. Milliseconds in. */
export function stopwatch(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const head = s >= 3600 ? `${Math.floor(s / 3600)}:` : "";
  return `${head}${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}`;
}

/** "4 min 12 s", "40 s": how long something took. Milliseconds in. */
export function duration(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  return s < 60 ? `${s} s` : `${Math.floor(s / 60)} min${s % 60 ? ` ${s % 60} s` : ""}`;
}

/** A wait is rounded up, never down: "Now", "about 40 s", "about 2 min". Seconds in. */
export function wait(seconds: number): string {
  if (seconds <= 5) return "Now";
  return seconds <= 50 ? `about ${Math.ceil(seconds / 10) * 10} s` : `about ${Math.ceil(seconds / 60)} min`;
}

/** The same in a sentence: "Any moment now", "About 40 seconds", "About 2 minutes". */
export function waitSentence(seconds: number): string {
  if (seconds <= 5) return "Any moment now";
  if (seconds <= 50) return `About ${Math.ceil(seconds / 10) * 10} seconds`;
  const minutes = Math.ceil(seconds / 60);
  return `About ${minutes} ${minutes === 1 ? "minute" : "minutes"}`;
}

/** "1st", "2nd", "3rd", "11th" */
export function ordinal(n: number): string {
  const ending = { one: "st", two: "nd", few: "rd", other: "th", zero: "th", many: "th" };
  return `${n}${ending[new Intl.PluralRules("en", { type: "ordinal" }).select(n)]}`;
}

/** "MO" of "Maya Okafor". */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  const picked = words.length > 1 ? [words[0]!, words[words.length - 1]!] : words;
  return picked.map((word) => word.charAt(0).toLocaleUpperCase()).join("");
}

/** As a sentence begins. */
export const capital = (words: string): string => words.charAt(0).toLocaleUpperCase() + words.slice(1);

/** A queue's own name, "card_support", as people read it: "Card support". The name of a person stays. */
export const targetName = (name: string): string => capital(name.replaceAll("_", " "));

/** The name one is called by: "Maya" of "Maya Okafor". */
export const firstName = (name: string): string => name.split(/\s+/)[0] ?? name;

/** "3 kB", "1.4 MB": how much there is to fetch. Bytes in. */
export function size(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Which way a language is written. */
export const direction = (language: string): "ltr" | "rtl" => /^(ar|fa|he|ur)\b/.test(language) ? "rtl" : "ltr";
