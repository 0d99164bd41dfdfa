"""Would the judge of the queue notice? Each fault is planted into a day on which all went well."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from tests.chaos.queue_checker import Row, Told, Verdict, claims_ms, judge

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CAPACITY = {"ana": 1, "ben": 2}


def at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


class Day:
    """Timelines that are written step by step."""

    def __init__(self) -> None:
        self.log: list[Told] = []
        self.rows: dict[str, Row] = {}
        self._seq = 0

    def tell(self, second: float, who: str, kind: str, agent: str = "") -> None:
        self._seq += 1
        offered = kind == "interaction.offered"
        told = Told(
            committed_at=at(second),
            seq=self._seq,
            at=at(second - 0.01),
            kind=kind,
            interaction=who,
            agent=agent,
            offered_at=at(second - 0.02) if offered else None,
            expires_at=at(second + 20) if offered else None,
        )
        self.log.append(told)

    def ask(self, second: float, who: str) -> None:
        self.tell(second, who, "help.asked")
        self.rows[who] = Row(id=who, state="queued", enqueued_at=at(second - 0.02))

    def step(self, second: float, who: str, verb: str, agent: str = "") -> None:
        self.tell(second, who, f"interaction.{verb}", agent)
        states = {"offered": "offered", "accepted": "live", "ended": "wrap_up"}
        states |= {"declined": "queued", "expired": "queued"}
        self.rows[who] = structs.replace(self.rows[who], state=states.get(verb, "closed"))

    def talk(self, second: float, who: str, agent: str) -> None:
        """From the offer to the end of the wrap-up, four seconds."""
        for later, verb in enumerate(("offered", "accepted", "ended", "wrapped_up")):
            self.step(second + later, who, verb, agent)

    def verdict(self) -> dict[str, int]:
        found = structs.asdict(judge(self.log, list(self.rows.values()), CAPACITY))
        return {name: value for name, value in found.items() if value}


def good_day() -> Day:
    """Four people; Ana lets the first one go, Ben does not answer in time; one leaves."""
    day = Day()
    for second, who in enumerate(("maya", "jonas", "lina", "amir")):
        day.ask(second, who)
    day.step(10, "maya", "offered", "ana")
    day.step(11, "maya", "declined", "ana")
    day.step(12, "maya", "offered", "ben")
    day.step(12, "jonas", "offered", "ana")  # past nobody: Ana let Maya go just now
    day.step(33, "maya", "expired")
    day.step(33, "jonas", "accepted", "ana")
    day.talk(34, "lina", "ben")  # past Maya, whom Ben let go just now
    day.step(34.5, "amir", "cancelled")
    day.step(39, "jonas", "ended", "ana")
    day.step(40, "jonas", "wrapped_up", "ana")
    day.talk(101, "maya", "ana")
    return day


def test_a_good_day_is_found_good() -> None:
    assert good_day().verdict() == {}


def test_the_length_of_a_round() -> None:
    assert {round(ms) for ms in claims_ms(good_day().log)} == {20}
    assert len(claims_ms(good_day().log)) == 4


def offered_to_two(day: Day) -> None:
    day.ask(200, "grace")
    day.step(201, "grace", "offered", "ana")
    day.step(202, "grace", "offered", "ben")
    day.step(203, "grace", "cancelled")


def taken_by_two(day: Day) -> None:
    day.ask(200, "grace")
    day.step(201, "grace", "offered", "ana")
    day.step(202, "grace", "accepted", "ana")
    day.step(203, "grace", "accepted", "ana")
    day.step(204, "grace", "ended")
    day.step(205, "grace", "wrapped_up")


def taken_by_another(day: Day) -> None:
    day.ask(200, "grace")
    day.step(201, "grace", "offered", "ana")
    day.step(202, "grace", "accepted", "ben")
    day.step(203, "grace", "ended")
    day.step(204, "grace", "wrapped_up")


def beyond_capacity(day: Day) -> None:
    for who in ("grace", "sofia"):
        day.ask(200, who)
        day.step(201, who, "offered", "ana")
        day.step(202, who, "cancelled")


def beyond_capacity_in_wrap_up(day: Day) -> None:
    day.ask(200, "grace")
    day.ask(200.5, "sofia")
    day.step(201, "grace", "offered", "ana")
    day.step(202, "grace", "accepted", "ana")
    day.step(203, "grace", "ended", "ana")
    day.step(204, "sofia", "offered", "ana")
    day.step(205, "grace", "wrapped_up", "ana")
    day.step(206, "sofia", "cancelled")


def forgotten(day: Day) -> None:
    day.ask(200, "grace")


def overtaken(day: Day) -> None:
    day.ask(200, "grace")
    day.ask(201, "sofia")
    day.talk(202, "sofia", "ana")
    day.talk(210, "grace", "ana")


def overtaken_after_a_decline(day: Day) -> None:
    """Ben never had her: she comes before whoever asked later."""
    day.ask(200, "grace")
    day.step(201, "grace", "offered", "ana")
    day.step(202, "grace", "declined", "ana")
    day.ask(203, "sofia")
    day.talk(204, "sofia", "ben")
    day.talk(210, "grace", "ben")


def place_lost(day: Day) -> None:
    maya = day.rows["maya"]
    day.rows["maya"] = structs.replace(maya, enqueued_at=at(0.5))


def taken_late(day: Day) -> None:
    day.ask(200, "grace")
    day.step(201, "grace", "offered", "ana")
    day.step(223, "grace", "accepted", "ana")
    day.step(224, "grace", "ended")
    day.step(225, "grace", "wrapped_up")


def row_differs(day: Day) -> None:
    day.rows["lina"] = structs.replace(day.rows["lina"], state="live")


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        (offered_to_two, {"double_offers": 1}),
        (taken_by_two, {"double_offers": 1}),
        (taken_by_another, {"double_offers": 1}),
        (beyond_capacity, {"over_capacity": 1}),
        (beyond_capacity_in_wrap_up, {"over_capacity": 1}),
        (forgotten, {"stuck": 1}),
        (overtaken, {"overtaken": 1}),
        (overtaken_after_a_decline, {"overtaken": 1}),
        (place_lost, {"moved_back": 1}),
        (taken_late, {"late": 1}),
        (row_differs, {"differing": 1}),
    ],
)
def test_a_planted_fault_is_found(plant: Callable[[Day], None], found: dict[str, int]) -> None:
    day = good_day()
    plant(day)
    assert day.verdict() == found


def test_every_fault_is_planted_somewhere() -> None:
    kinds = {"double_offers", "over_capacity", "stuck", "overtaken", "moved_back", "late"}
    assert set(Verdict.__struct_fields__) == kinds | {"differing"}
