/** How did the last interactions of this agent turn out? A rating often comes after the wrap-up. */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { Instant, Interaction, Uuid } from "../../sdk/types.ts";
import type { DeskApi } from "./ports.ts";

const MEMORY = "warmline.desk.finished";
const KEPT = 4;

export class Finished {
  readonly #list = signal<readonly Interaction[]>([]);
  readonly #api: DeskApi;
  readonly #memory: Storage;
  #told: Instant | null = null;

  constructor(api: DeskApi, memory: Storage) {
    this.#api = api;
    this.#memory = memory;
    for (const id of this.#remembered().reverse()) void this.#refresh(id);
  }

  /** Newest first. */
  get list(): ReadonlySignal<readonly Interaction[]> {
    return this.#list;
  }

  add(interaction: Interaction): void {
    this.#put(interaction);
    void this.#refresh(interaction.id);
  }

  /** An agent whose help was rated gets a new snapshot, in which nothing else need be new: `at` is its time. */
  told(at: Instant): void {
    if (at === this.#told) return;
    this.#told = at;
    for (const { id, rating } of this.#list.value) if (rating === null) void this.#refresh(id);
  }

  #remembered(): Uuid[] {
    return (this.#memory.getItem(MEMORY) ?? "").split(" ").filter(Boolean);
  }

  async #refresh(id: Uuid): Promise<void> {
    const interaction = await this.#api.interaction(id).catch(() => null);
    if (interaction) this.#put(interaction);
  }

  #put(interaction: Interaction): void {
    const others = this.#list.value.filter((one) => one.id !== interaction.id);
    const known = others.length < this.#list.value.length;
    const list = known ? this.#list.value.map((one) => (one.id === interaction.id ? interaction : one)) : [interaction, ...others];
    this.#list.value = list.slice(0, KEPT);
    this.#memory.setItem(MEMORY, this.#list.value.map((one) => one.id).join(" "));
  }
}
