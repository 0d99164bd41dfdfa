/** Which replies are kept ready? They open over the composer as soon as `/` is typed. */
import { useEffect, useRef } from "preact/hooks";
import type { CannedReply } from "../../sdk/types.ts";

export interface CannedListProps { id: string; replies: readonly CannedReply[]; at: number; preview: string; onPick: (reply: CannedReply) => void }

export const optionId = (list: string, at: number): string => `${list}-${at}`;

export function CannedList({ id, replies, at, preview, onPick }: CannedListProps) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => { list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }); }, [at]);
  return (
    <div class="canned" data-testid="canned">
      {replies.length === 0 ? <p class="canned__none" role="status">No reply kept ready fits</p> : (
        <ul id={id} class="canned__list" role="listbox" aria-label="Replies kept ready" ref={list}>
          {replies.map((one, i) => (
            <li key={one.shortcut} id={optionId(id, i)} class="canned__item" role="option" aria-selected={i === at} data-testid={`canned-${one.shortcut}`}
              onPointerDown={(event) => { event.preventDefault(); onPick(one); }}>
              <b>/{one.shortcut}</b><span>{one.title}</span>{one.language && <small class="push">{one.language}</small>}
            </li>
          ))}
        </ul>
      )}
      {preview && <p class="canned__text" dir="auto">{preview}</p>}
      <p class="canned__keys small">
        {replies.length > 0 && <><span class="key">↑</span><span class="key">↓</span> choose <span class="key">Enter</span> insert</>}
        <span class="key">Esc</span> close
      </p>
    </div>
  );
}
