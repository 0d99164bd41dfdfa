/** What does the app hold of Warmline? One of each part of the SDK, wired for one customer. */
import type { ReadonlySignal } from "@preact/signals";
import { fromCell } from "../../shared/from-cell.ts";
import type { Api } from "../../sdk/api.ts";
import { Attachments, type Attachment } from "../../sdk/attachments.ts";
import { caps, device, network, onWake } from "../../sdk/browser.ts";
import { CustomerCall } from "../../sdk/call.ts";
import type { CallView } from "../../sdk/call-side.ts";
import { CustomerClient } from "../../sdk/customer.ts";
import { Recorder } from "../../sdk/help.ts";
import { forget } from "../../sdk/keep.ts";
import { browserKeep } from "../../sdk/keep-browser.ts";
import { LiveContext } from "../../sdk/context.ts";
import type { Link, Live } from "../../sdk/live.ts";
import { inherit } from "../../sdk/outbox.ts";
import type { Outbox, Outgoing } from "../../sdk/outbox.ts";
import { AnonymousCredentials, CustomerCredentials } from "../../sdk/sign-in.ts";
import type { Actor, CustomerMe, Event, FileRef, Interaction, Marks } from "../../sdk/types.ts";
import * as bank from "./bank.ts";
import type { Place } from "./place.ts";

export interface Client {
  readonly place: Place;
  readonly name: string;
  /** The customer can have passkeys, and this browser can use them. */
  readonly passkeys: boolean;
  readonly conversationId: string;
  readonly api: Api;
  readonly live: Live;
  readonly call: CustomerCall;
  readonly recorder: Recorder;
  readonly outbox: Outbox;
  readonly me: ReadonlySignal<CustomerMe | null>;
  readonly events: ReadonlySignal<readonly Event[]>;
  readonly unsent: ReadonlySignal<readonly Outgoing[]>;
  readonly typer: ReadonlySignal<Actor | null>;
  /** How far the company's side has read. */
  readonly marks: ReadonlySignal<Marks | null>;
  readonly attachments: Attachments;
  readonly attached: ReadonlySignal<readonly Attachment[]>;
  readonly link: ReadonlySignal<Link>;
  readonly callView: ReadonlySignal<CallView>;
  readonly serverNow: () => number;
}

/** The app's own peer connections, for browser tests that read their counters: only with ?debug=1. */
declare global { var warmlinePeers: RTCPeerConnection[] | undefined; }

function peer(): RTCPeerConnection {
  const made = new RTCPeerConnection({ iceServers: [], bundlePolicy: "max-bundle" });
  globalThis.warmlinePeers?.push(made);
  return made;
}

const SHARED = "warmline.shared";
/** Where whoever did not sign in is kept on disk; no customer of a host is called so. */
const GUEST = "anonymous:";

/** The customer lets the agent of this interaction see the app. */
export const rememberShared = (interaction: string): void => sessionStorage.setItem(SHARED, interaction);

const isShared = ({ id, state }: Interaction): boolean => sessionStorage.getItem(SHARED) === id && (state === "queued" || state === "offered" || state === "live");

/** Who sees the app at the moment, and of which request. */
const lookerOf = (i: Interaction | null): string | null => (i?.state === "live" && i.agent ? `${i.id} ${i.agent.id}` : null);

/** Signs in and connects; throws what sign-in throws. */
export async function connect(place: Place): Promise<Client> {
  if (place.debug) globalThis.warmlinePeers = [];
  const credentials = place.anonymous
    ? new AnonymousCredentials("", localStorage, navigator.language)
    : new CustomerCredentials("", () => bank.token(place.bank, place.customer), { memory: localStorage });
  const keep = browserKeep();
  const signedIn = await credentials.who();
  if ("linked" in signedIn && signedIn.linked) { // it goes on as the customer's own
    await inherit(keep, `${GUEST}/outbox/`, `${place.customer}/outbox/`, signedIn.conversation_id);
    await forget(keep, `${GUEST}/`);
  }
  const client = await CustomerClient.open({
    url: location.origin, account: place.anonymous ? GUEST : place.customer, credentials, keep, caps: caps(), onWake,
    onMoved: () => location.reload(),
  });
  const { api, live, store, outbox, customer, conversationId } = client;
  const call = new CustomerCall({ api, devices: navigator.mediaDevices, peer });
  const recorder = new Recorder({
    allow: ["flow", "step", "code", "channel", "progress"],
    kept: sessionStorage,
    probe: () => ({ device: device(), network: network() }),
  });
  const context = new LiveContext({ recorder, send: (change) => live.context(change) });
  live.link.subscribe((link) => { if (link === "live") context.connected(); });
  store.me.subscribe((me) => me && call.update(me.call));
  store.me.subscribe((me) => {
    context.share(me?.interaction != null && isShared(me.interaction));
    context.looksOn(lookerOf(me?.interaction ?? null));
  });
  const attachments = new Attachments((file) =>
    api.upload<FileRef>(`/v1/conversations/${conversationId}/files?name=${encodeURIComponent(file.name)}`, file));
  return {
    place, name: customer.name, passkeys: !place.anonymous && caps().includes("passkey"), conversationId, api, live, call, recorder, outbox,
    me: fromCell(store.me), events: fromCell(store.timeline(conversationId)), unsent: fromCell(outbox.entries),
    marks: fromCell(store.marksOf(conversationId)), attachments, attached: fromCell(attachments.all),
    typer: fromCell(store.typer(conversationId)), link: fromCell(live.link), callView: fromCell(call.view),
    serverNow: () => store.serverNow,
  };
}
