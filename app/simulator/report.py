"""What did the day show, and did every promise hold?"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from app.simulator.floor import Floor
from app.simulator.log import Outcomes
from app.simulator.watch import CRISIS_S

HOLDS_FROM, HOLDS_TO = 85.0, 95.0
"""Nine in ten are to be answered within the p90 they were shown; more is no more honest."""

EXAMPLES = 3


class QueueReport(Struct, frozen=True, kw_only=True):
    queue: str
    asked: int
    turned_away: int
    answered: int
    left: int
    wait_p50_s: float
    wait_p90_s: float
    in_time_pct: float
    """Service level: answered within the time, of all whose wait is over."""
    within_shown_pct: float


class Check(Struct, frozen=True, kw_only=True):
    what: str
    holds: bool
    found: str


class Report(Struct, frozen=True, kw_only=True):
    name: str
    seed: int
    customers: int
    abandoned_pct: float
    occupancy_pct: float
    within_shown_pct: float
    service_level_s: int
    queues: tuple[QueueReport, ...]
    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        return all(check.holds for check in self.checks)


def report(floor: Floor) -> Report:
    """The figures and the verdict on a floor whose day is over."""
    scenario, outcomes = floor.day.scenario, floor.log.queues
    asked = sum(one.asked for one in outcomes.values())
    shown = [pair for one in outcomes.values() for pair in one.shown]
    return Report(
        name=scenario.name,
        seed=scenario.seed,
        customers=asked + sum(one.turned_away for one in outcomes.values()),
        abandoned_pct=_pct(sum(one.left for one in outcomes.values()), asked),
        occupancy_pct=_pct(floor.log.busy_s, floor.log.staffed_s),
        within_shown_pct=within(shown),
        service_level_s=scenario.service_level_s,
        queues=tuple(
            _of_queue(name, outcomes[name], scenario.service_level_s) for name in sorted(outcomes)
        ),
        checks=tuple(_checks(floor, within(shown))),
    )


def within(shown: Sequence[tuple[int, float]]) -> float:
    """Of those answered, the percentage answered within the p90 that they were shown."""
    return _pct(sum(waited <= p90 for p90, waited in shown), len(shown))


def _of_queue(name: str, one: Outcomes, in_time_s: int) -> QueueReport:
    in_time = sum(waited <= in_time_s for waited in one.waits_s)
    return QueueReport(
        queue=name,
        asked=one.asked,
        turned_away=one.turned_away,
        answered=len(one.waits_s),
        left=one.left,
        wait_p50_s=_quantile(one.waits_s, 0.5),
        wait_p90_s=_quantile(one.waits_s, 0.9),
        in_time_pct=_pct(in_time, len(one.waits_s) + one.left),
        within_shown_pct=within(one.shown),
    )


def _checks(floor: Floor, within_pct: float) -> Iterable[Check]:
    watch = floor.watch
    yield Check(
        what=f"a crisis is offered within {CRISIS_S:.0f} s of a matching agent being free",
        holds=not watch.late_crises,
        found=_found(watch.late_crises)
        or f"{watch.crises} offers, at most after {watch.crisis_s:.1f} s",
    )
    for what, breaches in (
        ("nobody is overtaken by an equal, but at an agent who let them go", watch.overtaken),
        ("nobody is stuck: served or gone at the end, and never beside a free agent", watch.stuck),
        ("no agent is beyond capacity", watch.over_capacity),
    ):
        yield Check(what=what, holds=not breaches, found=_found(breaches) or "never otherwise")
    yield Check(
        what=f"{HOLDS_FROM:.0f} to {HOLDS_TO:.0f} % are answered within the p90 they were shown",
        holds=HOLDS_FROM <= within_pct <= HOLDS_TO,
        found=f"{within_pct:.1f} %",
    )


def _found(breaches: Sequence[str]) -> str:
    """The first ones, so that they can be looked into."""
    if not breaches:
        return ""
    return f"{len(breaches)} times: " + "; ".join(breaches[:EXAMPLES])


def _pct(part: float, whole: float) -> float:
    return round(100 * part / whole, 1) if whole else 0.0


def _quantile(values: Sequence[float], share: float) -> float:
    if not values:
        return 0.0
    return round(sorted(values)[int((len(values) - 1) * share)], 1)
