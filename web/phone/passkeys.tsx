/** How does a customer get a passkey, see which there are, and remove one? Fetched on its own: few need it, and seldom. */
import { useEffect, useState } from "preact/hooks";
import { when } from "../shared/format.ts";
import { Icon } from "../shared/icon.tsx";
import type { Api } from "../sdk/api.ts";
import { addPasskey } from "../sdk/passkeys.ts";
import type { Passkey, Passkeys } from "../sdk/types.ts";
import { sentence } from "./state/words.ts";
import { Banner, Centre, Top } from "./views/parts.tsx";
import type { Act } from "./views/parts.tsx";

const PATH = "/v1/me/passkeys";

/** What the customer has, looked at when it is first shown and after each change. */
function usePasskeys(api: Api) {
  const [found, setFound] = useState<Passkeys | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const look = async (first?: () => Promise<unknown>): Promise<void> => {
    setBusy(first !== undefined);
    try {
      await first?.();
      setFound(await api.get<Passkeys>(PATH));
      setTrouble(null);
    } catch (error) {
      setTrouble(sentence(error));
    } finally {
      setBusy(false);
    }
  };
  useEffect(() => void look(), [api]);
  return {
    found, trouble, busy,
    add: () => look(() => addPasskey(api, deviceName(navigator.userAgent))),
    remove: (one: Passkey) => look(() => api.delete(`${PATH}/${one.id}`)),
  };
}

/** Right after a proof, which is when one can be added: not again to whoever has one. */
export function Offer({ api }: { api: Api }) {
  const { found, trouble, busy, add } = usePasskeys(api);
  const [added, setAdded] = useState(false);
  if (added && found?.items.length) return <Banner icon="verified" testId="passkey-added">Next time you confirm with your face, your finger or this device’s PIN.</Banner>;
  if (!found?.can_add || (found.items.length > 0 && !added)) return null;
  return <OfferCard trouble={trouble} busy={busy} onAdd={() => { setAdded(true); void add(); }} />;
}

export function OfferCard({ trouble, busy, onAdd }: { trouble: string | null; busy: boolean; onAdd: Act }) {
  return (
    <section class="card ask offer" aria-label="Add a passkey" data-testid="passkey-offer">
      <p class="ask__head"><Icon name="lock" />No code next time</p>
      <p>Confirm with your face, your finger or this device’s PIN instead. Nobody else can, even with your phone in their hands.</p>
      {trouble && <Banner icon="alert" tone="danger">{trouble}</Banner>}
      <button type="button" class="button button--secondary button--wide" aria-busy={busy} disabled={busy} data-testid="passkey-add" onClick={onAdd}>Add a passkey</button>
    </section>
  );
}

export function PasskeysPage({ api, onBack }: { api: Api; onBack: Act }) {
  const { found, trouble, busy, add, remove } = usePasskeys(api);
  return <PasskeyList found={found} trouble={trouble} busy={busy} now={Date.now()} onBack={onBack} onAdd={() => void add()} onRemove={(one) => void remove(one)} />;
}

export interface PasskeyListProps {
  found: Passkeys | null; trouble: string | null; busy: boolean; now: number; onBack: Act; onAdd: Act; onRemove: (one: Passkey) => void;
}

export function PasskeyList({ found, trouble, busy, now, onBack, onAdd, onRemove }: PasskeyListProps) {
  return (
    <div class="page">
      <Top title="Passkeys" back={onBack} />
      <main class="body" aria-busy={found === null}>
        {trouble && <Banner icon="alert" tone="danger" testId="trouble">{trouble}</Banner>}
        {found?.items.length === 0 && (
          <Centre icon={<span class="tile tile--plain"><Icon name="lock" /></span>} title="No passkeys yet">
            <p class="lead">You can add one right after you have confirmed that it’s you, with a code.</p>
          </Centre>
        )}
        {found && found.items.length > 0 && <ul class="rows card">{found.items.map((one) => <Line key={one.id} one={one} now={now} busy={busy} onRemove={() => onRemove(one)} />)}</ul>}
        {found?.can_add && <button type="button" class="button button--secondary button--wide" aria-busy={busy} data-testid="passkey-add" onClick={onAdd}>Add a passkey</button>}
      </main>
    </div>
  );
}

function Line({ one, now, busy, onRemove }: { one: Passkey; now: number; busy: boolean; onRemove: Act }) {
  return (
    <li>
      <div class="row" data-testid="passkey">
        <span class="tile tile--plain"><Icon name="phone-device" /></span>
        <span class="row__words"><span class="row__name">{one.name}</span><span class="row__more">{one.used_at ? `Last used ${when(one.used_at, now)}` : `Added ${when(one.created_at, now)}`}</span></span>
        <button type="button" class="button button--quiet" disabled={busy} data-testid="passkey-remove" aria-label={`Remove ${one.name}`} onClick={onRemove}>Remove</button>
      </div>
    </li>
  );
}

const DEVICES: readonly [RegExp, string][] = [
  [/iPhone/, "iPhone"], [/iPad/, "iPad"], [/Android.*Mobile/, "Android phone"], [/Android/, "Android tablet"], [/Macintosh/, "Mac"], [/Windows/, "Windows computer"],
];

/** How the customer tells it from others, which the browser says of itself. */
const deviceName = (agent: string): string => DEVICES.find(([looks]) => looks.test(agent))?.[1] ?? "This device";
