import assert from "node:assert/strict";
import { test } from "node:test";
import { CustomerCredentials } from "./sign-in.ts";

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

test("a first sign-in that failed is tried again by the next who asks", async () => {
  const { world, credentials } = setUp();
  world.away = true;
  await assert.rejects(credentials.who());
  world.away = false;
  assert.equal((await credentials.who()).access_token, "t2");
});
