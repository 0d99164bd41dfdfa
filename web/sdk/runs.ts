/** How does an app go through a run? Each call returns the screen to show next. */
import type { Api } from "./api.ts";
import type { Screen } from "./types.ts";

type Shown = Pick<Screen, "rev" | "step">;

export class Runs {
  constructor(private readonly api: Api) {}

  /** A new run; or the open one, where there is one for the same inputs. */
  start(flow: string, inputs: Record<string, unknown> = {}): Promise<Screen> {
    return this.api.post("/v1/runs", { flow, inputs });
  }

  screen(id: string): Promise<Screen> {
    return this.api.get(`/v1/runs/${id}`);
  }

  /** The customer opens it again: a wait for that is over, and what was read too long ago is read anew. */
  resume(id: string): Promise<Screen> {
    return this.api.post(`/v1/runs/${id}/resume`);
  }

  /** Rejects with an `ApiProblem`: 422 with its `fields`, 409 with the `screen` that is true by now. */
  answer(id: string, { rev, step }: Shown, values: Record<string, unknown>): Promise<Screen> {
    return this.api.post(`/v1/runs/${id}/answers`, { rev, step, values });
  }

  /** Back to a step that was answered, or to the one before; what still fits is not asked again. 409 as for an answer. */
  reopen(id: string, { rev }: Pick<Screen, "rev">, step: string | null = null): Promise<Screen> {
    return this.api.post(`/v1/runs/${id}/reopen`, { rev, step });
  }

  /** Answers a step that asks who it is by the customer's passkey. */
  async usePasskey(id: string, shown: Shown): Promise<Screen> {
    const { signByPasskey } = await import("./passkeys.ts");
    return this.answer(id, shown, { passkey: await signByPasskey(this.api, `/v1/runs/${id}/passkey`) });
  }

  cancel(id: string, { rev }: Pick<Screen, "rev">): Promise<Screen> {
    return this.api.post(`/v1/runs/${id}/cancel`, { rev });
  }

  /** Another one-time code. */
  async newCode(id: string): Promise<Screen> {
    await this.api.post(`/v1/runs/${id}/code`);
    return this.screen(id);
  }
}
