/** What stands around every input? Its label, a hint, that it is known, and what is wrong with it. */
import { Icon } from "../../shared/icon.tsx";
import type { FieldComponent } from "../../sdk/types.ts";

/** Most are needed; the others say so. */
export const Optional = ({ field }: { field: Pick<FieldComponent, "required"> }) => (field.required === false ? <span class="quiet"> (optional)</span> : null);

export const Hint = ({ base, hint }: { base: string; hint?: string | null | undefined }) => (hint ? <span class="field__hint" id={`${base}-hint`}>{hint}</span> : null);

export const Known = ({ field }: { field: FieldComponent }) => (field.value ? <p class="field__hint" data-testid={`known-${field.id}`}>You told us before. Change it if it’s different now.</p> : null);

export const Problem = ({ base, id, text }: { base: string; id: string; text: string | undefined }) => (
  text ? <p class="field__error" id={`${base}-error`} data-testid={`error-${id}`}><Icon name="alert" />{text}</p> : null
);

export const describedBy = (base: string, { id, hint }: Pick<FieldComponent, "id" | "hint">, errors: Record<string, string>): string | undefined =>
  [hint && `${base}-hint`, id in errors && `${base}-error`].filter(Boolean).join(" ") || undefined;
