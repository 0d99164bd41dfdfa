/** What was typed on the present step, for the page that comes after a reload? Kept by this tab until the step is answered. */
import type { FieldComponent } from "../../sdk/types.ts";
import { keepable } from "./values.ts";
import type { Value, Values } from "./values.ts";

type Memory = Pick<Storage, "getItem" | "setItem" | "removeItem">;
interface Kept { step: string; values: Values }

export class Draft {
  readonly #key: string;

  constructor(private readonly memory: Memory, run: string) {
    this.#key = `warmline.draft.${run}`;
  }

  /** Of another step nothing is known. */
  of(step: string): Values {
    const kept = this.#read();
    return kept?.step === step ? kept.values : {};
  }

  keep(step: string, field: FieldComponent, value: Value): void {
    if (!keepable(field)) return;
    this.memory.setItem(this.#key, JSON.stringify({ step, values: { ...this.of(step), [field.id]: value } } satisfies Kept));
  }

  forget(): void {
    this.memory.removeItem(this.#key);
  }

  #read(): Kept | null {
    try {
      return JSON.parse(this.memory.getItem(this.#key) ?? "null") as Kept | null;
    } catch {
      return null; // damaged storage costs the draft, not the page
    }
  }
}
