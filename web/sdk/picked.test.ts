import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiProblem } from "./api.ts";
import { kinds, PickedFiles, refusal } from "./picked.ts";
import type { SendUp } from "./picked.ts";
import type { UploadedFile } from "./types.ts";

const WANTED = { accept: ["image/*", "application/pdf"], max: 2, max_mb: 1 };
const settled = (): Promise<void> => new Promise((done) => setTimeout(done));
const ref = (name: string, type: string): UploadedFile => ({ id: `id-${name}`, name, type, size: 3 });
const chosen = (name: string, type = "image/png", bytes = 3): File => new File(["x".repeat(bytes)], name, { type });
const states = (files: PickedFiles) => files.all.value.map(({ name, file, trouble }) => [name, file?.id ?? trouble?.text ?? "sending"]);

test("what can never be taken is not even sent", async () => {
  const sent: string[] = [];
  const files = new PickedFiles(async ({ name, type }) => { sent.push(name); return ref(name, type); }, WANTED);
  files.add([chosen("film.mp4", "video/mp4"), chosen("huge.png", "image/png", 1_000_001), chosen("empty.png", "image/png", 0), chosen("card.png")]);
  await settled();
  assert.deepEqual(sent, ["card.png"]);
  assert.deepEqual(states(files), [
    ["film.mp4", "Only photos and PDF can be sent here."], ["huge.png", "This file is larger than 1 MB."], ["empty.png", "This file is empty."], ["card.png", "id-card.png"],
  ]);
  assert.ok(files.all.value.every(({ trouble }) => !trouble?.again));
  assert.equal(refusal(WANTED, { type: "", size: 3 }), null); // the server looks into it
  assert.equal(kinds(["image/jpeg", "image/png"]), "photos");
});

test("one that lies about its kind is told from one that did not arrive, which can be tried again", async () => {
  const lie = new ApiProblem({ type: "/problems/file-refused", title: "", status: 422 });
  const answers: (() => Promise<UploadedFile>)[] = [() => Promise.reject(lie), () => Promise.reject(new TypeError("no network")), async () => ref("b.png", "image/png")];
  const files = new PickedFiles(() => answers.shift()!(), WANTED);
  files.add([chosen("a.png"), chosen("b.png")]);
  await settled();
  assert.deepEqual(states(files), [["a.png", "This isn’t the kind of file that its name says."], ["b.png", "It did not arrive. Try again."]]);
  assert.deepEqual(files.all.value.map(({ trouble }) => trouble!.again), [false, true]);
  files.again(files.all.value[1]!.key);
  assert.equal(files.sending, true);
  await settled();
  assert.deepEqual(files.there, [ref("b.png", "image/png")]);
});

test("one that turned out to be of another kind than asked for does not count", async () => {
  const files = new PickedFiles(async ({ name }) => ref(name, "text/plain"), WANTED);
  files.add([chosen("a.png")]);
  await settled();
  assert.deepEqual(files.there, []);
  assert.deepEqual(states(files), [["a.png", "Only photos and PDF can be sent here."]]);
});

test("it is seen how much is there, no more are taken than fit, and one taken away is not sent on", async () => {
  let stopped = false;
  const send: SendUp = (_, tell, signal) => new Promise((_done, failed) => {
    tell(0.25);
    signal.addEventListener("abort", () => { stopped = true; failed(new TypeError("gone")); });
  });
  const files = new PickedFiles(send, WANTED, [ref("old.pdf", "application/pdf")]);
  files.add([chosen("a.png"), chosen("b.png")]);
  assert.deepEqual(files.all.value.map(({ name, share }) => [name, share]), [["old.pdf", 1], ["a.png", 0.25]]);
  assert.equal(files.room, 0);
  files.remove(files.all.value[1]!.key);
  await settled();
  assert.equal(stopped, true);
  assert.deepEqual(states(files), [["old.pdf", "id-old.pdf"]]);
});
