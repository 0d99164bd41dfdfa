/** What do we say when something fails? What is, what is safe, what now. */
import { ApiProblem, Unreachable } from "../../sdk/api.ts";

export function sentence(error: unknown): string {
  if (error instanceof Unreachable || error instanceof TypeError) return "We couldn’t reach the bank. Your answers are safe; try again in a moment.";
  if (error instanceof DOMException) return "Your passkey wasn’t used. Nothing was changed; try again.";
  if (error instanceof ApiProblem && error.status < 500) return error.message;
  return "That didn’t go through. Nothing was changed; try again.";
}
