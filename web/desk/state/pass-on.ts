/** To whom does this go, or who comes to help? What is being filled in, and the request that follows. */
import { computed, signal } from "@preact/signals";
import type { Role, Target, Targets, Uuid } from "../../sdk/types.ts";
import { Commands } from "./command.ts";
import type { DeskApi } from "./ports.ts";
import { Resource } from "./resource.ts";

/** `transfer` gives it away at once; the others ask a colleague first. */
export type Way = "transfer" | Role;

/** A colleague in one of these is not at work. */
const AWAY = ["offline", "break", "unreachable"];

export class PassOn {
  readonly open = signal(false);
  readonly way = signal<Way>("transfer");
  /** As the list has it: `queue cards`, `agent <id>`. */
  readonly to = signal("");
  readonly reason = signal("");
  readonly note = signal("");
  readonly commands = new Commands();
  readonly targets: Resource<Targets>;
  readonly #id: Uuid;
  readonly #api: DeskApi;

  constructor(id: Uuid, api: DeskApi) {
    this.#id = id;
    this.#api = api;
    this.targets = new Resource(() => api.targets());
  }

  /** Whether enough is said. */
  readonly ready = computed(() => this.to.value !== "" && (this.way.value !== "transfer" || this.reason.value.trim() !== ""));

  show(way: Way = "transfer"): void {
    this.way.value = way;
    this.open.value = true;
    void this.targets.refresh();
  }

  async go(): Promise<void> {
    const [way, to, note] = [this.way.value, targetOf(this.to.value), this.note.value.trim()];
    if (!this.ready.value || !to) return;
    const done = await this.commands.run("pass-on", () => way === "transfer"
      ? this.#api.transfer(this.#id, to, this.reason.value.trim(), note)
      : this.#api.askIn(this.#id, way, to, note));
    if (done) this.open.value = false;
  }
}

function targetOf(choice: string): Target | null {
  const [kind, name] = [choice.slice(0, choice.indexOf(" ")), choice.slice(choice.indexOf(" ") + 1)];
  if (kind === "queue") return { kind, name };
  return kind === "agent" ? { kind, id: name } : null;
}

/** Those who can be asked: people who are not at work cannot. */
export const present = (targets: Targets): Targets => ({ ...targets, agents: targets.agents.filter(({ state }) => !AWAY.includes(state)) });
