/** Which screen belongs to a run? Fetched on its own: the first screen needs none of it, and new kinds of steps cost it nothing. */
import "./run.css";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { firstName } from "../shared/format.ts";
import { Runs } from "../sdk/runs.ts";
import type { HelpOptions, Screen } from "../sdk/types.ts";
import type { Actions } from "./state/actions.ts";
import type { Client } from "./state/client.ts";
import { Draft } from "./state/draft.ts";
import { filesOver } from "./state/files.ts";
import { helpPath } from "./state/help.ts";
import { handedBack } from "./state/log.ts";
import { go, route } from "./state/route.ts";
import { RunModel } from "./state/run.ts";
import { unratedBy } from "./state/standing.ts";
import { useNow } from "./state/use.ts";
import { asWord } from "./state/values.ts";
import { Flow } from "./views/flow.tsx";
import { HomeLoading } from "./views/home.tsx";
import { Banner } from "./views/parts.tsx";

export interface RunProps { client: Client; actions: Actions; id: string; inert?: boolean; offer?: ComponentChildren; onHelp: () => void }

const PROGRESS_MS = 2_000;
/** A wait that is over is noticed by the server within a moment. */
const AFTERWARDS_MS = 2_000;
/** Browsers count no further than 24 days, and nobody looks at a page so long. */
const LONGEST_MS = 86_400_000;

/** The run that the customer has before them: opening it is more than looking at it again. */
let here: string | null = null;

/** A sheet over the run is no leaving. */
function isLeft(id: string): boolean {
  const at = route.value;
  return at.page === "run" ? at.id !== id : !("run" in at) || at.run !== id;
}

export function RunPage({ client, actions, id, inert = false, offer, onHelp }: RunProps) {
  const run = useMemo(() => new RunModel(new Runs(client.api), client.recorder, new Draft(sessionStorage, id), id), [client, id]);
  const uploading = useMemo(() => filesOver(client.api, client.conversationId), [client]);
  const { me, events } = client;
  const now = useNow(client.serverNow, 5_000);
  const summary = me.value!.runs.find((item) => item.id === id);
  const changed = `${summary?.status} ${summary?.updated_at} ${events.value.findLast((e) => (e.body as { run_id?: string }).run_id === id)?.seq}`;
  useEffect(() => {
    void (here === id ? run.load() : run.open());
    here = id;
  }, [run, changed]);
  useEffect(() => () => { if (isLeft(id)) here = null; }, [id]);
  const screen = run.screen.value;
  useEffect(() => lookAgain(run, screen, client.serverNow()), [screen?.kind, screen?.rev]);
  const helpWait = useHelpWait(client, id, screen?.nudge ?? false);
  if (!screen) return <div class="app__fill">{run.trouble.value ? <div class="page__banner"><Banner icon="alert" tone="danger">{run.trouble.value}</Banner></div> : <HomeLoading />}</div>;
  const { interaction } = me.value!;
  const back = handedBack(id, events.value) && interaction?.agent ? firstName(interaction.agent.name) : null;
  return (
    <div class="app__fill" inert={inert}>
      <Flow screen={screen} errors={run.errors.value} trouble={run.trouble.value} busy={run.busy.value} now={now} handedBackBy={back} helpWait={helpWait}
        typed={run.typed} files={uploading} onField={(field, value) => { run.keep(field, value); client.recorder.field(field.id, asWord(value)); }}
        onAnswer={(values) => { client.recorder.track("answered", { screen: screen.title }); void run.answer(values); }}
        onReopen={(step) => void run.reopen(step)}
        onNewCode={() => void run.newCode()} onPasskey={() => void run.usePasskey()} offer={offer} onCancel={() => void run.cancel()} onLeave={() => go({ page: "home" })}
        onHelp={onHelp} onTalk={() => go({ page: "talk" })}
        onDone={() => go(unratedBy(interaction, actions.skipped.value) ? { page: "rate" } : { page: "home" }, "replace")} />
    </div>
  );
}

/** What goes on by itself is looked at: an action every few seconds, a wait once its time is over or the customer comes back to it. */
function lookAgain(run: RunModel, screen: Screen | null, now: number): (() => void) | undefined {
  if (screen?.kind === "progress") {
    const timer = setInterval(() => void run.load(), PROGRESS_MS);
    return () => clearInterval(timer);
  }
  if (screen?.kind !== "wait") return undefined;
  const left = screen.until ? Date.parse(screen.until) - now + AFTERWARDS_MS : LONGEST_MS;
  const timer = setTimeout(() => void run.load(), Math.min(Math.max(left, AFTERWARDS_MS), LONGEST_MS));
  const back = (): void => { if (document.visibilityState === "visible") void run.open(); };
  document.addEventListener("visibilitychange", back);
  return () => { clearTimeout(timer); document.removeEventListener("visibilitychange", back); };
}

/** How long one would wait for a person, asked once when the nudge appears. */
function useHelpWait(client: Client, run: string, wanted: boolean): number | null {
  const [seconds, setSeconds] = useState<number | null>(null);
  useEffect(() => {
    if (!wanted) return;
    client.api.get<HelpOptions>(helpPath(run)).then(({ channels }) => setSeconds(shortest(channels)), () => undefined);
  }, [wanted, run]);
  return seconds;
}

function shortest(channels: HelpOptions["channels"]): number | null {
  const waits = channels.flatMap(({ wait_p50_s }) => (wait_p50_s === null ? [] : [wait_p50_s]));
  return waits.length > 0 ? Math.min(...waits) : null;
}
