/** Which peer connections has this page opened? Only a page opened with ?debug=1 tells. */

declare global {
  var warmlinePeers: RTCPeerConnection[] | undefined;
}

const debug = new URLSearchParams(location.search).get("debug") === "1";

/** Server and worker name their address in every description: there is nothing to ask a STUN server. */
export function newPeer(): RTCPeerConnection {
  const peer = new RTCPeerConnection({ iceServers: [], bundlePolicy: "max-bundle" });
  if (debug) (globalThis.warmlinePeers ??= []).push(peer);
  return peer;
}
