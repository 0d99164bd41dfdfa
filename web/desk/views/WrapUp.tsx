/** How did it come out? One decision is left; the rest is known. */
import { useEffect } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import type { Disposition } from "../../sdk/types.ts";
import type { Case } from "../state/case.ts";
import { secondsUntil } from "../state/clock.ts";
import { outcomes } from "../state/outcomes.ts";
import { isWriting } from "../state/keys.ts";
import { useDesk } from "./context.ts";
import { Deadline } from "./Deadline.tsx";
import { Loaded } from "./PaneState.tsx";

export function WrapUp({ one, hidden }: { one: Case; hidden: boolean }) {
  const { ended_at, wrap_up_until } = one.interaction.value;
  const busy = one.commands.doing.value === "wrap-up";
  const done = outcomes(one);

  useEffect(() => {
    if (hidden) return;
    const onKey = (event: KeyboardEvent): void => {
      const pick = one.dispositions.value?.[Number(event.key) - 1];
      if (!pick || event.altKey || event.ctrlKey || event.metaKey || isWriting(event.target)) return;
      one.disposition.value = pick.code;
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [hidden, one]);

  return (
    <form class="wrap" aria-label="Wrap-up" data-testid="wrap-up" onSubmit={(event) => { event.preventDefault(); void one.finish(); }}>
      {ended_at && wrap_up_until && <Timer from={ended_at} until={wrap_up_until} />}
      {done.length > 0 && <ul class="done-list" aria-label="What happened">{done.map((line) => <li key={line}><Icon name="check" />{line}</li>)}</ul>}
      <Loaded of={one.dispositions} what="The list of reasons" lines={5}>{(list) => <Choices one={one} list={list} />}</Loaded>
      {one.undecided.value && one.disposition.value === null && <p class="field__error" role="alert"><Icon name="alert" />Choose what it was about first.</p>}
      <div class="field">
        <label class="field__label" for={`wrap-note-${one.id}`}>Note for the next agent</label>
        <textarea class="field__control" id={`wrap-note-${one.id}`} dir="auto" data-testid="wrap-up-note" value={one.wrapNote.value}
          onInput={(event) => { one.wrapNote.value = event.currentTarget.value; }} />
      </div>
      <div class="wrap__foot">
        {one.commands.trouble.value && <p class="field__error" role="alert"><Icon name="alert" />{one.commands.trouble.value}</p>}
        <button class="button button--primary button--wide" type="submit" data-testid="wrap-up-done" aria-busy={busy}>{busy ? "Finishing" : "Done"}<span class="key">Alt E</span></button>
      </div>
    </form>
  );
}

function Timer({ from, until }: { from: string; until: string }) {
  const left = secondsUntil(until, useDesk().clock.now.value);
  return (
    <div class="wrap__timer">
      <Deadline from={from} until={until} what="left for the wrap-up" words={false} warn />
      <div><h2 class="pane__head">{left > 0 ? `Wrap-up, ${left} s left` : "Wrap-up, time is up"}</h2><p class="quiet small">No offers until then</p></div>
    </div>
  );
}

function Choices({ one, list }: { one: Case; list: readonly Disposition[] }) {
  return (
    <fieldset class="options">
      <legend>How did it come out?</legend>
      {list.map(({ code, label }, i) => (
        <label class="option" key={code} data-testid={`disposition-${code}`}>
          <input type="radio" name={`disposition-${one.id}`} checked={one.disposition.value === code} onChange={() => { one.disposition.value = code; }} />
          {label}{i < 9 && <span class="key">{i + 1}</span>}
        </label>
      ))}
    </fieldset>
  );
}
