/** Every state of the desk from fixed values: `?state=` names one, without it all are listed. */
import type { Desk } from "../state/desk.ts";
import { ChoosePassword } from "../views/ChoosePassword.tsx";
import { DeskContext } from "../views/context.ts";
import { DeskPage } from "../views/DeskPage.tsx";
import { SignIn } from "../views/SignIn.tsx";
import { staged } from "./fixture.ts";
import { SCENES } from "./scenes.ts";

const DOORS: Record<string, string | null> = { "sign-in": null, "sign-in-refused": "E-mail and password don’t belong together. Check both and try again." };

/** Whether the link was used. */
const INVITED: Record<string, boolean> = { "invited": false, "invited-over": true };

/** What a state looks like. The desk is made here, before anything is drawn. */
export function gallery(state: string | null) {
  if (state !== null && state in DOORS) return <SignIn enter={async () => undefined} trouble={DOORS[state]!} />;
  if (state !== null && state in INVITED) return <ChoosePassword choose={async () => undefined} signIn={() => undefined} used={INVITED[state]!} />;
  const scene = state === null ? undefined : SCENES[state];
  if (!scene) return <Names />;
  const made = staged(scene);
  scene.after?.(made);
  return <Standing desk={made.desk} />;
}

function Standing({ desk }: { desk: Desk }) {
  return <DeskContext.Provider value={{ desk, signOut: () => undefined }}><DeskPage /></DeskContext.Provider>;
}

function Names() {
  return (
    <main class="gallery-names">
      <h1>States of the desk</h1>
      <ul>{[...Object.keys(DOORS), ...Object.keys(INVITED), ...Object.keys(SCENES)].map((name) => <li key={name}><a href={`?state=${name}`}>{name}</a></li>)}</ul>
    </main>
  );
}
