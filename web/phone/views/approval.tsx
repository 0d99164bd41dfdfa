/** How does a customer approve what an agent asks for? The very words, and a proof that it is them. */
import { useState } from "preact/hooks";
import { METHODS, type Outcome } from "../../shared/approval.ts";
import { clock, firstName } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import type { ApprovalView } from "../../sdk/types.ts";
import type { Approvals } from "../state/approvals.ts";
import type { ApprovalLine } from "../state/timeline.ts";
import { sentence } from "../state/words.ts";

export interface ApprovalProps { line: ApprovalLine; now: number; approvals: Approvals }

export function Approval({ line, now, approvals }: ApprovalProps) {
  const { id, from, what, outcome, until } = line;
  const [view, setView] = useState<ApprovalView | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const open = outcome === null && now < Date.parse(until);
  const doing = async (act: Promise<ApprovalView>): Promise<void> => {
    setBusy(true);
    try {
      const after = await act;
      setView(after);
      setTrouble(after.refused ? (REFUSED[after.refused] ?? "That didn’t go through. Try again.") : null);
    } catch (error) {
      setTrouble(sentence(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section class="card ask" aria-label={`${firstName(from)} asks you to approve`} data-testid="approval" data-outcome={outcome?.is ?? (open ? "open" : "over")}>
      <p class="ask__head"><Icon name="lock" />{firstName(from)} asks you to approve</p>
      <p class="ask__prompt" dir="auto">{what}</p>
      {!open && <p class="ask__value" data-testid="approval-outcome"><small>{outcome ? clock(outcome.at) : "Not approved"}</small>{words(outcome)}</p>}
      {open && trouble && <p class="field__error" role="alert" data-testid="approval-trouble"><Icon name="alert" />{trouble}</p>}
      {open && view?.resend_after && <Code busy={busy} onCode={(code) => void doing(approvals.byCode(id, code))} />}
      {open && (!view?.resend_after || trouble) && (
        <div class="ask__actions">
          {!view?.resend_after && <button type="button" class="button button--primary" aria-busy={busy} disabled={busy} data-testid="approve" onClick={() => void doing(approvals.approve(id))}>Approve</button>}
          {trouble && <button type="button" class="button button--secondary" disabled={busy} data-testid="approve-code" onClick={() => void doing(approvals.sendCode(id))}>{view?.resend_after ? "Send a new code" : "Send me a code"}</button>}
        </div>
      )}
      {open && <div><button type="button" class="button button--quiet button--flush" disabled={busy} data-testid="approval-decline" onClick={() => void doing(approvals.decline(id))}>Don’t approve</button></div>}
    </section>
  );
}

function Code({ busy, onCode }: { busy: boolean; onCode: (code: string) => void }) {
  const [code, setCode] = useState("");
  const fits = /^\d{6}$/.test(code);
  const send = (event: Event): void => {
    event.preventDefault();
    if (fits && !busy) onCode(code);
  };
  return (
    <form class="ask__write" onSubmit={send}>
      <input class="composer__input numeric" type="text" inputMode="numeric" autocomplete="one-time-code" maxLength={6} aria-label="The code we sent you" placeholder="6-digit code" dir="ltr" data-testid="approval-code"
        value={code} onInput={({ currentTarget }) => { currentTarget.value = currentTarget.value.replace(/\D/g, ""); setCode(currentTarget.value); }} />
      <button type="submit" class="button button--primary" disabled={!fits || busy} aria-busy={busy} data-testid="approval-confirm">Approve</button>
    </form>
  );
}

function words(outcome: Outcome | null): string {
  switch (outcome?.is) {
    case "given": return `You approved ${METHODS[outcome.method]}`;
    case "declined": return "You didn’t approve";
    case "denied": return "Not confirmed that it was you";
    default: return "The time for it is over";
  }
}

const REFUSED: Record<string, string> = {
  WRONG: "That isn’t the code we sent. Check the last message.",
  EXPIRED: "The code is out of date. Ask for a new one.",
  USED_UP: "This code can’t be used any more. Ask for a new one.",
  TOO_WEAK: "This code was shown in the app itself, which is not enough here.",
  UNCONFIRMED: "We don’t know yet how this code reached you. Try again in a moment.",
  PASSKEY_REFUSED: "This passkey doesn’t fit here. Try another one, or use a code.",
  PASSKEY_LATE: "That took a little long. Use your passkey once more.",
};
