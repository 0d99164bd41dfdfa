/** Who was invited? They choose a password that nobody else has ever seen, and are at the desk. */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import { isUsed, troubleWords } from "../state/trouble.ts";

const SHORTEST = 12;

interface Props { choose: (password: string) => Promise<void>; signIn: () => void; trouble?: string | null; used?: boolean }

export function ChoosePassword({ choose, signIn, trouble: first = null, used: over = false }: Props) {
  const used = useSignal(over);
  const busy = useSignal(false);
  const trouble = useSignal(first);
  const form = useRef<HTMLFormElement>(null);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const said = new FormData(form.current!);
    const [password, again] = [String(said.get("password")), String(said.get("again"))];
    trouble.value = password.length < SHORTEST ? `Please take at least ${SHORTEST} characters. Some words in a row are good.`
      : password === again ? null : "The two are not the same.";
    if (trouble.value) return;
    busy.value = true;
    await choose(password).catch((error: unknown) => {
      trouble.value = troubleWords(error);
      used.value = isUsed(error);
    });
    busy.value = false;
  };

  const bad = trouble.value !== null;
  const field = (name: string, label: string, autofocus = false) => (
    <div class="field">
      <label class="field__label" for={name}>{label}</label>
      <input class="field__control" id={name} name={name} type="password" autocomplete="new-password" data-testid={`invited-${name}`} maxLength={256}
        aria-invalid={bad} aria-describedby={bad ? "door-trouble" : undefined} autofocus={autofocus} />
    </div>
  );
  if (used.value) return <Used signIn={signIn} />;
  return (
    <main class="door">
      <form class="card door__card" ref={form} onSubmit={(event) => void submit(event)} noValidate aria-labelledby="door-title">
        <p class="door__logo"><Icon name="logo" />Warmline</p>
        <div class="door__head">
          <h1 id="door-title">Welcome to the desk</h1>
          <p class="quiet">Choose a password. Only you will know it.</p>
        </div>
        {field("password", "Password", true)}
        {field("again", "The same once more")}
        {bad && <p class="field__error" id="door-trouble" role="alert" data-testid="invited-error"><Icon name="alert" />{trouble}</p>}
        <button class="button button--primary button--wide" type="submit" data-testid="invited" aria-busy={busy.value}>
          {busy.value ? "One moment" : "Start"}
        </button>
      </form>
    </main>
  );
}

/** It works once: whoever has chosen a password signs in with it. */
function Used({ signIn }: { signIn: () => void }) {
  return (
    <main class="door">
      <section class="card door__card" aria-labelledby="door-title" data-testid="invitation-used">
        <p class="door__logo"><Icon name="logo" />Warmline</p>
        <div class="door__head" role="alert">
          <h1 id="door-title">This link does not work any more</h1>
          <p class="quiet">It works once, within seven days. If you have chosen your password, sign in with it; otherwise ask an admin for a new link.</p>
        </div>
        <button class="button button--primary button--wide" type="button" data-testid="to-sign-in" onClick={signIn}>Sign in</button>
      </section>
    </main>
  );
}
