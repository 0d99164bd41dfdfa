/** Every state of the desk from fixed values: `?state=` names one, without it all are listed. */
import { useMemo } from "preact/hooks";
import { DeskContext } from "../views/context.ts";
import { DeskPage } from "../views/DeskPage.tsx";
import { SignIn } from "../views/SignIn.tsx";
import { staged } from "./fixture.ts";
import { SCENES, type Entry } from "./scenes.ts";

const DOORS: Record<string, string | null> = { "sign-in": null, "sign-in-refused": "E-mail and password don’t belong together. Check both and try again." };

export function Gallery({ state }: { state: string | null }) {
  if (state !== null && state in DOORS) return <SignIn enter={async () => undefined} trouble={DOORS[state]!} />;
  const scene = state === null ? undefined : SCENES[state];
  return scene ? <Scene scene={scene} /> : <Names />;
}

function Scene({ scene }: { scene: Entry }) {
  const desk = useMemo(() => {
    const made = staged(scene);
    scene.after?.(made);
    return made.desk;
  }, [scene]);
  return <DeskContext.Provider value={{ desk, signOut: () => undefined }}><DeskPage /></DeskContext.Provider>;
}

function Names() {
  return (
    <main class="gallery-names">
      <h1>States of the desk</h1>
      <ul>{[...Object.keys(DOORS), ...Object.keys(SCENES)].map((name) => <li key={name}><a href={`?state=${name}`}>{name}</a></li>)}</ul>
    </main>
  );
}
