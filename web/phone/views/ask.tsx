/** How does a customer answer a question? With a tap where that is enough, else in one field of the right kind. */
import { useState } from "preact/hooks";
import { firstName } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { answerWords } from "../../shared/answer.ts";
import type { AskKind, AskValue } from "../../sdk/types.ts";
import type { AskLine } from "../state/timeline.ts";

export interface AskProps { line: AskLine; busy: boolean; onAnswer: (seq: number, value: AskValue) => void }

const YES_NO = [{ value: true, label: "Yes" }, { value: false, label: "No" }];

export function Ask({ line, busy, onAnswer }: AskProps) {
  const { question, answer, seq, from } = line;
  const quick: readonly { value: AskValue; label: string }[] = question.kind === "yes_no" ? YES_NO : question.options;
  return (
    <section class="card ask" aria-label={`Question from ${firstName(from)}`} data-testid="ask" data-answered={answer !== null}>
      <p class="ask__head"><Icon name="help" />{firstName(from)} asks</p>
      <p class="ask__prompt" dir="auto">{question.prompt}</p>
      {answer && <p class="ask__value" data-testid="ask-answer"><small>Your answer</small>{answerWords(answer)}</p>}
      {!answer && quick.length > 0 && (
        <div class="ask__actions">
          {quick.map(({ value, label }) => (
            <button key={String(value)} type="button" class="button button--secondary" disabled={busy} data-testid={`ask-option-${String(value)}`} onClick={() => onAnswer(seq, value)}>{label}</button>
          ))}
        </div>
      )}
      {!answer && question.kind !== "choice" && question.kind !== "yes_no" && <Written kind={question.kind} label={question.prompt} busy={busy} onAnswer={(value) => onAnswer(seq, value)} />}
    </section>
  );
}

function Written({ kind, label, busy, onAnswer }: { kind: AskKind; label: string; busy: boolean; onAnswer: (value: AskValue) => void }) {
  const [text, setText] = useState("");
  const number = Number(text.replace(",", "."));
  const fits = text.trim() !== "" && (kind !== "number" || Number.isFinite(number));
  const send = (event: Event): void => {
    event.preventDefault();
    if (fits) onAnswer(kind === "number" ? number : text.trim());
  };
  const shared = {
    class: "composer__input", "aria-label": label, "data-testid": "ask-input", value: text,
    onInput: ({ currentTarget }: { currentTarget: HTMLInputElement }) => setText(currentTarget.value),
  };
  return (
    <form class="ask__write" onSubmit={send}>
      {kind === "date"
        ? <input {...shared} type="date" />
        : <input {...shared} type="text" inputMode={kind === "number" ? "decimal" : "text"} maxLength={1000} autocomplete="off" dir="auto" />}
      <button type="submit" class="button button--primary" disabled={!fits || busy} data-testid="ask-send">Answer</button>
    </form>
  );
}
