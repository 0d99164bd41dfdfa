/** How does the customer's page keep a call? It always offers: a new connection per gen, a new offer per rev. */
import { CallSide } from "./call-side.ts";
import type { Leg } from "./leg.ts";
import type { Call } from "./types.ts";

export class CustomerCall extends CallSide {
  /** The gen whose replacement was asked for because another page had offered it. */
  #gaveUp = -1;

  protected override async follow(call: Call): Promise<void> {
    if (this.leg === null || this.leg.gen < call.wanted_gen) {
      if (call.gen >= call.wanted_gen) return this.#replaceOnce(call);
      return this.#offer(call, await this.#begin(call));
    }
    const { leg } = this;
    if (leg.gen !== call.wanted_gen) return;
    if (leg.rev < call.wanted_rev || leg.pc.localDescription === null) return this.#offer(call, leg);
    await this.#answered(leg, call);
  }

  /** This gen belonged to the page before the reload: ask for a new one and wait for it. */
  async #replaceOnce(call: Call): Promise<void> {
    if (this.#gaveUp === call.wanted_gen) return;
    await this.replace(call);
    this.#gaveUp = call.wanted_gen;
  }

  async #begin(call: Call): Promise<Leg> {
    const leg = this.open(call.wanted_gen);
    await this.attach(leg.pc.addTransceiver("audio", { direction: "sendrecv" }), "audio");
    return leg;
  }

  async #offer(call: Call, leg: Leg): Promise<void> {
    if (call.video && !this.transceiver("video")) {
      await this.attach(leg.pc.addTransceiver("video", { direction: "sendrecv" }), "video");
    }
    await leg.pc.setLocalDescription(await leg.pc.createOffer());
    const rev = call.wanted_rev;
    const sdp = leg.pc.localDescription!.sdp;
    await this.options.api.post(`/v1/calls/${call.id}/offer`, { gen: leg.gen, rev, sdp });
    leg.rev = rev;
    if (this.call) await this.#answered(leg, this.call);
  }

  async #answered(leg: Leg, { description }: Call): Promise<void> {
    if (leg !== this.leg || leg.pc.signalingState !== "have-local-offer") return;
    if (description?.kind !== "answer" || description.gen !== leg.gen || description.rev !== leg.rev) return;
    await leg.pc.setRemoteDescription({ type: "answer", sdp: description.sdp });
    this.show();
  }
}
