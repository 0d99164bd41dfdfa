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
import type { CustomerMe, CustomerSignIn, FileRef, Person, Uuid } from "./types.ts";

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
  /** What the app can do beside the ordinary; of a browser `caps()` knows. */
  caps?: readonly string[];
  socket?: (url: string) => WebSocket;
  random?: () => number;
  onWake?: (wake: () => void) => Stop;
  /** Called when the client has stopped, as its customer has another conversation now: somebody signed in on this device. */
  onMoved?: () => void;
}

/** So long an app that was opened before waits for the sign-in; then it shows what it has. */
const SIGNED_IN_WITHIN_MS = 3_000;

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
   * With what an earlier life of the app left, and connecting. Only the very first time it rejects where the sign-in
   * fails; later it opens without a network, too. Where the server knows the customer by another conversation than
   * what is on disk, that is forgotten; where this shows only later, the client stops and has to be opened again (`onMoved`).
   */
  static async open(options: CustomerOptions): Promise<CustomerClient> {
    const { url, credentials, keep, account, caps = [], socket, random, onWake } = options;
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
    const client = new CustomerClient(customer, conversation_id, new Api({ url, credentials, caps }), live, store, outbox, options);
    store.me.subscribe((me) => {
      if (me && me.conversation_id !== conversation_id) queueMicrotask(() => void client.forget().then(options.onMoved));
    });
    return client;
  }

  /** Sent once, whatever happens to the app once `outbox.kept` is fulfilled. */
  say(text: string, files: readonly FileRef[] = []): Outgoing {
    return this.live.send(this.conversationId, text, files);
  }

  /** The customer leaves this device: nothing stays behind. */
  async forget(): Promise<void> {
    this.live.stop();
    await this.outbox.forget();
    await forget(this.options.keep, `${this.options.account}/`);
  }
}

async function known({ keep, account, credentials }: CustomerOptions): Promise<Known> {
  const [kept] = await keep.all<Known>(`${account}/who`).catch(() => []);
  const { customer, conversation_id } = await (kept ? soon(credentials.who(), kept[1]) : credentials.who());
  if (kept && kept[1].conversation_id !== conversation_id) await forget(keep, `${account}/`);
  await keep.put(`${account}/who`, { customer, conversation_id }).catch(() => undefined);
  return { customer, conversation_id };
}

/** What is promised, or `otherwise` where that fails or takes long. */
function soon<T>(promised: Promise<T>, otherwise: T): Promise<T> {
  return new Promise((done) => {
    const timer = setTimeout(() => done(otherwise), SIGNED_IN_WITHIN_MS);
    void promised.catch(() => otherwise).then((value) => {
      clearTimeout(timer);
      done(value);
    });
  });
}
