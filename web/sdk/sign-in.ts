/** How does a token become an access token, and how is it kept fresh? */
import { ApiProblem, problemOf, SignedOut, Unreachable } from "./api.ts";
import type { Credentials } from "./api.ts";
import { backoff } from "./backoff.ts";
import type { AgentSignIn, AnonymousSignIn, CustomerSignIn } from "./types.ts";

type Fetch = typeof fetch;

/** So long before its end a token is exchanged for the next: a request takes its time, too. */
const MARGIN_MS = 60_000;

async function exchanged(url: string, body: unknown, reach: Fetch): Promise<Response> {
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const response = await reach(url, init).catch(() => null);
  if (response === null) throw new Unreachable(url);
  if (!response.ok) throw new ApiProblem(await problemOf(response));
  return response;
}

export async function signInAgent(url: string, email: string, password: string, reach: Fetch = fetch): Promise<AgentSignIn> {
  return (await (await exchanged(`${url}/v1/sign-in/agent`, { email, password }, reach)).json()) as AgentSignIn;
}

export interface RenewalOptions {
  fetch?: Fetch;
  sleep?: (ms: number) => Promise<void>;
  clock?: () => number;
  random?: () => number;
}

/** Chooses a password by the link of an invitation, which works once. */
export async function acceptInvitation(url: string, token: string, password: string, reach: Fetch = fetch): Promise<AgentSignIn> {
  return (await (await exchanged(`${url}/v1/sign-in/invitation`, { token, password }, reach)).json()) as AgentSignIn;
}

/** Where a device keeps the secret by which it comes back without signing in. */
export type DeviceMemory = Pick<Storage, "getItem" | "setItem" | "removeItem">;
const SECRET = "warmline.device-secret";

/**
 * Signs a customer in, and again before the access token has run out or when the server refuses it: one at a time
 * however many ask, and ever more slowly while it fails.
 */
abstract class Renewed<S extends CustomerSignIn> implements Credentials {
  readonly #options: Required<RenewalOptions>;
  #signedIn: Promise<S> | null = null;
  /** The newest that came. */
  #held: S | null = null;
  #renewAt = Infinity;
  #failures = 0;
  #notBefore = 0;

  constructor({ fetch: reach = (...args) => fetch(...args), sleep, clock = Date.now, random = Math.random }: RenewalOptions) {
    this.#options = { fetch: reach, sleep: sleep ?? ((ms) => new Promise((done) => setTimeout(done, ms))), clock, random };
  }

  protected abstract exchange(reach: Fetch): Promise<Response>;
  /** What the device keeps of it. */
  protected abstract remember(signedIn: S): void;

  /** Who signed in; the first call signs in. A failure is not kept: the next call tries again. */
  who(): Promise<S> {
    return (this.#signedIn ??= this.#signIn(null));
  }

  /** A token that is about to run out is still good where another is not to be had just now. */
  async current(): Promise<string> {
    const { access_token } = await this.who().catch(this.#orHeld);
    const now = this.#options.clock();
    if (now < this.#renewAt || now < this.#notBefore) return access_token;
    return this.renew(access_token).catch(() => access_token);
  }

  /** Whoever asks while a renewal fails has the token from before. */
  readonly #orHeld = (error: unknown): S => {
    if (this.#held === null) throw error;
    return this.#held;
  };

  async renew(stale: string): Promise<string> {
    const held = this.#signedIn;
    if (held && (await held).access_token === stale && this.#signedIn === held) this.#signedIn = this.#signIn(held);
    return (await this.who()).access_token;
  }

  #signIn(before: Promise<S> | null): Promise<S> {
    const made = this.#exchanged().catch((error: unknown) => {
      if (this.#signedIn === made) this.#signedIn = before;
      this.#notBefore = this.#options.clock() + backoff(this.#failures++, this.#options.random);
      throw error;
    });
    return made;
  }

  async #exchanged(): Promise<S> {
    const { clock, sleep, fetch } = this.#options;
    if (clock() < this.#notBefore) await sleep(this.#notBefore - clock());
    const response = await this.exchange(fetch);
    const signedIn = (await response.json()) as S;
    // By the server's clock; where its Date is not to be seen, the server will refuse in time.
    const lasts = Date.parse(signedIn.expires_at) - Date.parse(response.headers.get("Date") ?? "");
    this.#renewAt = Number.isNaN(lasts) ? Infinity : clock() + Math.max(lasts - MARGIN_MS, lasts / 2);
    this.#failures = 0;
    this.#held = signedIn;
    this.remember(signedIn);
    return signedIn;
  }
}

/** By the host app's own short-lived token. What the device did before, without signing in, is linked. */
export class CustomerCredentials extends Renewed<CustomerSignIn> {
  readonly #memory: DeviceMemory | null;

  constructor(
    private readonly url: string,
    private readonly getToken: () => Promise<string>,
    options: RenewalOptions & { memory?: DeviceMemory } = {},
  ) {
    super(options);
    this.#memory = options.memory ?? null;
  }

  protected async exchange(reach: Fetch): Promise<Response> {
    const device_secret = this.#memory?.getItem(SECRET) ?? null;
    return exchanged(`${this.url}/v1/sign-in/customer`, { token: await this.getToken(), device_secret }, reach);
  }

  protected remember({ linked }: CustomerSignIn): void {
    if (linked) this.#memory?.removeItem(SECRET);
  }
}

/** For whoever is locked out: the device comes back by its own secret. */
export class AnonymousCredentials extends Renewed<AnonymousSignIn> {
  constructor(
    private readonly url: string,
    private readonly memory: DeviceMemory,
    private readonly language: string,
    options: RenewalOptions = {},
  ) {
    super(options);
  }

  protected exchange(reach: Fetch): Promise<Response> {
    const device_secret = this.memory.getItem(SECRET);
    return exchanged(`${this.url}/v1/sign-in/anonymous`, { device_secret, language: this.language }, reach);
  }

  protected remember({ device_secret }: AnonymousSignIn): void {
    if (device_secret !== null) this.memory.setItem(SECRET, device_secret);
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
