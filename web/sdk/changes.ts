/** What do messages and questions say now? Edits, deletions and answers, put to what they are about. */
import type { AskAnswer, Event, FileRef } from "./types.ts";

/** What became of one event after it happened. */
export interface Change {
  /** The newest words of an edited message. */
  readonly text?: string;
  readonly deleted?: true;
  readonly answer?: AskAnswer;
}

/** By the seq of what was changed. Events come oldest first, so the last change counts. */
export function changesOf(events: readonly Event[]): ReadonlyMap<number, Change> {
  const changes = new Map<number, Change>();
  const note = (seq: number, change: Change): void => void changes.set(seq, { ...changes.get(seq), ...change });
  for (const event of events) {
    switch (event.kind) {
      case "message.edited": note(event.body.of, { text: event.body.text }); break;
      case "message.deleted": note(event.body.of, { deleted: true }); break;
      case "ask.answered": note(event.body.of, { answer: event.body }); break;
    }
  }
  return changes;
}

/** As long as the server lets messages be changed by default; it has the last word. */
const CHANGED_WITHIN_MS = 15 * 60_000;

export const isYoung = ({ at }: Event, now: number): boolean => now - Date.parse(at) < CHANGED_WITHIN_MS;

/** A message as it is to be shown. */
export interface Said { readonly text: string; readonly files: readonly FileRef[]; readonly edited: boolean; readonly deleted: boolean }

export function saidNow(event: Extract<Event, { kind: "message" }>, change: Change | undefined): Said {
  if (change?.deleted) return { text: "", files: [], edited: false, deleted: true };
  return { text: change?.text ?? event.body.text, files: event.body.files ?? [], edited: change?.text !== undefined, deleted: false };
}
