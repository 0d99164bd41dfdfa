import assert from "node:assert/strict";
import { test } from "node:test";
import { Api, ApiProblem } from "./api.ts";
import { Runs } from "./runs.ts";

const RUN = "01930000-0000-7000-8000-000000000001";

/** A server that answers each request with the next of `answers`, and what it was asked. */
function server(...answers: [status: number, body: unknown][]) {
  const asked: { method: string; path: string; body: unknown; key: string | undefined }[] = [];
  const token = async () => "t1";
  const api = new Api({
    url: "https://bank.example", credentials: { current: token, renew: token },
    fetch: async (url, init) => {
      const headers = init?.headers as Record<string, string>;
      asked.push({ method: init!.method!, path: new URL(String(url)).pathname, body: init?.body ? JSON.parse(String(init.body)) : null, key: headers["Idempotency-Key"] });
      const [status, body] = answers.shift()!;
      return new Response(JSON.stringify(body), { status });
    },
  });
  return { runs: new Runs(api), asked };
}

test("a run is opened again, answered, and gone back in, with the rev of the screen that was seen", async () => {
  const { runs, asked } = server([200, { rev: 3, step: "pick" }], [200, { rev: 4, step: "check" }], [200, { rev: 5, step: "pick" }], [200, { rev: 6, step: "pick" }]);
  const first = await runs.resume(RUN);
  const second = await runs.answer(RUN, first, { tx: "t1" });
  const third = await runs.reopen(RUN, second, "pick");
  assert.equal((await runs.reopen(RUN, third)).rev, 6);
  assert.deepEqual(asked.map(({ method, path, body }) => [method, path, body]), [
    ["POST", `/v1/runs/${RUN}/resume`, {}],
    ["POST", `/v1/runs/${RUN}/answers`, { rev: 3, step: "pick", values: { tx: "t1" } }],
    ["POST", `/v1/runs/${RUN}/reopen`, { rev: 4, step: "pick" }],
    ["POST", `/v1/runs/${RUN}/reopen`, { rev: 5, step: null }],
  ]);
  assert.equal(new Set(asked.map(({ key }) => key)).size, 4); // each may be repeated by itself
  assert.ok(asked.every(({ key }) => key));
});

test("whoever was overtaken gets the present screen, and errors name their fields as the screen does", async () => {
  const screen = { rev: 9, step: "done" };
  const { runs } = server(
    [409, { type: "/problems/stale", title: "Stale", status: 409, screen }],
    [422, { type: "/problems/answer", title: "No", status: 422, errors: [{ pointer: "/values/freeze~1people[0].name", message: "Missing." }] }],
  );
  await assert.rejects(runs.reopen(RUN, { rev: 1 }), (error: unknown) => error instanceof ApiProblem && error.status === 409 && error.problem.screen?.rev === 9);
  await assert.rejects(runs.answer(RUN, { rev: 9, step: "who" }, {}), (error: unknown) => {
    assert.deepEqual((error as ApiProblem).fields, { "freeze/people[0].name": "Missing." });
    return true;
  });
});
