import assert from "node:assert/strict";
import { test } from "node:test";
import type { Interaction, InteractionState } from "../../sdk/types.ts";
import { mayWrite } from "./standing.ts";

test("one can write as long as the server would take it, and not before anything was asked", () => {
  const states: InteractionState[] = ["queued", "offered", "live", "paused", "wrap_up", "closed"];
  const may = states.filter((state) => mayWrite({ state } as Interaction));
  assert.deepEqual(may, ["queued", "offered", "live", "paused", "wrap_up"]);
  assert.equal(mayWrite(null), false);
});
