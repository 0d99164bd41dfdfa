/** What stands where? Bar, notices, rail, and beside them the idle room or the cases. */
import { useEffect } from "preact/hooks";
import { listen } from "../state/keys.ts";
import { titleOf } from "../state/title.ts";
import { Announcer } from "./Announcer.tsx";
import { AskLines } from "./AskLines.tsx";
import { Bar } from "./Bar.tsx";
import { CaseRoom } from "./CaseRoom.tsx";
import { useDesk } from "./context.ts";
import { Idle } from "./Idle.tsx";
import { InsightLater } from "./InsightLater.tsx";
import { LinkBanner } from "./LinkBanner.tsx";
import { OfferLine } from "./OfferLine.tsx";
import { PassOnDialog } from "./PassOnDialog.tsx";
import { Rail } from "./Rail.tsx";
import { Shortcuts } from "./Shortcuts.tsx";
import { TakenBanner } from "./TakenBanner.tsx";
import { TroubleBanner } from "./TroubleBanner.tsx";

export function DeskPage() {
  const desk = useDesk();
  const me = desk.me.value;
  const open = desk.current.value;
  const title = titleOf(desk);

  useEffect(() => listen(desk), [desk]);
  useEffect(() => { document.title = title; }, [title]);

  return (
    <div class="desk" aria-busy={me === null} onPointerDown={() => void desk.ring.unlock()}>
      <Bar />
      <div class="notices">
        <LinkBanner />
        <TakenBanner />
        <AskLines />
        {open && <TroubleBanner />}
        {open && <OfferLine />}
      </div>
      <Rail />
      {!open && (desk.insight.shown.value ? <InsightLater /> : <Idle />)}
      {[...desk.cases.value.values()].map((one) => <CaseRoom key={one.id} one={one} hidden={one !== open} />)}
      <Announcer />
      {open?.passOn.open.value && <PassOnDialog key={open.id} one={open} />}
      {desk.showsShortcuts.value && <Shortcuts />}
    </div>
  );
}
