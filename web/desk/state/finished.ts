/** How did the last interactions of this agent turn out? A rating often comes after the wrap-up. */
import { effect, signal, type ReadonlySignal } from "@preact/signals";
import type { Interaction, Uuid } from "../../sdk/types.ts";
import type { Conversation, DeskApi, DeskLive } from "./ports.ts";

const MEMORY = "warmline.desk.finished";
const KEPT = 4;

interface Followed { conversation: Conversation; stop: () => void }

export class Finished {
  readonly #list = signal<readonly Interaction[]>([]);
  readonly #followed = new Map<Uuid, Followed>();
  readonly #api: DeskApi;
  readonly #live: DeskLive;
  readonly #memory: Storage;

  constructor(api: DeskApi, live: DeskLive, memory: Storage) {
    this.#api = api;
    this.#live = live;
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
    for (const old of list.slice(KEPT)) this.#drop(old.id);
    this.#memory.setItem(MEMORY, this.#list.value.map((one) => one.id).join(" "));
    if (!this.#followed.has(interaction.id)) this.#follow(interaction);
  }

  /** A rating in the customer's log is the sign to look at the interaction again. */
  #follow({ id, conversation_id }: Interaction): void {
    const conversation = this.#live.open(conversation_id);
    let ratings = -1;
    const stop = effect(() => {
      const count = conversation.events.value.filter((event) => event.kind === "rating").length;
      if (ratings >= 0 && count > ratings) void this.#refresh(id);
      ratings = count;
    });
    this.#followed.set(id, { conversation, stop });
  }

  #drop(id: Uuid): void {
    this.#followed.get(id)?.stop();
    this.#followed.get(id)?.conversation.close();
    this.#followed.delete(id);
  }
}
