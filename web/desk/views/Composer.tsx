/** What do I say, and to whom? Reply and Note are tabs; in Note the whole frame turns to note paper. */
import { useEffect, useMemo, useRef } from "preact/hooks";
import { firstName } from "../../shared/format.ts";
import { AttachButton, AttachList } from "../../shared/attaching.tsx";
import type { Case } from "../state/case.ts";
import { Picking } from "../state/picking.ts";
import { AskForm } from "./AskForm.tsx";
import { CannedList, optionId } from "./CannedList.tsx";
import { useDesk } from "./context.ts";

export function Composer({ one }: { one: Case }) {
  const desk = useDesk();
  const picking = useMemo(() => new Picking(one, () => desk.cannedReplies.value ?? [], () => desk.me.value?.agent.name ?? ""), [one]);
  const text = useRef<HTMLTextAreaElement>(null);
  const tab = one.tab.value;
  const note = tab === "note";
  const name = firstName(one.interaction.value.customer.name);
  const wrapping = one.interaction.value.state === "wrap_up";
  const asking = tab === "ask";
  const draft = note ? one.note : one.reply;
  const saving = one.commands.doing.value === "note";
  const say = (): void => (note ? void one.saveNote() : one.send());

  const onFiles = (files: File[]): void => one.attachments.add(files);
  const onPaste = (event: ClipboardEvent): void => { if (!note && event.clipboardData?.files.length) onFiles([...event.clipboardData.files]); };
  const uploading = one.attached.value.some(({ file, trouble }) => file === null && trouble === null);

  useEffect(() => { if (one.focus.value > 0) text.current?.focus(); }, [one.focus.value]);

  const replies = tab === "reply" ? picking.replies.value : null;
  const list = `canned-${one.id}`;
  const insert = (written: string, cursor: number): void => {
    one.reply.value = written;
    text.current!.value = written; // The cursor can only be put where there is text already.
    text.current!.setSelectionRange(cursor, cursor);
  };

  const onKey = (event: KeyboardEvent): void => {
    if (tab === "reply" && !event.isComposing && !event.shiftKey && picking.key(event.key, insert)) {
      event.preventDefault();
      return;
    }
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    say();
  };
  const onInput = (event: { currentTarget: HTMLTextAreaElement }): void => {
    draft.value = event.currentTarget.value;
    if (tab === "reply") picking.typed(draft.value, event.currentTarget.selectionStart);
    if (!note && draft.value) one.conversation.typed();
  };

  return (
    <div class={`write${note ? " write--note" : ""}`}>
      <div class="write__tabs" role="tablist" aria-label="What you write">
        {!one.advises && <button role="tab" id={`reply-${one.id}`} aria-selected={tab === "reply"} aria-controls={`write-${one.id}`} data-testid="tab-reply" onClick={() => one.write("reply")}>Reply</button>}
        <button role="tab" id={`note-${one.id}`} aria-selected={note} aria-controls={`write-${one.id}`} data-testid="tab-note" onClick={() => one.write("note")}>Note</button>
        {!one.advises && <button role="tab" id={`ask-${one.id}`} aria-selected={asking} aria-controls={`write-${one.id}`} data-testid="tab-ask" onClick={() => one.write("ask")}>Question</button>}
      </div>
      <div role="tabpanel" id={`write-${one.id}`} aria-labelledby={`${tab}-${one.id}`}>
        {asking ? <AskForm one={one} name={name} /> : <>
        {replies && <CannedList id={list} replies={replies} at={picking.at.value} preview={picking.preview.value} onPick={(reply) => picking.pick(reply, insert)} />}
        <textarea class="write__text" ref={text} key={tab} rows={2} dir="auto" value={draft.value} onInput={onInput} onKeyDown={onKey} onPaste={onPaste} onBlur={() => picking.close()}
          aria-autocomplete={note ? undefined : "list"} aria-controls={replies?.length ? list : undefined} aria-activedescendant={replies?.length ? optionId(list, picking.at.value) : undefined}
          aria-label={note ? `Note about ${name}, only agents see it` : `Reply to ${name}`} placeholder={note ? `Note about ${name}` : `Reply to ${name}`}
          data-testid={note ? "note-input" : "reply-input"} />
        {!note && <AttachList all={one.attached.value} onRemove={(key) => one.attachments.remove(key)} />}
        <div class="write__foot">
          {!note && <AttachButton onFiles={onFiles} />}
          <span class={one.commands.trouble.value ? "is-bad" : ""} role="status" data-testid="trouble">{one.commands.trouble.value ?? (note ? "Only agents see this" : "")}</span>
          <button class={`button push ${note || wrapping ? "button--secondary" : "button--primary"}`} aria-busy={saving || (!note && uploading)} data-testid={note ? "note-save" : "reply-send"} onClick={say}>
            {note ? (saving ? "Saving" : "Save note") : "Send"}
          </button>
        </div>
        </>}
      </div>
    </div>
  );
}
