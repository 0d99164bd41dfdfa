/** How is one of the replies chosen while the agent types? Open as long as there is a slash before the cursor. */
import { computed, signal } from "@preact/signals";
import type { CannedReply } from "../../sdk/types.ts";
import type { Case } from "./case.ts";
import { filled, fitting, inserted, slashAt, type Slash } from "./canned.ts";

export class Picking {
  readonly #one: Case;
  readonly #agent: () => string;
  readonly #slash = signal<Slash | null>(null);
  readonly #at = signal(0);
  #cursor = 0;

  constructor(one: Case, all: () => readonly CannedReply[], agent: () => string) {
    this.#one = one;
    this.#agent = agent;
    this.replies = computed(() => {
      const slash = this.#slash.value;
      return slash && all().length > 0 ? fitting(all(), slash.query, one.interaction.value) : null;
    });
  }

  /** None while the list is closed. */
  readonly replies;

  /** The place of the marked one. */
  readonly at = computed(() => Math.min(this.#at.value, Math.max(0, (this.replies.value?.length ?? 0) - 1)));

  /** What the marked one would write. */
  readonly preview = computed(() => {
    const reply = this.replies.value?.[this.at.value];
    return reply ? this.#filled(reply) : "";
  });

  typed(text: string, cursor: number): void {
    this.#slash.value = slashAt(text, cursor);
    this.#cursor = cursor;
    this.#at.value = 0;
  }

  close(): void { this.#slash.value = null; }

  /** Whether the key was for the list. `insert` gets the new draft and its cursor. */
  key(key: string, insert: (text: string, cursor: number) => void): boolean {
    const replies = this.replies.value;
    if (!replies) return false;
    const marked = replies[this.at.value];
    switch (key) {
      case "ArrowDown": this.#at.value = replies.length ? (this.at.value + 1) % replies.length : 0; return true;
      case "ArrowUp": this.#at.value = replies.length ? (this.at.value + replies.length - 1) % replies.length : 0; return true;
      case "Escape": this.close(); return true;
      case "Enter":
      case "Tab":
        if (!marked) return false;
        this.pick(marked, insert);
        return true;
      default: return false;
    }
  }

  pick(reply: CannedReply, insert: (text: string, cursor: number) => void): void {
    const slash = this.#slash.value;
    if (!slash) return;
    this.close();
    const after = inserted(this.#one.reply.value, this.#cursor, slash, this.#filled(reply));
    insert(after.text, after.cursor);
  }

  #filled(reply: CannedReply): string {
    return filled(reply.text, this.#one.interaction.value.customer.name, this.#agent());
  }
}
