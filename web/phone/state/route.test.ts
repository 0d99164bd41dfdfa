import assert from "node:assert/strict";
import { test } from "node:test";
import { hashOf, parseRoute, routeOfLink } from "./route.ts";

const RUN = "01930000-0000-7000-8000-000000000001";

test("every place has an address that leads back to it", () => {
  for (const hash of ["#/", `#/run/${RUN}`, "#/help", `#/help/${RUN}`, "#/talk", "#/chat", "#/join/voice", "#/rate", "#/passkeys"]) {
    assert.equal(hashOf(parseRoute(hash)), hash);
  }
  assert.deepEqual(parseRoute("#/nowhere"), { page: "home" });
});

test("a notification's link leads into the app, never out of it", () => {
  assert.deepEqual(routeOfLink(`/runs/${RUN}`), { page: "run", id: RUN });
  assert.deepEqual(routeOfLink("#/rate"), { page: "rate" });
  assert.deepEqual(routeOfLink("https://elsewhere.test/"), { page: "home" });
  assert.deepEqual(routeOfLink(null), { page: "home" });
});
