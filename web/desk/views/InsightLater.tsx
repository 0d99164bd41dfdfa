/** When is the page of insight fetched? When a lead opens it: nobody else ever needs it. */
import { useEffect } from "preact/hooks";
import { Part } from "../../shared/part.ts";
import { Failed, Loading } from "./PaneState.tsx";

const part = new Part(() => import("./InsightPage.tsx"));

export function InsightLater() {
  useEffect(() => void part.load(), []);
  const page = part.module.value;
  if (page) return <div class="room room--insight"><page.InsightPage /></div>;
  return (
    <div class="room room--insight">
      <main class="pane pane--main">
        {part.failed.value ? <Failed what="Insight" again={() => void part.again(() => location.reload())} /> : <Loading lines={6} label="Insight, loading" />}
      </main>
    </div>
  );
}
