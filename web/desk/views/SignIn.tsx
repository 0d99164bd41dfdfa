/** Who is working here? E-mail and password, and a sentence when they do not fit. */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import { signInWords } from "../state/trouble.ts";

export function SignIn({ enter, trouble: first = null }: { enter: (email: string, password: string) => Promise<void>; trouble?: string | null }) {
  const busy = useSignal(false);
  const trouble = useSignal(first);
  const form = useRef<HTMLFormElement>(null);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const said = new FormData(form.current!);
    const [email, password] = [String(said.get("email")).trim(), String(said.get("password"))];
    if (!email || !password) {
      trouble.value = "Please type your e-mail and your password.";
      return;
    }
    busy.value = true;
    trouble.value = null;
    await enter(email, password).catch((error: unknown) => { trouble.value = signInWords(error); });
    busy.value = false;
  };

  const bad = trouble.value !== null;
  return (
    <main class="door">
      <form class="card door__card" ref={form} onSubmit={(event) => void submit(event)} noValidate aria-labelledby="door-title">
        <p class="door__logo"><Icon name="logo" />Warmline</p>
        <div class="door__head">
          <h1 id="door-title">Sign in to the desk</h1>
          <p class="quiet">With the account of your team.</p>
        </div>
        <div class="field">
          <label class="field__label" for="email">E-mail</label>
          <input class="field__control" id="email" name="email" type="email" autocomplete="username" data-testid="sign-in-email"
            aria-invalid={bad} aria-describedby={bad ? "door-trouble" : undefined} autofocus />
        </div>
        <div class="field">
          <label class="field__label" for="password">Password</label>
          <input class="field__control" id="password" name="password" type="password" autocomplete="current-password" data-testid="sign-in-password"
            aria-invalid={bad} aria-describedby={bad ? "door-trouble" : undefined} />
        </div>
        {bad && <p class="field__error" id="door-trouble" role="alert" data-testid="sign-in-error"><Icon name="alert" />{trouble}</p>}
        <button class="button button--primary button--wide" type="submit" data-testid="sign-in" aria-busy={busy.value}>
          {busy.value ? "Signing in" : "Sign in"}
        </button>
      </form>
    </main>
  );
}
