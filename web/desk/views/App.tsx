/** Is someone signed in? Then their desk, otherwise the door. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { begin, choosePassword, forgetInvitation, invitation, remembered, signIn, type Shift } from "../net/shift.ts";
import { ChoosePassword } from "./ChoosePassword.tsx";
import { DeskContext } from "./context.ts";
import { DeskPage } from "./DeskPage.tsx";
import { SignIn } from "./SignIn.tsx";

export function App() {
  const shift = useSignal<Shift | null>(null);
  const invited = useSignal(invitation());
  const over = (): void => { shift.value = null; };

  useEffect(() => {
    const kept = remembered();
    if (kept && !invited.value) shift.value = begin(kept, over);
  }, []);

  const enter = async (email: string, password: string): Promise<void> => {
    shift.value = begin(await signIn(email, password), over);
  };

  const choose = async (password: string): Promise<void> => {
    shift.value = begin(await choosePassword(invited.value!, password), over);
    invited.value = null;
  };
  const signInInstead = (): void => {
    forgetInvitation();
    invited.value = null;
  };

  if (!shift.value && invited.value) return <ChoosePassword choose={choose} signIn={signInInstead} />;
  if (!shift.value) return remembered() ? null : <SignIn enter={enter} />;
  const { desk, signOut } = shift.value;
  return <DeskContext.Provider value={{ desk, signOut: () => void signOut() }}><DeskPage /></DeskContext.Provider>;
}
