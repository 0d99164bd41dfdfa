/** How is one step of a flow shown? From the server's screen alone; every kind of step has its place here. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { coming, waitSentence } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import type { CodeComponent, Component, FieldComponent, PasskeyComponent, Screen, ScreenAction } from "../../sdk/types.ts";
import type { RunFiles } from "../state/files.ts";
import { filledIn, isField, valuesToSend } from "../state/values.ts";
import type { SentValues, Value, Values } from "../state/values.ts";
import { Parts } from "./fields.tsx";
import type { Finish } from "./fields.tsx";
import { Banner, Centre, HelpButton, Steps, Top } from "./parts.tsx";
import type { Act } from "./parts.tsx";

export interface FlowProps {
  screen: Screen;
  errors: Record<string, string>;
  trouble: string | null;
  busy: boolean;
  now: number;
  /** The agent who gave the step back, if one has just done so. */
  handedBackBy: string | null;
  /** Seconds until somebody is free, for the nudge; null while unknown. */
  helpWait: number | null;
  /** What was typed here before a reload. */
  typed: Values;
  files: RunFiles;
  onField: (field: FieldComponent, value: Value) => void;
  onAnswer: (values: SentValues) => void;
  /** Back to a step; null: to the one before. */
  onReopen: (step: string | null) => void;
  onNewCode: Act;
  onPasskey: Act;
  /** What is offered when the run is over. */
  offer?: ComponentChildren;
  onLeave: Act;
  onCancel: Act;
  onHelp: Act;
  onTalk: Act;
  onDone: Act;
}

export function Flow(props: FlowProps) {
  const { screen } = props;
  switch (screen.kind) {
    case "progress": return <Waiting {...props} />;
    case "wait": return <Resting {...props} />;
    case "with_human": return <WithHuman {...props} />;
    case "handoff": return <Handoff {...props} />;
    case "end": return <End {...props} />;
    default: return <Step key={screen.step} {...props} />;
  }
}

function Step(props: FlowProps) {
  const { screen, errors, trouble, now, handedBackBy, onHelp } = props;
  const { values, give, finish, unfinished, finishing } = useAnswers(props);
  const busy = props.busy || finishing;
  const title = useRef<HTMLHeadingElement>(null);
  const form = useRef<HTMLFormElement>(null);
  // The keyboard and the screen reader go where the eye goes: a new step's title, the first wrong field, the notice.
  useEffect(() => (firstInput(form.current, screen) ?? title.current)?.focus({ preventScroll: true }), []);
  useEffect(() => focusFirst(form.current, "[aria-invalid=true], [data-invalid=true]"), [errors]);
  useEffect(() => { if (screen.notice) focusFirst(form.current, "input"); }, [screen.rev]);
  const submit = (event: Event): void => {
    event.preventDefault();
    if (!busy) void finish().then((whole) => (whole ? props.onAnswer(valuesToSend(screen.components, whole)) : focusFirst(form.current, "[data-unfinished=true]")));
  };
  return (
    <form class="page" noValidate ref={form} onSubmit={submit}>
      <StepTop {...props} />
      <main class="body">
        {handedBackBy && <Banner icon="done" testId="handed-back">{doneTogether(handedBackBy, screen)}</Banner>}
        {screen.progress && <Steps progress={screen.progress} />}
        <Announced screen={screen} />
        <div>
          <h1 class="title" tabIndex={-1} ref={title} data-testid="step-title">{screen.title}</h1>
          {screen.body && <p class="lead">{screen.body}</p>}
        </div>
        {screen.notice && (
          <Banner icon={screen.notice.tone === "problem" ? "alert" : "done"} {...(screen.notice.tone === "problem" ? { tone: "danger" as const } : {})} testId="notice">{screen.notice.text}</Banner>
        )}
        {trouble && <Banner icon="alert" tone="danger" testId="trouble">{trouble}</Banner>}
        <Parts components={screen.components.some(isUnsent) ? screen.components : screen.components.filter(({ type }) => type !== "passkey")} title={screen.title} values={values} errors={errors} now={now} files={props.files} onNewCode={props.onNewCode} onEdit={props.onReopen} onValue={give} onUnfinished={unfinished} />
        {screen.nudge && <Nudge wait={props.helpWait} onHelp={onHelp} />}
        {screen.can.cancel && (
          <div><button type="button" class="button button--quiet button--flush" data-testid="cancel-run" onClick={props.onCancel}>Stop this</button></div>
        )}
      </main>
      <div class={`bottom${ways(screen) > 1 ? " bottom--many" : ""}`}>
        <Actions {...props} busy={busy} />
        {screen.can.help && <HelpButton onHelp={onHelp} />}
      </div>
    </form>
  );
}

