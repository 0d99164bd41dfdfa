/** What does the core need to know of a browser? Everything that touches `window` for it stands here. */
import type { Stop } from "./cell.ts";

/** The network came back, or the page is visible again. */
export function onWake(wake: () => void): Stop {
  const seen = (): void => { if (document.visibilityState === "visible") wake(); };
  addEventListener("online", wake);
  addEventListener("pageshow", wake);
  document.addEventListener("visibilitychange", seen);
  return () => {
    removeEventListener("online", wake);
    removeEventListener("pageshow", wake);
    document.removeEventListener("visibilitychange", seen);
  };
}

/** What the app can do beside the ordinary: draw what is signed, take photos, use passkeys. WebAuthn knows domains only, so a page at an address has no passkeys. */
export function caps(): string[] {
  const passkeys = "PublicKeyCredential" in globalThis && "parseRequestOptionsFromJSON" in PublicKeyCredential;
  return passkeys && !/^[\d.]+$|:/.test(location.hostname) ? ["sign", "camera", "passkey"] : ["sign", "camera"];
}

interface NetworkInformation { effectiveType?: string; rtt?: number; type?: string }

export function device(): Record<string, string> {
  const { language, userAgent } = navigator;
  return { language, screen: `${innerWidth} x ${innerHeight}`, browser: userAgent.slice(0, 200) };
}

export function network(): Record<string, string> {
  const { connection } = navigator as Navigator & { connection?: NetworkInformation };
  const known: Record<string, string> = { online: navigator.onLine ? "yes" : "no" };
  if (connection?.effectiveType) known.quality = connection.effectiveType;
  if (connection?.rtt !== undefined) known.round_trip_ms = String(connection.rtt);
  return known;
}
