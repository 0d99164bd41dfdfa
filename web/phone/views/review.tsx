/** How is shown what the customer said so far, and what happened? */
import { Icon } from "../../shared/icon.tsx";
import type { ReviewComponent, TimelineComponent } from "../../sdk/types.ts";

/** Each answer with its way back; none where it was acted upon already. */
export function Review({ lines, onEdit }: ReviewComponent & { onEdit: (step: string) => void }) {
  return (
    <>
      <dl class="card review" data-testid="review">
        {lines.map(({ label, value, step }, i) => (
          <div key={i} data-testid="review-line">
            <dt>{label}</dt>
            <dd class="review__value"><bdi>{value}</bdi></dd>
            {step !== null && <dd class="review__edit"><button type="button" class="button button--quiet" aria-label={`Edit: ${label}`} data-testid={`edit-${step}`} onClick={() => onEdit(step)}>Edit</button></dd>}
          </div>
        ))}
      </dl>
      {lines.some(({ step }) => step === null) && <p class="seen seen--start"><Icon name="lock" />What has been sent already can’t be changed here.</p>}
    </>
  );
}

export const Timeline = ({ items }: TimelineComponent) => (
  <ol class="card moments" data-testid="moments">
    {items.map(({ title, at, done }, i) => (
      <li key={i} class={done ? "is-done" : undefined}>
        <span class="moments__mark">{done && <Icon name="check" />}</span>
        <span class="moments__words"><strong><bdi>{title}</bdi></strong>{at && <span>{at}</span>}</span>
        <span class={`tag${done ? " tag--ok" : ""}`}>{done ? "Done" : "To come"}</span>
      </li>
    ))}
  </ol>
);
