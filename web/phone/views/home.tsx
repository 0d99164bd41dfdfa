/** What does the customer meet first? What was left open, the cards, and what can be done alone. */
import type { ComponentChildren } from "preact";
import { firstName, initials, when } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import type { IconName } from "../../shared/icon.tsx";
import type { FlowSummary, RunSummary } from "../../sdk/types.ts";
import type { Card, CardStatus } from "../state/bank.ts";
import { FLOW_OF_CARD } from "../state/bank.ts";
import { Banner, HelpButton, Row, Steps } from "./parts.tsx";
import type { Act } from "./parts.tsx";

export interface HomeProps {
  name: string;
  /** Nobody signed in: there is help, and the way to sign in. */
  anonymous: boolean;
  now: number;
  cards: readonly Card[] | null;
  flows: readonly FlowSummary[] | null;
  run: RunSummary | null;
  unread: number;
  /** The agent whose help has not been rated yet. */
  unrated: string | null;
  trouble: string | null;
  onSignIn: Act;
  /** What is planned or was missed, as a card of its own. */
  callback: ComponentChildren;
  /** None where this browser knows no passkeys. */
  onPasskeys: Act | null;
  onHelp: Act;
  onMessages: Act;
  onRate: Act;
  onResume: (run: RunSummary) => void;
  onFlow: (flow: string, card?: Card) => void;
}

const STATUS: Record<CardStatus, { words: string; tag: string; icon: IconName }> = {
  sent: { words: "On its way", tag: "tag--accent", icon: "parcel" },
  active: { words: "Active", tag: "tag--ok", icon: "check" },
  blocked: { words: "Blocked", tag: "tag--danger", icon: "lock" },
  frozen: { words: "Frozen", tag: "tag--warn", icon: "freeze" },
  expired: { words: "Expired", tag: "tag--warn", icon: "clock" },
};

const ICON_OF_FLOW: Record<string, IconName> = { activate_debit_card: "card", dispute_a_charge: "receipt", freeze_card: "freeze", where_is_my_order: "parcel" };

function greeting(now: number): string {
  const hour = new Date(now).getHours();
  return hour < 5 ? "Good evening" : hour < 12 ? "Good morning" : hour < 18 ? "Good afternoon" : "Good evening";
}

export function Home(props: HomeProps) {
  const { name, now, unread, run, unrated } = props;
  return (
    <div class="page">
      <main class="body body--under-help">
        <div class="home__hello">
          <h1 class="title">{greeting(now)}{props.anonymous ? "" : `, ${firstName(name)}`}</h1>
          <button type="button" class="icon-button unread" aria-label={unread ? `Messages, ${unread} new` : "Messages"} data-testid="messages" onClick={props.onMessages}>
            <Icon name="text" large />{unread > 0 && <b aria-hidden="true">{unread}</b>}
          </button>
          <span class="avatar" role="img" aria-label={name}>{initials(name)}</span>
        </div>
        {props.trouble && <Banner icon="alert" tone="danger">{props.trouble}</Banner>}
        {props.anonymous && (
          <ul class="rows card"><Row icon="lock" name="Can’t sign in?" more="Talk to us from here. What you say comes along when you sign in." testId="locked-out" onPick={props.onHelp} /><Row icon="person" plain name="Sign in" more="See your cards and what you left open" testId="sign-in" onPick={props.onSignIn} /></ul>
        )}
        {props.callback}
        {run && <Resume run={run} now={now} onResume={() => props.onResume(run)} />}
        {unrated && (
          <ul class="rows card"><Row icon="face-4" name={`How was it with ${firstName(unrated)}?`} more="One tap is enough" testId="rate" onPick={props.onRate} /></ul>
        )}
        <Cards {...props} />
        <Flows {...props} />
        {props.onPasskeys && <ul class="rows card"><Row icon="lock" plain name="Passkeys" more="Confirm with your face, your finger or a PIN" testId="passkeys" onPick={props.onPasskeys} /></ul>}
      </main>
      <HelpButton floating onHelp={props.onHelp} />
    </div>
  );
}

function Resume({ run, now, onResume }: { run: RunSummary; now: number; onResume: Act }) {
  return (
    <article class="card resume">
      <div class="resume__head">
        <span class="tile"><Icon name={ICON_OF_FLOW[run.flow] ?? "flow"} /></span>
        <div class="resume__words"><h2 class="row__name">{run.title}</h2><p class="row__more">Saved {when(run.updated_at, now)}</p></div>
      </div>
      {run.progress ? <Steps progress={run.progress} name={run.step_title} /> : <p class="lead">{run.step_title}</p>}
      <button type="button" class="button button--primary button--wide" data-testid="resume" onClick={onResume}>Continue</button>
    </article>
  );
}

function Cards({ cards, onFlow }: HomeProps) {
  if (cards?.length === 0) return null;
  return (
    <>
      <h2 class="section">Your cards</h2>
      {cards === null ? <div class="skeleton skeleton--row" aria-hidden="true" /> : (
        <ul class="rows card">
          {cards.map((card) => {
            const flow = FLOW_OF_CARD[card.status];
            return flow
              ? <Row key={card.id} icon="card" name={card.label} more={`${hint(card)}Activate it now`} end={<Status of={card.status} />} testId={`card-${card.id}`} onPick={() => onFlow(flow, card)} />
              : <PlainCard key={card.id} card={card} />;
          })}
        </ul>
      )}
    </>
  );
}

/** The digits the bank tells; of a card that is still to be activated only the last one ("•••7"). */
const digits = (card: Card): string => (card.last4_hint ? (card.last4_hint.startsWith("•") ? card.last4_hint : `•••• ${card.last4_hint}`) : "");
const hint = (card: Card): string => (card.last4_hint ? `${digits(card)}. ` : "");

function Status({ of }: { of: CardStatus }) {
  const { words, tag, icon } = STATUS[of];
  return <span class={`tag ${tag}`}><Icon name={icon} />{words}</span>;
}

function PlainCard({ card }: { card: Card }) {
  return (
    <li>
      <div class="row" data-testid={`card-${card.id}`}>
        <span class="tile tile--plain"><Icon name="card" /></span>
        <span class="row__words"><span class="row__name">{card.label}</span>{card.last4_hint && <span class="row__more numeric">{digits(card)}</span>}</span>
        <Status of={card.status} />
      </div>
    </li>
  );
}

function Flows({ flows, onFlow }: HomeProps) {
  if (flows?.length === 0) return null;
  return (
    <>
      <h2 class="section">Do it yourself</h2>
      {flows === null ? <div class="skeleton skeleton--row" aria-hidden="true" /> : (
        <ul class="rows card">
          {flows.map(({ flow, title, summary }) => (
            <Row key={flow} icon={ICON_OF_FLOW[flow] ?? "flow"} plain name={title} more={summary} testId={`flow-${flow}`} onPick={() => onFlow(flow)} />
          ))}
        </ul>
      )}
    </>
  );
}

/** Until the customer's name is known: the real layout, grey. */
export function HomeLoading() {
  return (
    <div class="page">
      <main class="body" aria-busy="true">
        <h1 class="sr-only">Loading your cards</h1>
        <div class="loading" aria-hidden="true">
          <div class="skeleton skeleton--line" /><div class="skeleton skeleton--short" />
          <div class="skeleton skeleton--block" /><div class="skeleton skeleton--row" /><div class="skeleton skeleton--row" />
        </div>
      </main>
    </div>
  );
}
