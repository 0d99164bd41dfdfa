/** To whom, and why? Give it away at once, or ask a colleague first: one dialog, three ways. */
import { useEffect, useRef } from "preact/hooks";
import { firstName } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import type { Targets } from "../../sdk/types.ts";
import type { Case } from "../state/case.ts";
import { readable } from "../state/facts.ts";
import { present, type PassOn, type Way } from "../state/pass-on.ts";
import { teamStanding } from "../state/presence.ts";
import { Loaded } from "./PaneState.tsx";

const WAYS: readonly { way: Way; word: string; hint: string; go: string; going: string }[] = [
  { way: "transfer", word: "Pass on now", hint: "You are free at once, the place in the queue is kept", go: "Pass on", going: "Passing on" },
  { way: "consult", word: "Ask for advice first", hint: "They read along and write notes, then you decide", go: "Ask for advice", going: "Asking" },
  { way: "specialist", word: "Bring somebody in", hint: "Both of you write with the customer", go: "Ask to join", going: "Asking" },
];

export function PassOnDialog({ one }: { one: Case }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const form = one.passOn;
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog class="desk-dialog" ref={dialog} aria-labelledby="pass-on-title" data-testid="pass-on-dialog" onClose={() => { form.open.value = false; }}>
      <form class="pass-on" onSubmit={(event) => { event.preventDefault(); void form.go(); }}>
        <div class="shortcuts__head">
          <h2 class="pane__head" id="pass-on-title">Who helps {firstName(one.interaction.value.customer.name)}?</h2>
          <button type="button" class="icon-button" aria-label="Close" onClick={() => dialog.current?.close()}><Icon name="close" /></button>
        </div>
        <Ways form={form} />
        <Loaded of={form.targets} what="Queues and colleagues" lines={2}>{(targets) => <Whom form={form} targets={present(targets)} />}</Loaded>
        <Why form={form} />
      </form>
    </dialog>
  );
}

function Ways({ form }: { form: PassOn }) {
  return (
    <fieldset class="options">
      <legend class="sr-only">How</legend>
      {WAYS.map(({ way, word, hint }) => (
        <label class="option" key={way} data-testid={`way-${way}`}>
          <input type="radio" name="way" checked={form.way.value === way} onChange={() => { form.way.value = way; }} />
          <span>{word}<small>{hint}</small></span>
        </label>
      ))}
    </fieldset>
  );
}

const people = (there: number): string => (there === 0 ? "nobody there now" : `${there} there`);

function Whom({ form, targets }: { form: PassOn; targets: Targets }) {
  return (
    <div class="field">
      <label class="field__label" for="pass-on-to">To</label>
      <select class="field__control" id="pass-on-to" data-testid="pass-on-to" value={form.to.value} onChange={(event) => { form.to.value = event.currentTarget.value; }}>
        <option value="">Choose a queue or a colleague</option>
        <optgroup label="Queues">
          {targets.queues.map(({ name, there }) => <option key={name} value={`queue ${name}`}>{readable(name)}, {people(there)}</option>)}
        </optgroup>
        <optgroup label="Colleagues">
          {targets.agents.map(({ id, name, state }) => <option key={id} value={`agent ${id}`}>{name}, {teamStanding(state).word.toLowerCase()}</option>)}
        </optgroup>
      </select>
    </div>
  );
}

function Why({ form }: { form: PassOn }) {
  const { go, going } = WAYS.find(({ way }) => way === form.way.value)!;
  const busy = form.commands.doing.value !== null;
  const transfer = form.way.value === "transfer";
  return (
    <>
      {transfer && (
        <div class="field">
          <label class="field__label" for="pass-on-reason">Why</label>
          <input class="field__control field__control--line" id="pass-on-reason" maxLength={200} dir="auto" data-testid="pass-on-reason" value={form.reason.value}
            placeholder="The next agent reads this first" onInput={(event) => { form.reason.value = event.currentTarget.value; }} />
        </div>
      )}
      <div class="field">
        <label class="field__label" for="pass-on-note">{transfer ? "Note" : "What is it about?"}</label>
        <textarea class="field__control" id="pass-on-note" maxLength={1000} dir="auto" data-testid="pass-on-note" value={form.note.value}
          onInput={(event) => { form.note.value = event.currentTarget.value; }} />
        <p class="field__hint">Only agents see this</p>
      </div>
      {form.commands.trouble.value && <p class="field__error" role="alert"><Icon name="alert" />{form.commands.trouble.value}</p>}
      <button class="button button--primary button--wide" type="submit" disabled={!form.ready.value} aria-busy={busy} data-testid="pass-on-go">{busy ? going : go}</button>
    </>
  );
}
