import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiProblem } from "./api.ts";
import { Attachments, MOST_FILES } from "./attachments.ts";
import type { FileRef } from "./types.ts";

const settled = (): Promise<void> => new Promise((done) => setTimeout(done));
const ref = (name: string): FileRef => ({ id: `id-${name}`, name, type: "image/png", size: 3, width: 1, height: 1 });
const chosen = (name: string): File => new File(["abc"], name);

test("files are named by the message once they are there, and what failed says why", async () => {
  let arrive = (_: FileRef): void => undefined;
  const refused = new ApiProblem({ type: "/problems/file-refused", title: "", status: 422 });
  const one = new Attachments((file) => (file.name === "a.exe" ? Promise.reject(refused) : new Promise((done) => { arrive = done; })));
  one.add([chosen("a.exe"), chosen("b.png")]);
  await settled();
  assert.equal(one.busy, true);
  assert.deepEqual(one.take(), []);
  arrive(ref("b.png"));
  await settled();
  assert.equal(one.busy, false);
  assert.deepEqual(one.take(), [ref("b.png")]);
  assert.deepEqual(one.all.value.map(({ name, trouble }) => [name, trouble]), [["a.exe", "Only photos, PDF and plain text can be sent."]]);
  one.remove(one.all.value[0]!.key);
  assert.deepEqual(one.all.value, []);
});

test("a message has room for so many", () => {
  const one = new Attachments(() => new Promise(() => undefined));
  one.add(Array.from({ length: 12 }, (_, at) => chosen(`${at}`)));
  assert.equal(one.all.value.length, MOST_FILES);
});
