/** How does a browser make a passkey, and prove who its customer is with one? JSON from the server, JSON to the server (W3C WebAuthn 3). */
import type { Api } from "./api.ts";
import type { Passkey, PasskeyOptions } from "./types.ts";

/** Made in this device and kept by the server, under `name`. Rejects where the customer turns away. */
export async function addPasskey(api: Api, name: string): Promise<Passkey> {
  const { public_key } = await api.post<PasskeyOptions<PublicKeyCredentialCreationOptionsJSON>>("/v1/me/passkeys/options");
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(public_key);
  return api.post<Passkey>("/v1/me/passkeys", { name, credential: json(await navigator.credentials.create({ publicKey })) });
}

/** What the customer's passkey says to the challenge that `path` gives. Rejects where the customer turns away. */
export async function signByPasskey(api: Api, path: string): Promise<unknown> {
  const { public_key } = await api.post<PasskeyOptions<PublicKeyCredentialRequestOptionsJSON>>(path);
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(public_key);
  return json(await navigator.credentials.get({ publicKey }));
}

const json = (made: Credential | null): unknown => (made as PublicKeyCredential).toJSON();
