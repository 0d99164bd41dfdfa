import assert from "node:assert/strict";
import { test } from "node:test";
import { AgentCall } from "./agent-call.ts";
import type { Api } from "./api.ts";
import { CustomerCall } from "./call.ts";
import type { CallOptions } from "./call-side.ts";
import type { Call, Description } from "./types.ts";

const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 5));

/** What a peer connection is to the procedure: descriptions in and out, places for tracks. */
class Peer {
  static made: Peer[] = [];
  kinds: string[] = [];
  remote: string[] = [];
  closed = false;
  connectionState = "connected";
  signalingState = "stable";
  localDescription: { sdp: string } | null = null;
  #descriptions = 0;
  constructor() { Peer.made.push(this); }
  getTransceivers() {
    return this.kinds.map((kind) => ({ direction: "sendrecv", receiver: { track: { kind } }, sender: { replaceTrack: async () => undefined } }));
  }
  addTransceiver(kind: string) { this.kinds.push(kind); return this.getTransceivers().at(-1); }
  async createOffer() { return { sdp: `offer ${Peer.made.indexOf(this) + 1}.${++this.#descriptions} ${this.kinds.join("+")}` }; }
  async createAnswer() { return { sdp: `answer ${Peer.made.indexOf(this) + 1}.${++this.#descriptions}` }; }
  async setLocalDescription(description: { sdp: string }) {
    this.localDescription = description;
    this.signalingState = description.sdp.startsWith("offer") ? "have-local-offer" : "stable";
  }
  async setRemoteDescription({ sdp }: { sdp: string }) { this.remote.push(sdp); this.signalingState = "stable"; }
  close() { this.closed = true; }
}

function setUp() {
  Peer.made = [];
  const said: unknown[][] = [];
  const api = { post: async (path: string, body: unknown) => void said.push([path.replace("/v1/calls/k/", ""), body]) } as unknown as Api;
  const stream = { addTrack() {}, removeTrack() {}, getAudioTracks: () => [], getVideoTracks: () => [] } as unknown as MediaStream;
  const options: CallOptions = { api, stream: () => stream, peer: () => new Peer() as unknown as RTCPeerConnection };
  return { said, options };
}

const call = (change: Partial<Call>): Call => ({
  id: "k", interaction_id: "i", state: "connecting", audio: true, video: false, gen: 0, wanted_gen: 1, wanted_rev: 1, started_by: "customer", description: null, ended_reason: null, ...change,
});
const answer = (gen: number, rev: number): Description => ({ gen, rev, kind: "answer", sdp: `answer to ${gen}.${rev}` });
const offer = (gen: number, rev: number): Description => ({ gen, rev, kind: "offer", sdp: `offer ${gen}.${rev}` });

test("the customer offers once per gen, and takes only the answer to its own offer", async (t) => {
  const { said, options } = setUp();
  const side = new CustomerCall(options);
  t.after(() => side.close());
  side.update(call({}));
  await settled();
  assert.deepEqual(said, []); // not joined yet: nothing is sent of the customer
  await side.join();
  side.update(call({ gen: 1 }));
  await settled();
  assert.deepEqual(said, [["offer", { gen: 1, rev: 1, sdp: "offer 1.1 audio" }]]);
  side.update(call({ gen: 1, description: answer(1, 0) }));
  side.update(call({ gen: 1, description: answer(1, 1) }));
  side.update(call({ gen: 1, description: answer(1, 1), state: "connected" }));
  await settled();
  assert.deepEqual(Peer.made[0]!.remote, ["answer to 1.1"]);
});

test("a wanted rev is offered again in the same connection, with video; a wanted gen in a new one", async (t) => {
  const { said, options } = setUp();
  const side = new CustomerCall(options);
  t.after(() => side.close());
  await side.join();
  side.update(call({}));
  await settled();
  side.update(call({ gen: 1, description: answer(1, 1), state: "connected" }));
  await settled();
  side.update(call({ gen: 1, video: true, wanted_rev: 2, state: "connected" }));
  await settled();
  assert.deepEqual(said.at(-1), ["offer", { gen: 1, rev: 2, sdp: "offer 1.2 audio+video" }]);
  side.update(call({ gen: 1, video: true, wanted_gen: 2, wanted_rev: 2, state: "recovering" }));
  await settled();
  assert.equal(Peer.made[0]!.closed, true);
  assert.deepEqual(said.at(-1), ["offer", { gen: 2, rev: 2, sdp: "offer 2.1 audio+video" }]);
});

test("after a reload the customer asks once for a new gen, and offers that", async (t) => {
  const { said, options } = setUp();
  const side = new CustomerCall(options);
  t.after(() => side.close());
  await side.join();
  side.update(call({ gen: 1, state: "connected" }));
  side.update(call({ gen: 1, state: "connected" }));
  await settled();
  assert.deepEqual(said, [["replace", { gen: 1 }]]);
  side.update(call({ gen: 1, wanted_gen: 2, state: "recovering" }));
  await settled();
  assert.equal(said.at(-1)?.[0], "offer");
});

test("an ended call gives everything back; an old ended one does not end a new one", async (t) => {
  const { options } = setUp();
  const side = new CustomerCall(options);
  t.after(() => side.close());
  side.update(call({ id: "old", state: "ended" }));
  await side.join();
  side.update(call({ id: "old", state: "ended" }));
  side.update(call({}));
  await settled();
  assert.equal(side.view.value.joined, true);
  side.update(call({ state: "ended" }));
  assert.equal(side.view.value.joined, false);
  assert.equal(Peer.made[0]!.closed, true);
});

test("the agent answers every newer offer, a new gen in a new connection", async (t) => {
  const { said, options } = setUp();
  const side = new AgentCall(options);
  t.after(() => side.close());
  await side.join();
  side.update(call({ gen: 1, description: offer(1, 1) }));
  await settled();
  side.update(call({ gen: 1, description: offer(1, 1), state: "connected" }));
  await settled();
  side.update(call({ gen: 1, description: offer(1, 2), wanted_rev: 2, state: "connected" }));
  await settled();
  assert.equal(Peer.made.length, 1);
  side.update(call({ gen: 2, wanted_gen: 2, description: offer(2, 2), state: "recovering" }));
  await settled();
  assert.equal(Peer.made.length, 2);
  assert.deepEqual(said.map(([what, body]) => [what, (body as Description).gen, (body as Description).rev]), [["answer", 1, 1], ["answer", 1, 2], ["answer", 2, 2]]);
});

test("a reloaded agent's page asks for a new gen instead of answering an old offer", async (t) => {
  const { said, options } = setUp();
  const side = new AgentCall(options);
  t.after(() => side.close());
  await side.join();
  side.update(call({ gen: 1, description: offer(1, 1), answered: true, state: "connected" }));
  await settled();
  assert.deepEqual(said, [["replace", { gen: 1 }]]);
  side.update(call({ gen: 2, wanted_gen: 2, description: offer(2, 0), answered: false, state: "recovering" }));
  await settled();
  assert.deepEqual(said.slice(1).map(([what]) => what), ["answer"]);
});
