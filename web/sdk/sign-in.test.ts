import assert from "node:assert/strict";
import { test } from "node:test";
import { AnonymousCredentials, CustomerCredentials } from "./sign-in.ts";

const NOON = Date.parse("2026-11-20T12:00:00Z");

/** A server whose clock is an hour ahead of the device's, and whose tokens last ten minutes. */
function setUp() {
  const world = { now: NOON, asked: 0, waits: [] as number[], away: false };
  const answer = async (): Promise<Response> => {
    if (world.away) throw new TypeError("no network");
    const served = world.now + 3_600_000;
    const body = { access_token: `t${world.asked}`, expires_at: new Date(served + 600_000).toISOString(), customer: { id: "m", name: "Maya" }, conversation_id: "c" };
    return new Response(JSON.stringify(body), { headers: { Date: new Date(served).toUTCString() } });
  };
  const credentials = new CustomerCredentials("", async () => `host-${++world.asked}`, {
    fetch: answer as typeof fetch, clock: () => world.now, random: () => 0.5,
    sleep: async (ms) => { world.waits.push(ms); world.now += ms; },
  });
  return { world, credentials };
}

test("many who ask at once are one sign-in, and many who were refused one renewal", async () => {
  const { world, credentials } = setUp();
  const first = await Promise.all([1, 2, 3].map(() => credentials.current()));
  assert.deepEqual(first, ["t1", "t1", "t1"]);
  assert.deepEqual(await Promise.all([1, 2, 3].map(() => credentials.renew("t1"))), ["t2", "t2", "t2"]);
  assert.equal(await credentials.renew("t1"), "t2"); // an old refusal is no reason
  assert.equal(world.asked, 2);
});

test("a token is exchanged before it runs out, by the server's clock", async () => {
  const { world, credentials } = setUp();
  await credentials.current();
  world.now += 539_000;
  assert.equal(await credentials.current(), "t1");
  world.now += 2_000;
  assert.equal(await credentials.current(), "t2");
});

test("while another is not to be had the old one is used, and the host is asked ever more slowly", async () => {
  const { world, credentials } = setUp();
  await credentials.current();
  world.now += 550_000;
  world.away = true;
  assert.equal(await credentials.current(), "t1");
  assert.equal(await credentials.current(), "t1");
  assert.equal(world.asked, 2); // the second did not even try
  for (let refused = 0; refused < 4; refused++) await assert.rejects(credentials.renew("t1"));
  assert.deepEqual(world.waits, [100, 250, 500, 1000]);
  world.away = false;
  assert.equal(await credentials.renew("t1"), "t7");
});

test("whoever asks while a renewal is under way that fails has the token from before", async () => {
  const { world, credentials } = setUp();
  await credentials.current();
  world.now += 550_000;
  world.away = true;
  assert.deepEqual(await Promise.all([1, 2, 3].map(() => credentials.current())), ["t1", "t1", "t1"]);
  assert.equal(world.asked, 2);
  const refused = credentials.renew("t1");
  assert.equal(await credentials.current(), "t1");
  await assert.rejects(refused);
});

test("a first sign-in that failed is tried again by the next who asks", async () => {
  const { world, credentials } = setUp();
  world.away = true;
  await assert.rejects(credentials.who());
  world.away = false;
  assert.equal((await credentials.who()).access_token, "t2");
});

test("a device comes back by its secret until somebody signs in on it", async () => {
  const kept = new Map<string, string>();
  const memory = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value), removeItem: (key: string) => void kept.delete(key) };
  const asked: [string, unknown][] = [];
  const answer = async (url: string, { body }: { body: string }): Promise<Response> => {
    const { device_secret } = JSON.parse(body) as { device_secret: string | null };
    asked.push([url, device_secret]);
    const made = url.endsWith("anonymous") ? { device_secret: device_secret === null ? "s1" : null } : { linked: device_secret !== null };
    return new Response(JSON.stringify({ access_token: "t", expires_at: "2026-11-20T12:00:00Z", ...made }));
  };
  const fetch = answer as unknown as typeof globalThis.fetch;
  const guest = (): Promise<unknown> => new AnonymousCredentials("", memory, "en", { fetch }).who();
  const customer = (): Promise<unknown> => new CustomerCredentials("", async () => "host", { fetch, memory }).who();
  for (const sign of [guest, guest, customer, customer, guest]) await sign();
  const [anonymous, known] = ["/v1/sign-in/anonymous", "/v1/sign-in/customer"];
  assert.deepEqual(asked, [[anonymous, null], [anonymous, "s1"], [known, "s1"], [known, null], [anonymous, null]]);
});
