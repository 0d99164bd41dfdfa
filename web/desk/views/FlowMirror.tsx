/** Where is the customer in the flow, what was refused, what is already answered? Steps and fields, never pixels. */
import { firstName } from "../../shared/format.ts";
import { Icon, type IconName } from "../../shared/icon.tsx";
import type { AnswerView, PathStep, RunStatus, RunView } from "../../sdk/types.ts";
import type { Case } from "../state/case.ts";
import { times } from "../state/entries.ts";
import { HandBack } from "./HandBack.tsx";
import { Loaded } from "./PaneState.tsx";

const STATUS: Record<RunStatus, { tone: string; icon: IconName; word: string }> = {
  with_human: { tone: "tag--accent", icon: "hand", word: "Waits with you" },
  active: { tone: "tag--accent", icon: "flow", word: "Goes on alone" },
  waiting: { tone: "", icon: "clock", word: "Waiting" },
  solved: { tone: "tag--ok", icon: "check", word: "Finished" },
  abandoned: { tone: "", icon: "close", word: "Left" },
  expired: { tone: "tag--warn", icon: "clock", word: "Expired" },
};

export function FlowMirror({ one }: { one: Case }) {
  const name = firstName(one.interaction.value.customer.name);
  return (
    <section class="card mirror" aria-label={`${name}’s screen`} data-testid="flow-mirror">
      <Loaded of={one.run} what={`${name}’s screen`} lines={4}>
        {(run) => run && <Mirror one={one} run={run} name={name} />}
      </Loaded>
    </section>
  );
}

function Mirror({ one, run, name }: { one: Case; run: RunView; name: string }) {
  const { tone, icon, word } = STATUS[run.status];
  const open = run.status === "with_human" || run.status === "active" || run.status === "waiting";
  return (
    <>
      <div class="mirror__head">
        <h2 class="pane__head">{name}’s screen {run.progress && <small>step {run.progress.at} of {run.progress.of}</small>}</h2>
        <span class={`tag ${tone}`} data-testid="run-status"><Icon name={icon} />{word}</span>
      </div>
      <ol class="path" aria-label={run.title}>{run.path.map((step) => <Step key={step.step} step={step} run={run} />)}</ol>
      {run.answers.length > 0 && <dl class="answers">{run.answers.map((answer) => <Answer key={answer.label} answer={answer} />)}</dl>}
      {open && !one.part.value && <HandBack one={one} run={run} name={name} />}
    </>
  );
}

const MARKS: Record<PathStep["state"], IconName | null> = { done: "done", failed: "alert", current: "next", todo: null };

function Step({ step, run }: { step: PathStep; run: RunView }) {
  const failed = step.state === "failed" || (step.state === "current" && step.failures > 0);
  const state = failed ? "failed" : step.state;
  const mark = MARKS[state];
  const last = run.failures.findLast((failure) => failure.step === step.step);
  const here = step.step === run.step;
  return (
    <li class={`path__step path__step--${state}`} aria-current={here ? "step" : undefined} data-testid={failed ? "failed-step" : `step-${step.step}`}>
      {mark ? <Icon name={mark} /> : <span class="path__dot" />}
      <span>{step.title}</span>
      {failed && <span class="path__more" title={last?.text}>{step.failures > 1 ? `refused ${times(step.failures)}` : "refused"}</span>}
    </li>
  );
}

function Answer({ answer }: { answer: AnswerView }) {
  return (
    <>
      <dt>{answer.label}</dt>
      <dd>{answer.sensitive || answer.value === null ? <><Icon name="hidden" /><span>•••• hidden</span></> : <bdi class="digits numeric">{answer.value}</bdi>}</dd>
    </>
  );
}