interface Answers {
  values: Values;
  give: (id: string, value: Value) => void;
  unfinished: (id: string, finish: Finish | null) => void;
  /** All that is given, once nothing is on its way any more; null where the customer has to see to something. */
  finish: () => Promise<Values | null>;
  finishing: boolean;
}

function useAnswers({ screen, typed, onField }: FlowProps): Answers {
  const given = useRef<Values | null>(null);
  given.current ??= filledIn(screen.components, typed);
  const waiting = useRef(new Map<string, Finish>());
  const [, draw] = useState(0);
  const [finishing, setFinishing] = useState(false);
  const give = (id: string, value: Value): void => {
    given.current = { ...given.current, [id]: value };
    draw((n) => n + 1);
    const field = screen.components.find((one): one is FieldComponent => isField(one) && one.id === id);
    if (field) onField(field, value);
  };
  const finish = async (): Promise<Values | null> => {
    setFinishing(waiting.current.size > 0);
    const done = await Promise.all([...waiting.current.values()].map((one) => one()));
    setFinishing(false);
    return done.every(Boolean) ? given.current : null;
  };
  const unfinished = (id: string, one: Finish | null): void => void (one ? waiting.current.set(id, one) : waiting.current.delete(id));
  return { values: given.current, give, unfinished, finish, finishing };
}

function StepTop({ screen, onLeave, onReopen }: FlowProps) {
  const back = screen.can.back ? { back: () => onReopen(null), backLabel: "Back to the step before" } : { back: onLeave };
  return <Top title={screen.flow_title} {...back}><button type="button" class="button button--quiet push" data-testid="leave" onClick={onLeave}>Save and leave</button></Top>;
}

/** The passkey is the way on until a code was sent. */
function Actions(props: FlowProps) {
  const { screen, busy, onPasskey, onNewCode } = props;
  const key = screen.components.find((one): one is PasskeyComponent => one.type === "passkey");
  const unsent = screen.components.some(isUnsent);
  const way = (primary: boolean, label: string, testId: string, onPick: Act) => (
    <button type="button" class={`button button--${primary ? "primary" : "secondary"} button--tall`} aria-busy={busy} disabled={busy} data-testid={testId} onClick={onPick}>{label}</button>
  );
  return (
    <>
      {!unsent && <Onward {...props} />}
      {key && way(unsent, key.label, "use-passkey", onPasskey)}
      {unsent && !key && way(true, "Send me a code", "new-code", onNewCode)}
    </>
  );
}

const isUnsent = (one: Component): boolean => one.type === "code" && (one as CodeComponent).resend_after === null;

/** The first action is the way on; "Try again" says what it does after a refusal. */
function Onward({ screen, busy, onAnswer }: FlowProps) {
  const [main, ...others] = onward(screen);
  const again = screen.notice?.tone === "problem";
  return (
    <>
      <button type="submit" class="button button--primary button--tall" aria-busy={busy} data-testid="continue">
        {busy ? "Sending" : again ? "Try again" : main?.label ?? "Continue"}
      </button>
      {others.map((action) => (
        <button key={action.id} type="button" class={`button button--tall button--${action.intent === "danger" ? "danger" : "secondary"}`} data-testid={`action-${action.id}`}
          onClick={() => onAnswer({ action: action.id })}>{action.label}</button>
      ))}
    </>
  );
}

/** Cancelling has its own address and its own quiet place. */
const onward = ({ actions }: Screen): ScreenAction[] => actions.filter((action) => action.id !== "cancel");
const ways = (screen: Screen): number => onward(screen).length + Number(!screen.components.some(isUnsent) && screen.components.some(({ type }) => type === "passkey"));

function doneTogether(agent: string, { progress }: Screen): string {
  const from = progress ? ` from step ${progress.at}` : "";
  return `Done together. You can go on alone${from}; ${agent} stays in your messages.`;
}

/** The input that the server wants filled in first, if it is not for the title to be read. */
function firstInput(form: HTMLElement | null, { a11y }: Screen): HTMLElement | null {
  return a11y ? form?.querySelector<HTMLElement>(`[name="${CSS.escape(a11y.focus)}"]`) ?? null : null;
}

/** A live region says only what comes into it later. */
const AFTER_FOCUS_MS = 100;

/** What the screen is about, where the focus is not on its title. */
function Announced({ screen: { a11y, rev } }: { screen: Screen }) {
  const [said, say] = useState("");
  useEffect(() => {
    if (!a11y || a11y.focus === "title") return;
    const timer = setTimeout(() => say(a11y.announce), AFTER_FOCUS_MS);
    return () => clearTimeout(timer);
  }, [rev]);
  return <p class="sr-only" role="status" data-testid="announced">{said}</p>;
}

