/** What is everybody doing? */
import { Icon } from "../../shared/icon.tsx";
import { teamStanding } from "../state/presence.ts";
import { useDesk } from "./context.ts";
import { Loading } from "./PaneState.tsx";

export function TeamPanel() {
  const me = useDesk().me.value;
  return (
    <section class="panel" aria-labelledby="team-head" data-testid="team">
      <h2 class="section" id="team-head">Team</h2>
      {!me && <Loading lines={4} label="Team, loading" />}
      {me && me.team.length === 0 && <p class="panel__none">Nobody else is signed in.</p>}
      {me && (
        <ul class="list">
          {me.team.map(({ id, name, state }) => {
            const { word, icon, tone } = teamStanding(state);
            return <li key={id}><span class={`state state--${tone}`}><Icon name={icon} /></span><span class="clip">{id === me.agent.id ? "You" : name}</span><span class="end">{word}</span></li>;
          })}
        </ul>
      )}
    </section>
  );
}
