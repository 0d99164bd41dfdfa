/** The agent would like to talk: nothing of the customer is sent before Join. */
import { firstName } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { Avatar, Banner, Sheet } from "./parts.tsx";
import type { Act } from "./parts.tsx";

export interface IncomingProps { agent: string; video: boolean; busy: boolean; trouble: string | null; onJoin: Act; onNotNow: Act }

export function Incoming({ agent, video, busy, trouble, onJoin, onNotNow }: IncomingProps) {
  const name = firstName(agent);
  return (
    <Sheet>{(titleId) => <>
      <div class="who" data-testid="incoming">
        <Avatar name={agent} />
        <div><h2 class="row__name" id={titleId}>{name} would like to {video ? "see the step with you by video" : "talk to you"}</h2><p class="row__more">{video ? "Your camera starts off." : "In the app, no number to dial."}</p></div>
      </div>
      {trouble && <Banner icon="alert" tone="danger">{trouble}</Banner>}
      <button type="button" class="button button--primary button--tall button--wide" aria-busy={busy} data-testid="join" onClick={onJoin}><Icon name={video ? "video" : "voice"} />Join</button>
      <button type="button" class="button button--quiet button--wide" data-testid="not-now" onClick={onNotNow}>Not now</button>
    </>}</Sheet>
  );
}
