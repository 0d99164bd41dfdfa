/**
 * How does an app of a customer speak with Warmline? This is the core without a page: it runs in browsers and in node,
 * survives that the app is killed, and may be used before it is connected. Messages go to the outbox, requests wait for
 * the sign-in. The phone is built on it.
 */
import { Api } from "./api.ts";
import type { Credentials } from "./api.ts";
import type { Stop } from "./cell.ts";
import { forget } from "./keep.ts";
import type { Keep } from "./keep.ts";
import { KeptLog } from "./kept-log.ts";
import { Live, liveUrl } from "./live.ts";
import { Outbox } from "./outbox.ts";
import type { Outgoing } from "./outbox.ts";
import { Store } from "./store.ts";
import type { CustomerMe, CustomerSignIn, Person, Uuid } from "./types.ts";

/** Credentials that also know whom they sign in. */
export interface CustomerSigner extends Credentials {
  who(): Promise<Pick<CustomerSignIn, "customer" | "conversation_id">>;
}

export interface CustomerOptions {
  /** https:// address of the server, without a slash at the end. */
  url: string;
  /** What the host calls this customer: `sub` of the token. What is on disk belongs to this name. */
  account: string;
  credentials: CustomerSigner;
  keep: Keep;
  socket?: (url: string) => WebSocket;
  random?: () => number;
  onWake?: (wake: () => void) => Stop;
}

interface Known { customer: Person; conversation_id: Uuid }

export class CustomerClient {
  private constructor(
    readonly customer: Person,
    readonly conversationId: Uuid,
    readonly api: Api,
    readonly live: Live,
    readonly store: Store<CustomerMe>,
    readonly outbox: Outbox,
    private readonly options: CustomerOptions,
  ) {}

  /**
   * With what an earlier life of the app left, and connecting. Only the very first time somebody has to be signed in
   * for it; rejects where that fails. Later it opens without a network, too.
   */
  static async open(options: CustomerOptions): Promise<CustomerClient> {
    const { url, credentials, keep, account, socket, random, onWake } = options;
    const { customer, conversation_id } = await known(options);
    const store = new Store<CustomerMe>("customer");
    const log = await KeptLog.open(keep, `${account}/log/`, (event) => store.event(event));
    const outbox = new Outbox(keep, `${account}/outbox/`);
    const live = new Live({
      url: liveUrl(url), kind: "customer", credentials, sink: store, outbox, log,
      self: () => ({ kind: "customer", id: customer.id, name: customer.name }),
      ...(socket && { socket }), ...(random && { random }), ...(onWake && { onWake }),
    });
    live.watch(conversation_id, log.cursor);
    live.start();
    return new CustomerClient(customer, conversation_id, new Api({ url, credentials }), live, store, outbox, options);
  }

  /** Sent once, whatever happens to the app once `outbox.kept` is fulfilled. */
  say(text: string): Outgoing {
    return this.live.send(this.conversationId, text);
  }

  /** The customer leaves this device: nothing stays behind. */
  async forget(): Promise<void> {
    this.live.stop();
    await this.outbox.forget();
    await forget(this.options.keep, `${this.options.account}/`);
  }
}

async function known({ keep, account, credentials }: CustomerOptions): Promise<Known> {
  const [before] = await keep.all<Known>(`${account}/who`).catch(() => []);
  if (before) return before[1];
  const { customer, conversation_id } = await credentials.who();
  await keep.put(`${account}/who`, { customer, conversation_id }).catch(() => undefined);
  return { customer, conversation_id };
}
