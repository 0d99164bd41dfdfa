/** Which request of the agent is under way, and did the last one fail? */
import { signal } from "@preact/signals";
import { troubleWords } from "./trouble.ts";

/** One at a time: a second press while one is under way does nothing. */
export class Commands {
  readonly doing = signal<string | null>(null);
  readonly trouble = signal<string | null>(null);

  /** True when it went through; otherwise `trouble` says why not. */
  async run(name: string, request: () => Promise<unknown>): Promise<boolean> {
    if (this.doing.value !== null) return false;
    this.doing.value = name;
    this.trouble.value = null;
    try {
      await request();
      return true;
    } catch (error) {
      this.trouble.value = troubleWords(error);
      return false;
    } finally {
      this.doing.value = null;
    }
  }
}
