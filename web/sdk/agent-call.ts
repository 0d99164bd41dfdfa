/** How does the agent's page keep a call? It answers every newer offer: a new gen with a new connection. */
import { CallSide } from "./call-side.ts";
import type { Kind } from "./own-media.ts";
import type { Call, Description } from "./types.ts";

export class AgentCall extends CallSide {
  /** The gen that this page found already answered by the page before its reload. */
  #gaveUp = -1;

  protected override async follow(call: Call): Promise<void> {
    const offer = call.description;
    if (offer?.kind !== "offer" || offer.gen < call.wanted_gen) return;
    if (this.leg === null && call.answered) return this.#replaceOnce(call);
    if (this.leg !== null && !newer(offer, this.leg)) return;
    await this.#answer(call, offer);
  }

  async #replaceOnce(call: Call): Promise<void> {
    if (this.#gaveUp === call.wanted_gen) return;
    await this.replace(call);
    this.#gaveUp = call.wanted_gen;
  }

  async #answer(call: Call, offer: Description): Promise<void> {
    const leg = this.leg?.gen === offer.gen ? this.leg : this.open(offer.gen);
    await leg.pc.setRemoteDescription({ type: "offer", sdp: offer.sdp });
    for (const transceiver of leg.pc.getTransceivers()) await this.attach(transceiver, transceiver.receiver.track.kind as Kind);
    await leg.pc.setLocalDescription(await leg.pc.createAnswer());
    const sdp = leg.pc.localDescription!.sdp;
    await this.options.api.post(`/v1/calls/${call.id}/answer`, { gen: offer.gen, rev: offer.rev, sdp });
    leg.rev = offer.rev;
    this.show();
  }
}

const newer = (a: { gen: number; rev: number }, b: { gen: number; rev: number }): boolean => a.gen > b.gen || (a.gen === b.gen && a.rev > b.rev);
