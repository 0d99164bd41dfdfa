/** Who is signed in on this page? Kept for this tab only: it survives a reload, not the closing of the tab. */
import { Api } from "../../sdk/api.ts";
import { browserKeep } from "../../sdk/keep-browser.ts";
import { acceptInvitation, AgentCredentials, signInAgent } from "../../sdk/sign-in.ts";
import type { AgentSignIn } from "../../sdk/types.ts";
import { Clock } from "../state/clock.ts";
import { Desk } from "../state/desk.ts";
import { Ring } from "../state/ring.ts";
import { deskApi } from "./api.ts";
import { callMaker } from "./call.ts";
import { ServerLive } from "./live.ts";

const SIGN_IN = "warmline.desk.sign-in";
const OURS = "warmline.desk.";

export function remembered(): AgentSignIn | null {
  const kept = sessionStorage.getItem(SIGN_IN);
  const signIn = kept ? (JSON.parse(kept) as AgentSignIn) : null;
  return signIn && Date.parse(signIn.expires_at) > Date.now() ? signIn : null;
}

export async function signIn(email: string, password: string): Promise<AgentSignIn> {
  const made = await signInAgent("", email, password, (...args) => fetch(...args));
  sessionStorage.setItem(SIGN_IN, JSON.stringify(made));
  return made;
}

/** The token of an invitation, behind the # of its link. */
export const invitation = (): string | null => /^#invitation=([\w-]+)$/.exec(location.hash)?.[1] ?? null;

/** It is not looked at again, whether it was used or not. */
export const forgetInvitation = (): void => history.replaceState(null, "", location.pathname);

export async function choosePassword(token: string, password: string): Promise<AgentSignIn> {
  const made = await acceptInvitation("", token, password, (...args) => fetch(...args));
  forgetInvitation();
  sessionStorage.setItem(SIGN_IN, JSON.stringify(made));
  return made;
}

/** Nothing of this agent stays behind in the tab. */
function forget(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(OURS)) sessionStorage.removeItem(key);
}

export interface Shift { desk: Desk; signOut: () => Promise<void> }

/** Opens the desk of who has signed in; `onOver` is called once they no longer are. */
export function begin(signedIn: AgentSignIn, onOver: () => void): Shift {
  const over = (): void => {
    desk.stop();
    live.stop();
    clock.stop();
    forget();
    onOver();
  };
  const credentials = new AgentCredentials(signedIn.access_token, over);
  const api = new Api({ url: "", credentials });
  const live = new ServerLive(signedIn.agent, credentials, browserKeep());
  const clock = new Clock(live.now);
  clock.start();
  const desk = new Desk({ api: deskApi(api), live, clock, makeCall: callMaker(api), ring: new Ring(), memory: sessionStorage });
  const signOut = async (): Promise<void> => {
    await api.delete("/v1/sign-in").catch(() => undefined); // The tab forgets it in any case.
    over();
  };
  return { desk, signOut };
}
