/** How does an agent put a question that is answered with a tap? */
import type { Case, Draft } from "../state/case.ts";

const KINDS: readonly { kind: Draft["kind"]; label: string }[] = [
  { kind: "yes_no", label: "Yes or no" }, { kind: "choice", label: "One of these" }, { kind: "text", label: "In words" },
  { kind: "number", label: "A number" }, { kind: "date", label: "A day" }, { kind: "approval", label: "Approval, proved" },
];

export function AskForm({ one, name }: { one: Case; name: string }) {
  const { prompt, kind, options } = one.question.value;
  const change = (part: Partial<Draft>): void => { one.question.value = { ...one.question.value, ...part }; };
  const asking = one.commands.doing.value === "ask";
  const lacks = kind === "choice" && options.split("\n").filter((line) => line.trim()).length < 2;
  const send = (event: Event): void => {
    event.preventDefault();
    void one.ask();
  };
  return (
    <form class="write__ask" aria-label={`Question to ${name}`} onSubmit={send}>
      <input class="write__line" aria-label={kind === "approval" ? "What is to be approved" : "Question"} placeholder={kind === "approval" ? `What exactly shall ${name} approve?` : `What do you ask ${name}?`} dir="auto" maxLength={500} autocomplete="off" data-testid="ask-prompt" value={prompt}
        onInput={({ currentTarget }) => change({ prompt: currentTarget.value })} />
      <div class="write__kinds" role="group" aria-label="How it is answered">
        {KINDS.map((choice) => (
          <button type="button" class="chip" key={choice.kind} aria-pressed={kind === choice.kind} data-testid={`ask-kind-${choice.kind}`} onClick={() => change({ kind: choice.kind })}>{choice.label}</button>
        ))}
      </div>
      {kind === "choice" && (
        <textarea class="write__text" aria-label="Answers to choose from, one a line" placeholder="One answer a line" rows={3} dir="auto" data-testid="ask-options" value={options}
          onInput={({ currentTarget }) => change({ options: currentTarget.value })} />
      )}
      <div class="write__foot">
        <span class={one.commands.trouble.value ? "is-bad" : ""} role="status">{one.commands.trouble.value ?? (lacks ? "At least two answers" : kind === "approval" ? "Proved by passkey or code, for these words alone" : "")}</span>
        <button type="submit" class="button button--primary push" aria-busy={asking} data-testid="ask-send">{asking ? "Asking" : "Ask"}</button>
      </div>
    </form>
  );
}
