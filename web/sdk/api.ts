/**
 * How does a client speak to the HTTP API? JSON in and out, problems as errors, safe repeats.
 *
 *   ApiProblem   the server answered with application/problem+json (RFC 9457)
 *   Unreachable  nobody answered, after a few tries
 *   SignedOut    there is no way to obtain another token
 */
import type { Problem } from "./types.ts";
import { uuid7 } from "./uuid.ts";

export class ApiProblem extends Error {
  override name = "ApiProblem";
  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.title);
  }
  get status(): number {
    return this.problem.status;
  }
  /** "card-blocked" of "/problems/card-blocked". */
  get slug(): string {
    return this.problem.type.split("/").pop() ?? "";
  }
  /** What is wrong with each field, by its last pointer part: {"last4": "..."} of "/values/last4". */
  get fields(): Record<string, string> {
    return Object.fromEntries((this.problem.errors ?? []).map((e) => [named(e.pointer.split("/").pop() ?? ""), e.message]));
  }
}

/** A name as a JSON pointer writes it (RFC 6901, 4). */
const named = (part: string): string => part.replaceAll("~1", "/").replaceAll("~0", "~");

export class Unreachable extends Error {
  override name = "Unreachable";
}

export class SignedOut extends Error {
  override name = "SignedOut";
}

/** Where access tokens come from. */
export interface Credentials {
  /** A token believed to be good. */
  current(): Promise<string>;
  /** The server refused `stale`: another one, or SignedOut. Many callers at once get one renewal. */
  renew(stale: string): Promise<string>;
}

export interface ApiOptions {
  /** Without a slash at the end; empty for the page's own origin. */
  url: string;
  credentials: Credentials;
  /** What the app can do beside the ordinary: "passkey". */
  caps?: readonly string[];
  fetch?: typeof fetch;
  sleep?: (ms: number) => Promise<void>;
}

const RETRY_MS = [300, 1000, 2500];
const GATEWAY = new Set([502, 503, 504]);
const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** The server's problem, or one made of a status that came without a body that says more. */
export async function problemOf(response: Response): Promise<Problem> {
  const said = (await response.json().catch(() => null)) as Partial<Problem> | null;
  const plain = { type: "about:blank", title: response.statusText || `HTTP ${response.status}`, status: response.status };
  return said !== null && typeof said === "object" ? { ...plain, ...said } : plain;
}

export class Api {
  readonly #options: Required<ApiOptions>;

  constructor(options: ApiOptions) {
    this.#options = { fetch: (...args) => fetch(...args), sleep, caps: [], ...options };
  }

  get<T>(path: string): Promise<T> {
    return this.#send<T>("GET", path);
  }

  /** Carries an Idempotency-Key, so it is safe to repeat; pass `key` to repeat it across reloads too. */
  post<T>(path: string, body: unknown = {}, key: string = uuid7()): Promise<T> {
    return this.#send<T>("POST", path, body, key);
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.#send<T>("PUT", path, body);
  }

  /** Sends a file up as it is. It is not repeated by itself: that would cost as much again. */
  async upload<T>(path: string, file: Blob): Promise<T> {
    return (await this.#answer("POST", path, file)).json() as Promise<T>;
  }

  /** The same server and sign-in, over another way to fetch: one that tells how far an upload has come. */
  over(fetch: typeof globalThis.fetch): Api {
    return new Api({ ...this.#options, fetch });
  }

  /** The bytes of a file. */
  async blob(path: string): Promise<Blob> {
    return (await this.#answer("GET", path)).blob();
  }

  delete(path: string): Promise<void> {
    return this.#send<void>("DELETE", path);
  }

  async #send<T>(method: string, path: string, body?: unknown, key?: string): Promise<T> {
    const response = await this.#answer(method, path, body, key);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  async #answer(method: string, path: string, body?: unknown, key?: string): Promise<Response> {
    const { credentials } = this.#options;
    const token = await credentials.current();
    let response = await this.#reach(method, path, token, body, key);
    if (response.status === 401) response = await this.#reach(method, path, await credentials.renew(token), body, key);
    if (!response.ok) throw new ApiProblem(await problemOf(response));
    return response;
  }

  /** A server that restarts answers again within seconds; every request here may be repeated. */
  async #reach(method: string, path: string, token: string, body: unknown, key: string | undefined): Promise<Response> {
    const headers: Record<string, string> = { Authorization: `Bearer ${token}`, Accept: "application/json" };
    const raw = body instanceof Blob;
    if (body !== undefined) headers["Content-Type"] = raw ? "application/octet-stream" : "application/json";
    if (key !== undefined) headers["Idempotency-Key"] = key;
    if (this.#options.caps.length > 0) headers["X-Caps"] = this.#options.caps.join();
    const init: RequestInit = { method, headers, ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }) };
    for (const pause of raw ? [null] : [...RETRY_MS, null]) {
      const response = await this.#options.fetch(this.#options.url + path, init).catch(() => null);
      if (response !== null && (pause === null || !GATEWAY.has(response.status))) return response;
      if (pause !== null) await this.#options.sleep(pause);
    }
    throw new Unreachable(`${method} ${path}`);
  }
}
