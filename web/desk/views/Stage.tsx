/** Do I see and hear the customer? A picture as upright as the phone it comes from; a line where there is only voice. */
import { firstName, initials } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import type { Call } from "../../sdk/types.ts";
import type { Case } from "../state/case.ts";
import { since } from "../state/clock.ts";
import { waited } from "../state/facts.ts";
import { linkWords, stageWords } from "../state/stage.ts";
import { useDesk } from "./context.ts";
import { MediaView } from "./MediaView.tsx";

export function Stage({ one, call }: { one: Case; call: Call }) {
  return call.video ? <Picture one={one} call={call} /> : <VoiceLine one={one} call={call} />;
}

function Picture({ one, call }: { one: Case; call: Call }) {
  const view = one.call.value?.view.value ?? null;
  const { customer } = one.interaction.value;
  const name = firstName(customer.name);
  const words = stageWords(call, view, name);
  const dark = !words && call.customer_media?.video === false;
  return (
    <div class="stage" data-theme="dark" data-testid="stage" data-flowing={view?.flowing ?? false}>
      <MediaView class="stage__remote" stream={view?.remote ?? null} testId="remote-video" label={`Picture of ${customer.name}`} />
      {(words || dark) && (
        <div class="stage__words" role="status">
          <span class="avatar">{initials(customer.name)}</span>
          <strong>{words?.title ?? `${name}’s camera is off`}</strong>
          <p>{words?.text ?? "You hear each other; the picture can come back at any time."}</p>
          {call.state === "recovering" && <button class="button button--secondary" onClick={() => void one.setChannel("voice")}>Go on with voice only</button>}
        </div>
      )}
      <StageTags one={one} call={call} />
      <div class="stage__self">
        <MediaView stream={view?.local ?? null} muted hidden={!view?.own.video} testId="local-video" label="Your own picture" />
        {!view?.own.video && <Icon name="video-off" />}
      </div>
    </div>
  );
}

function VoiceLine({ one, call }: { one: Case; call: Call }) {
  const desk = useDesk();
  const view = one.call.value?.view.value ?? null;
  const { customer, accepted_at, enqueued_at } = one.interaction.value;
  const words = stageWords(call, view, firstName(customer.name));
  const link = linkWords(view);
  return (
    <div class="voice" data-theme="dark" data-testid="stage" data-flowing={view?.flowing ?? false}>
      <span class="avatar">{initials(customer.name)}</span>
      <div class="voice__words" role="status">
        <strong>{words?.title ?? `On the line, ${waited(since(accepted_at ?? enqueued_at, desk.clock.now.value))}`}</strong>
        <span>{words?.text ?? [link?.text, call.customer_media?.audio === false ? "muted over there" : ""].filter(Boolean).join(", ")}</span>
      </div>
      <MediaView class="stage__sounds" stream={view?.remote ?? null} testId="remote-audio" label={`Voice of ${customer.name}`} />
    </div>
  );
}

function StageTags({ one, call }: { one: Case; call: Call }) {
  const link = linkWords(one.call.value?.view.value ?? null);
  return (
    <div class="stage__top">
      {link ? <span class="stage__tag" data-testid="link-quality"><Icon name={link.icon} />{link.text}</span> : <span />}
      {call.customer_media?.audio === false && <span class="stage__tag"><Icon name="mic-off" />{firstName(one.interaction.value.customer.name)} is muted</span>}
    </div>
  );
}
