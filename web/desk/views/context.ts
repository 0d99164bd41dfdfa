/** How does a view reach the desk it stands on? */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Desk } from "../state/desk.ts";

export interface Surroundings { desk: Desk; signOut: () => void }

export const DeskContext = createContext<Surroundings | null>(null);

export function useSurroundings(): Surroundings {
  const found = useContext(DeskContext);
  if (!found) throw new Error("a view of the desk stands outside a desk");
  return found;
}

export const useDesk = (): Desk => useSurroundings().desk;
