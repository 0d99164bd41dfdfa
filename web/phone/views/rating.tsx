/** How was it? One tap is enough, and skipping is as easy. */
import { useId, useState } from "preact/hooks";
import { firstName } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import type { IconName } from "../../shared/icon.tsx";
import { Banner, Top } from "./parts.tsx";
import type { Act } from "./parts.tsx";

export interface RatingProps {
  agent: string;
  /** What has come of it, in a few words. */
  result: string;
  busy: boolean;
  trouble: string | null;
  onSend: (score: number, text: string | null) => void;
  onSkip: Act;
}

const FACES: readonly { score: number; word: string; icon: IconName }[] = [
  { score: 1, word: "Very hard", icon: "face-1" },
  { score: 2, word: "Hard", icon: "face-2" },
  { score: 3, word: "All right", icon: "face-3" },
  { score: 4, word: "Easy", icon: "face-4" },
  { score: 5, word: "Very easy", icon: "face-5" },
];

export function Rating({ agent, result, busy, trouble, onSend, onSkip }: RatingProps) {
  const base = useId();
  const [score, setScore] = useState<number | null>(null);
  const [text, setText] = useState("");
  const [missing, setMissing] = useState(false);
  const send = (event: Event): void => {
    event.preventDefault();
    setMissing(score === null);
    if (score !== null && !busy) onSend(score, text.trim() || null);
  };
  return (
    <form class="page" onSubmit={send}>
      <Top><button type="button" class="button button--quiet push" data-testid="skip-rating" onClick={onSkip}>Skip</button></Top>
      <main class="body" data-testid="rating">
        <div class="card summary"><span class="tile tile--ok"><Icon name="check" /></span>
          <div><p class="row__name">{result}</p><p class="row__more">{firstName(agent)} helped. Everything is in your messages.</p></div></div>
        <div><h1 class="title" id={`${base}-q`}>How was it with {firstName(agent)}?</h1><p class="lead">One tap is enough.</p></div>
        <div role="group" aria-labelledby={`${base}-q`} aria-describedby={missing ? `${base}-missing` : undefined}>
          <div class="faces">
            {FACES.map((face) => (
              <button key={face.score} type="button" aria-label={face.word} aria-pressed={score === face.score} data-testid={`rating-${face.score}`} onClick={() => { setScore(face.score); setMissing(false); }}>
                <Icon name={face.icon} />
              </button>
            ))}
          </div>
          <p class="faces__ends" aria-hidden="true"><span>Very hard</span><span>Very easy</span></p>
          {missing && <p class="field__error" id={`${base}-missing`} role="alert"><Icon name="alert" />Choose a face first, or skip.</p>}
        </div>
        <div class="field">
          <label class="field__label" for={`${base}-more`}>Anything we should change? <span class="field__hint">Optional</span></label>
          <textarea class="field__control textarea" id={`${base}-more`} placeholder="In your own words" dir="auto" maxLength={2000} data-testid="rating-text" value={text} onInput={({ currentTarget }) => setText(currentTarget.value)} />
        </div>
        {trouble && <Banner icon="alert" tone="danger">{trouble}</Banner>}
      </main>
      <div class="bottom"><button type="submit" class="button button--primary button--tall" aria-busy={busy} data-testid="rating-send">Send</button></div>
    </form>
  );
}
