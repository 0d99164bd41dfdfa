/** How does a token become an access token, and how is it kept fresh? */
import { ApiProblem, problemOf, SignedOut, Unreachable } from "./api.ts";
import type { Credentials } from "./api.ts";
import type { AgentSignIn, CustomerSignIn } from "./types.ts";

type Fetch = typeof fetch;

async function exchange<T>(url: string, body: unknown, reach: Fetch): Promise<T> {
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const response = await reach(url, init).catch(() => null);
  if (response === null) throw new Unreachable(url);
  if (!response.ok) throw new ApiProblem(await problemOf(response));
  return (await response.json()) as T;
}

export const signInCustomer = (url: string, token: string, reach: Fetch = fetch): Promise<CustomerSignIn> =>
  exchange(`${url}/v1/sign-in/customer`, { token }, reach);

export const signInAgent = (url: string, email: string, password: string, reach: Fetch = fetch): Promise<AgentSignIn> =>
  exchange(`${url}/v1/sign-in/agent`, { email, password }, reach);

/** Chooses a password by the link of an invitation, which works once. */
export const acceptInvitation = (url: string, token: string, password: string, reach: Fetch = fetch): Promise<AgentSignIn> =>
  exchange(`${url}/v1/sign-in/invitation`, { token, password }, reach);

/** Signs a customer in with the host app's own short-lived token, and again whenever it has run out. */
export class CustomerCredentials implements Credentials {
  #signedIn: Promise<CustomerSignIn> | null = null;

  constructor(
    private readonly url: string,
    private readonly getToken: () => Promise<string>,
    private readonly reach: Fetch = (...args) => fetch(...args),
  ) {}

  /** Who signed in; the first call signs in. A failure is not kept: the next call tries again. */
  who(): Promise<CustomerSignIn> {
    this.#signedIn ??= this.getToken()
      .then((token) => signInCustomer(this.url, token, this.reach))
      .catch((error: unknown) => {
        this.#signedIn = null;
        throw error;
      });
    return this.#signedIn;
  }

  async current(): Promise<string> {
    return (await this.who()).access_token;
  }

  async renew(stale: string): Promise<string> {
    if ((await this.current()) === stale) this.#signedIn = null;
    return this.current();
  }
}

/** An agent signed in by hand: a refused token cannot be renewed, the page asks for the password again. */
export class AgentCredentials implements Credentials {
  constructor(
    private readonly token: string,
    private readonly onSignedOut: () => void,
  ) {}

  async current(): Promise<string> {
    return this.token;
  }

  async renew(): Promise<string> {
    this.onSignedOut();
    throw new SignedOut("sign in again");
  }
}
