/** How does a token become an access token, and how is it kept fresh? */
import { ApiProblem, problemOf, SignedOut, Unreachable } from "./api.ts";
import type { Credentials } from "./api.ts";
import type { AgentSignIn, AnonymousSignIn, CustomerSignIn } from "./types.ts";

type Fetch = typeof fetch;

async function exchange<T>(url: string, body: unknown, reach: Fetch): Promise<T> {
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const response = await reach(url, init).catch(() => null);
  if (response === null) throw new Unreachable(url);
  if (!response.ok) throw new ApiProblem(await problemOf(response));
  return (await response.json()) as T;
}

export const signInCustomer = (url: string, token: string, reach: Fetch = fetch, device_secret: string | null = null): Promise<CustomerSignIn> =>
  exchange(`${url}/v1/sign-in/customer`, { token, device_secret }, reach);

export const signInAnonymous = (url: string, device_secret: string | null, language: string, reach: Fetch = fetch): Promise<AnonymousSignIn> =>
  exchange(`${url}/v1/sign-in/anonymous`, { device_secret, language }, reach);

export const signInAgent = (url: string, email: string, password: string, reach: Fetch = fetch): Promise<AgentSignIn> =>
  exchange(`${url}/v1/sign-in/agent`, { email, password }, reach);

/** Where a device keeps the secret by which it comes back without signing in. */
export type DeviceMemory = Pick<Storage, "getItem" | "setItem" | "removeItem">;
const SECRET = "warmline.device-secret";

/** Signs a customer in, and again whenever that has run out. */
abstract class Renewed implements Credentials {
  #signedIn: Promise<CustomerSignIn> | null = null;

  protected abstract signIn(): Promise<CustomerSignIn>;

  /** Who signed in; the first call signs in. A failure is not kept: the next call tries again. */
  who(): Promise<CustomerSignIn> {
    this.#signedIn ??= this.signIn().catch((error: unknown) => {
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

/** By the host app's own short-lived token. What the device did before, without signing in, is linked. */
export class CustomerCredentials extends Renewed {
  constructor(
    private readonly url: string,
    private readonly getToken: () => Promise<string>,
    private readonly reach: Fetch = (...args) => fetch(...args),
    private readonly memory: DeviceMemory | null = null,
  ) {
    super();
  }

  protected async signIn(): Promise<CustomerSignIn> {
    const token = await this.getToken();
    const found = await signInCustomer(this.url, token, this.reach, this.memory?.getItem(SECRET) ?? null);
    if (found.linked) this.memory?.removeItem(SECRET);
    return found;
  }
}

/** For whoever is locked out: the device comes back by its own secret. */
export class AnonymousCredentials extends Renewed {
  constructor(
    private readonly url: string,
    private readonly memory: DeviceMemory,
    private readonly language: string,
    private readonly reach: Fetch = (...args) => fetch(...args),
  ) {
    super();
  }

  protected async signIn(): Promise<CustomerSignIn> {
    const found = await signInAnonymous(this.url, this.memory.getItem(SECRET), this.language, this.reach);
    if (found.device_secret !== null) this.memory.setItem(SECRET, found.device_secret);
    return found;
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
