/** What does the app hold of Warmline? One of each part of the SDK, wired for one customer. */
import type { ReadonlySignal } from "@preact/signals";
import { fromCell } from "../../shared/from-cell.ts";
import { Api } from "../../sdk/api.ts";
import { Attachments, type Attachment } from "../../sdk/attachments.ts";
import { device, liveUrl, network, onWake } from "../../sdk/browser.ts";
import { CustomerCall } from "../../sdk/call.ts";
import type { CallView } from "../../sdk/call-side.ts";
import { Recorder } from "../../sdk/help.ts";
import { Live } from "../../sdk/live.ts";
import type { Link } from "../../sdk/live.ts";
import { Outbox } from "../../sdk/outbox.ts";
import type { Outgoing } from "../../sdk/outbox.ts";
import { CustomerCredentials } from "../../sdk/sign-in.ts";
import { Store } from "../../sdk/store.ts";
import type { Actor, CustomerMe, Event, FileRef, Marks } from "../../sdk/types.ts";
import * as bank from "./bank.ts";
import type { Place } from "./place.ts";

export interface Client {
  readonly place: Place;
  readonly name: string;
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

/** Signs in and connects; throws what sign-in throws. */
export async function connect(place: Place): Promise<Client> {
  if (place.debug) globalThis.warmlinePeers = [];
  const credentials = new CustomerCredentials("", () => bank.token(place.bank, place.customer));
  const { customer, conversation_id } = await credentials.who();
  const api = new Api({ url: "", credentials });
  const store = new Store<CustomerMe>("customer");
  const outbox = new Outbox(localStorage, `warmline.outbox.${customer.id}`);
  const self = (): Actor => ({ kind: "customer", id: customer.id, name: customer.name });
  const live = new Live({ url: liveUrl(""), kind: "customer", credentials, sink: store, outbox, self, onWake });
  const call = new CustomerCall({ api, devices: navigator.mediaDevices, peer });
  const recorder = new Recorder({
    allow: ["flow", "step", "code", "channel", "progress"],
    kept: sessionStorage,
    probe: () => ({ device: device(), network: network() }),
  });
  store.me.subscribe((me) => me && call.update(me.call));
  const attachments = new Attachments((file) =>
    api.upload<FileRef>(`/v1/conversations/${conversation_id}/files?name=${encodeURIComponent(file.name)}`, file));
  live.watch(conversation_id);
  live.start();
  return {
    place, name: customer.name, conversationId: conversation_id, api, live, call, recorder, outbox,
    me: fromCell(store.me), events: fromCell(store.timeline(conversation_id)), unsent: fromCell(outbox.entries),
    marks: fromCell(store.marksOf(conversation_id)), attachments, attached: fromCell(attachments.all),
    typer: fromCell(store.typer(conversation_id)), link: fromCell(live.link), callView: fromCell(call.view),
    serverNow: () => store.serverNow,
  };
}
