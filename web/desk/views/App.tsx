/** Is someone signed in? Then their desk, otherwise the door. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { begin, choosePassword, invitation, remembered, signIn, type Shift } from "../net/shift.ts";
import { ChoosePassword } from "./ChoosePassword.tsx";
import { DeskContext } from "./context.ts";
import { DeskPage } from "./DeskPage.tsx";
import { SignIn } from "./SignIn.tsx";

export function App() {
  const shift = useSignal<Shift | null>(null);
  const over = (): void => { shift.value = null; };

  useEffect(() => {
    const kept = remembered();
    if (kept && !invitation()) shift.value = begin(kept, over);
  }, []);

  const enter = async (email: string, password: string): Promise<void> => {
    shift.value = begin(await signIn(email, password), over);
  };

  const token = invitation();
  const choose = async (password: string): Promise<void> => {
    shift.value = begin(await choosePassword(token!, password), over);
  };

  if (!shift.value && token) return <ChoosePassword choose={choose} />;
  if (!shift.value) return remembered() ? null : <SignIn enter={enter} />;
  const { desk, signOut } = shift.value;
  return <DeskContext.Provider value={{ desk, signOut: () => void signOut() }}><DeskPage /></DeskContext.Provider>;
}
