/** Who is beside me with this customer, or beside whom am I? One line each, with what can be done about it. */
import type { ComponentChildren } from "preact";
import { firstName } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import type { Participant } from "../../sdk/types.ts";
import type { Case } from "../state/case.ts";
import { readable } from "../state/facts.ts";

export function BesideLines({ one }: { one: Case }) {
  const part = one.part.value;
  if (part) return <MyPart one={one} part={part} />;
  return <>{one.interaction.value.participants.map((beside) => <Beside key={beside.id} one={one} beside={beside} />)}</>;
}

function Line({ words, more, children }: { words: string; more: string; children: ComponentChildren }) {
  return (
    <div class="beside" data-testid="beside">
      <Icon name="people" />
      <p class="beside__words" role="status"><b>{words}</b>{more && <span dir="auto">{more}</span>}</p>
      <div class="beside__acts">{children}</div>
    </div>
  );
}

function Beside({ one, beside }: { one: Case; beside: Participant }) {
  const doing = one.commands.doing.value;
  const joined = beside.state === "joined";
  return (
    <Line words={standing(beside)} more={beside.note}>
      {joined && (
        <button class="button button--secondary" data-testid="hand-over" aria-busy={doing === "hand-over"} onClick={() => void one.handOver(beside)}>
          {doing === "hand-over" ? "Handing over" : `Hand over to ${firstName(beside.agent?.name ?? "them")}`}
        </button>
      )}
      <button class="button button--quiet" data-testid="take-back" aria-busy={doing === "leave"} onClick={() => void one.leave(beside)}>{joined ? "Thanks, I go on" : "Never mind"}</button>
    </Line>
  );
}

function standing({ role, state, agent, queue }: Participant): string {
  const name = agent ? firstName(agent.name) : null;
  if (state === "joined") return role === "consult" ? `${name ?? "A colleague"} reads along` : `${name ?? "A colleague"} writes with you`;
  return name ? `${name} is being asked` : `Somebody of ${readable(queue ?? "the team")} is looked for`;
}

function MyPart({ one, part }: { one: Case; part: Participant }) {
  const name = firstName(part.asked_by.name);
  return (
    <Line words={part.role === "consult" ? `${name} asks for your advice` : `You write along with ${name}`} more={part.note}>
      <button class="button button--secondary" data-testid="leave" aria-busy={one.commands.doing.value === "leave"} onClick={() => void one.leave(part)}>Leave</button>
    </Line>
  );
}
