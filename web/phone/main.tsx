/** How does the page begin? It finds its place, signs in, connects; and says so when it cannot. */
import "../shared/tokens.css";
import "../shared/components.css";
import "./phone.css";
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../shared/icon.tsx";
import { App } from "./app.tsx";
import { connect } from "./state/client.ts";
import type { Client } from "./state/client.ts";
import { findPlace } from "./state/place.ts";
import { followAddress } from "./state/route.ts";
import { HomeLoading } from "./views/home.tsx";
import { Centre } from "./views/parts.tsx";

const AGAIN_MS = 3_000;

function Start() {
  const [client, setClient] = useState<Client | null>(null);
  const [failed, setFailed] = useState(false);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    findPlace().then(connect).then(setClient, () => {
      setFailed(true);
      setTimeout(() => setAttempt((n) => n + 1), AGAIN_MS);
    });
  }, [attempt]);
  if (client) return <App client={client} />;
  return <div class="app">{failed ? <NotSignedIn /> : <HomeLoading />}</div>;
}

/** Tries again by itself, so it asks for nothing. */
function NotSignedIn() {
  return (
    <main class="page">
      <Centre icon={<span class="tile tile--plain"><Icon name="offline" /></span>} title="We can’t reach the bank">
        <p class="lead" role="status">Nothing is lost. We try again every few seconds.</p>
      </Centre>
    </main>
  );
}

followAddress();
render(<Start />, document.getElementById("app")!);
