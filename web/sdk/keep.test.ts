import assert from "node:assert/strict";
import { appendFile, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { FileKeep } from "./keep-file.ts";
import { forget, MemoryKeep } from "./keep.ts";
import type { Keep } from "./keep.ts";

const somewhere = async (): Promise<string> => join(await mkdtemp(join(tmpdir(), "warmline-keep-")), "kept");

const files: FileKeep[] = [];
afterEach(async () => { for (const file of files.splice(0)) await file.close(); });

async function opened(path: string): Promise<FileKeep> {
  const file = await FileKeep.open(path);
  files.push(file);
  return file;
}

const kinds: [string, () => Promise<Keep>][] = [
  ["memory", async () => new MemoryKeep()],
  ["a file", async () => opened(await somewhere())],
];

for (const [name, make] of kinds) {
  test(`${name}: what was put is there under its prefix, in the order of the keys`, async () => {
    const keep = await make();
    await Promise.all([keep.put("b/2", { at: 2 }), keep.put("b/1", "one"), keep.put("c/1", null)]);
    await keep.put("b/2", { at: 3 });
    assert.deepEqual(await keep.all("b/"), [["b/1", "one"], ["b/2", { at: 3 }]]);
    await keep.delete("b/1");
    await keep.delete("b/unknown");
    assert.deepEqual(await keep.all("b/"), [["b/2", { at: 3 }]]);
    await forget(keep, "b/");
    assert.deepEqual(await keep.all(""), [["c/1", null]]);
  });
}

test("a file that nobody closed is read by the next, without what was deleted", async () => {
  const path = await somewhere();
  const keep = await opened(path);
  await Promise.all([keep.put("a", 1), keep.put("b", "two\nlines"), keep.put("a", 3), keep.delete("b"), keep.put("c", 4)]);
  assert.deepEqual(await (await opened(path)).all(""), [["a", 3], ["c", 4]]);
});

test("a line that a kill cut off costs that line alone, and the next ones are whole", async () => {
  const path = await somewhere();
  await (await opened(path)).put("a", 1);
  await appendFile(path, '["b", "ha');
  const keep = await opened(path);
  await keep.put("c", 2);
  assert.deepEqual(await (await opened(path)).all(""), [["a", 1], ["c", 2]]);
});

test("what comes after damage is not believed", async () => {
  const path = await somewhere();
  await writeFile(path, '["a",1]\n\u0000\u0000\n["a",2]\n');
  assert.deepEqual(await (await opened(path)).all(""), [["a", 1]]);
  assert.equal(await readFile(path, "utf8"), '["a",1]\n');
});
