/** Which sentence tells the agent that something did not work? */
import type { Problem } from "../../sdk/types.ts";

const problemOf = (error: unknown): Problem | undefined => (error as { problem?: Problem } | null)?.problem;

/** The server's own sentence if it gave one; otherwise what is, and what is safe. */
export function troubleWords(error: unknown): string {
  const problem = problemOf(error);
  if (!problem) return "The server couldn’t be reached. Nothing was lost; try again.";
  if (problem.status >= 500) return "Something went wrong on our side. Nothing was lost; try again.";
  return problem.detail ?? problem.title;
}

/** The link of an invitation works once, and not for ever. */
export const isUsed = (error: unknown): boolean => problemOf(error)?.status === 401;

export function signInWords(error: unknown): string {
  const problem = problemOf(error);
  if (!problem) return "The server couldn’t be reached. Check the network, then try again.";
  if (problem.status === 401 || problem.status === 422) return "E-mail and password don’t belong together. Check both and try again.";
  if (problem.status === 429) return "Too many tries. Wait a minute, then try again.";
  return troubleWords(error);
}
