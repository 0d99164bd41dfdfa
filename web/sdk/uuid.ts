/** What is a fresh id? UUIDv7 (RFC 9562): later ones of this app sort behind, and it needs no secure context. */

const hex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

let last = 0;
let nth = 0;

export function uuid7(now: number = Date.now()): string {
  nth = now > last ? 0 : nth + 1;
  last = Math.max(now, last);
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(last / 2 ** (8 * (5 - i))) % 256;
  bytes[6] = ((nth >> 8) & 0x0f) | 0x70; // a counter within the millisecond, as in 6.2, method 1
  bytes[7] = nth & 0xff;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