function focusFirst(form: HTMLElement | null, selector: string): void {
  const found = form?.querySelector<HTMLElement>(selector);
  (found?.matches("fieldset") ? found.querySelector<HTMLElement>("input:not([hidden]), button, canvas") : found)?.focus();
}

function Nudge({ wait, onHelp }: { wait: number | null; onHelp: Act }) {
  return (
    <button type="button" class="nudge" data-testid="nudge" onClick={onHelp}>
      <span class="tile"><Icon name="people" /></span>
      <span class="nudge__words"><strong>Do it together?</strong>{wait === null ? "Somebody sees this step with you" : wait <= 5 ? "Someone is free now" : `Someone is free in ${waitSentence(wait).toLowerCase()}`}</span>
      <Icon name="next" />
    </button>
  );
}

/** An action that takes its time. */
function Waiting(props: FlowProps) {
  return (
    <div class="page">
      <StepTop {...props} />
      <main class="page" aria-busy="true">
        <Centre icon={<span class="spinner" aria-hidden="true" />} title={props.screen.title}>
          <p class="lead" role="status">{props.screen.body ?? "You can leave. We’ll send you a notification when it’s done."}</p>
        </Centre>
      </main>
      <div class="bottom"><span class="push" /><HelpButton onHelp={props.onHelp} /></div>
    </div>
  );
}

/** Nothing to do until a time, or until there is news. */
function Resting(props: FlowProps) {
  const { screen, now } = props;
  return (
    <div class="page">
      <StepTop {...props} />
      <main class="page">
        <Centre icon={<span class="tile"><Icon name="clock" /></span>} title={screen.title}>
          <p class="lead" role="status" data-testid="waits">{screen.body ?? "You can close this. We’ll tell you when it goes on."}</p>
          <p data-testid="waits-until">{screen.until ? `It goes on by itself ${coming(screen.until, now)}, or sooner if there is news.` : "It goes on by itself as soon as there is news."}</p>
          {screen.can.cancel && <button type="button" class="button button--quiet" data-testid="cancel-run" onClick={props.onCancel}>Stop this</button>}
        </Centre>
      </main>
      <div class="bottom">
        <button type="button" class="button button--primary button--tall" data-testid="close-run" onClick={props.onLeave}>Close</button>
        {screen.can.help && <HelpButton onHelp={props.onHelp} />}
      </div>
    </div>
  );
}

/** Components that ask for nothing here. */
function Shown({ screen, now, files }: FlowProps) {
  const nothing = (): void => undefined;
  const shown = screen.components.filter((one: Component) => !isField(one));
  return <Parts components={shown} title={screen.title} values={{}} errors={{}} now={now} files={files} onValue={nothing} onUnfinished={nothing} onNewCode={nothing} onEdit={nothing} />;
}

function WithHuman(props: FlowProps) {
  const { screen } = props;
  return (
    <div class="page">
      <StepTop {...props} />
      <main class="body">
        {screen.progress && <Steps progress={screen.progress} />}
        <div><h1 class="title" data-testid="step-title">{screen.title}</h1>{screen.body && <p class="lead">{screen.body}</p>}</div>
        <Shown {...props} />
        <Banner icon="people" testId="with-human">Someone looks at this step with you. Nothing is lost; it goes on from here.</Banner>
      </main>
      <div class="bottom"><button type="button" class="button button--primary button--tall" data-testid="open-talk" onClick={props.onTalk}>Open the conversation</button></div>
    </div>
  );
}

function Handoff(props: FlowProps) {
  const { screen } = props;
  return (
    <div class="page">
      <StepTop {...props} />
      <main class="page">
        <Centre icon={<span class="tile"><Icon name="people" /></span>} title={screen.title}>
          <p class="lead">{screen.notice?.text ?? screen.body ?? "This part needs a person. You won’t have to repeat anything."}</p>
        </Centre>
      </main>
      <div class="bottom"><button type="button" class="button button--primary button--tall" data-testid="help-button" onClick={props.onHelp}>Talk to us</button></div>
    </div>
  );
}

function End(props: FlowProps) {
  const { screen } = props;
  const solved = screen.outcome === "solved";
  return (
    <div class="page">
      <Top title={screen.flow_title} />
      <main class="page">
        <Centre icon={<span class={`tile ${solved ? "tile--ok" : "tile--plain"}`}><Icon name={solved ? "check" : "close"} /></span>} title={screen.title}>
          <p class="lead" role="status" data-testid={`outcome-${screen.outcome ?? "none"}`}>{screen.body}</p>
          <Shown {...props} />
        </Centre>
        {props.offer}
      </main>
      <div class="bottom">
        <button type="button" class="button button--primary button--tall" data-testid="done" onClick={props.onDone}>Done</button>
        <HelpButton onHelp={props.onHelp} />
      </div>
    </div>
  );
}
