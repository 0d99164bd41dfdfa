/** How does the desk take part in a call? It joins at once, with a camera when the call has a picture. */
import { AgentCall } from "../../sdk/agent-call.ts";
import type { Api } from "../../sdk/api.ts";
import type { Call } from "../../sdk/types.ts";
import type { DeskCall, MakeCall } from "../state/ports.ts";
import { newPeer } from "./peers.ts";
import { fromCell } from "../../shared/from-cell.ts";

export function callMaker(api: Api): MakeCall {
  return (call) => join(call, api);
}

function join(first: Call, api: Api): DeskCall {
  const side = new AgentCall({ api, devices: navigator.mediaDevices, peer: newPeer });
  let picture = first.video;
  side.update(first);
  void side.join({ audio: true, video: first.video });
  return {
    view: fromCell(side.view),
    update: (call) => {
      side.update(call);
      if (call.video !== picture) void side.camera(call.video);
      picture = call.video;
    },
    mute: (muted) => void side.mute(muted),
    camera: (on) => void side.camera(on),
    close: () => side.close(),
  };
}
