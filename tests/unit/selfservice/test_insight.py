"""What is counted of a run, by logs made by hand."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from selfservice import events
from selfservice.insight import SETTLED, bucket, look_again_at, quantile, tally
from tests.unit.selfservice.driver import AGENT, CUSTOMER, DIGITS, SYSTEM, Journey, bank_flow

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
LOADED = {"status": "issued", "code": "OK"}


def begun() -> Journey:
    journey = Journey(bank_flow(), card_id="c1")
    journey.put(acted(journey, result=LOADED))
    return journey


def acted(journey: Journey, outcome: str = "ok", **more: object) -> events.Acted:
    pending = journey.state.pending
    assert pending is not None
    told = {"step": pending.step, "visit": pending.visit, "outcome": outcome, **more}
    return events.Acted(at=journey.now, actor=SYSTEM, **told)  # type: ignore[arg-type]


def proved(journey: Journey) -> None:
    at = {"at": journey.now, "actor": CUSTOMER}
    journey.put(
        events.IdentityProved(step="prove_identity", level=2, method="otp_host", **at)  # type: ignore[arg-type]
    )


def solved() -> Journey:
    journey = begun()
    journey.answer(**DIGITS)
    proved(journey)
    journey.put(acted(journey, result={"code": "OK"}))
    assert journey.state.status == "solved"
    return journey


def counts(
    journey: Journey, after: timedelta = SECOND, asked: tuple[datetime, ...] = ()
) -> Counter[str]:
    """`step what name` -> count."""
    found = tally(journey.definition, journey.log, journey.state.updated_at + after, asked)
    return Counter({" ".join(key).strip(): count for key, count in found.items()})


def test_a_straight_run_is_counted_once_at_each_step() -> None:
    found = counts(solved())
    for name in ("load_card", "ask_digits", "prove_identity", "activate"):
        assert (found[f"{name} entered"], found[f"{name} answered"]) == (1, 1), name
        assert found[f"{name} stayed {bucket(5 * SECOND)}"] == 1, name
    assert found["done entered"] == 1
    assert found["started"] == found["solved"] == found["solved_alone"] == 1
    assert found[f"lasted {bucket(20 * SECOND)}"] == 1
    assert sum(found.values()) == 17, "and nothing else"


def test_a_refused_field_is_counted_each_time_by_its_code_and_never_by_a_strange_name() -> None:
    journey = begun()
    for fields, codes in (
        (("last4", "expiry"), ("length", "card_expired")),
        (("last4",), ("length",)),
        (("my secret",), ("unknown_field",)),
        (("last4",), ()),
        (("last4",), ("no plain word",)),
    ):
        journey.put(
            events.Invalid(
                at=journey.now, actor=CUSTOMER, step="ask_digits", fields=fields, codes=codes
            )
        )
    found = counts(journey)
    refused = {key: n for key, n in found.items() if " invalid " in key}
    assert refused == {
        "ask_digits invalid last4:length": 2,
        "ask_digits invalid expiry:card_expired": 1,
        "ask_digits invalid other:unknown_field": 1,
        "ask_digits invalid last4:": 1,
        "ask_digits invalid last4:other": 1,
    }
    assert found["ask_digits answered"] == 0
    assert not [key for key in found if " failed " in key]


def test_a_failing_action_counts_by_its_code_and_the_flow_gives_up_where_the_customer_stood() -> (
    None
):
    journey = begun()
    for _ in range(3):
        journey.answer(**DIGITS)
        if journey.state.step == "prove_identity":
            proved(journey)
        journey.put(acted(journey, result={"code": "DIGITS_MISMATCH"}))
    assert journey.state.status == "with_human"
    found = counts(journey)
    assert found["activate failed DIGITS_MISMATCH"] == 3
    assert (found["activate entered"], found["activate answered"]) == (1, 0)
    assert (found["ask_digits entered"], found["ask_digits answered"]) == (1, 1)
    assert found["escalated"] == found["ask_digits escalated"] == 1
    assert found["helped"] == 0
    assert found["human entered"] == 1


def test_help_counts_at_its_step_and_the_time_with_a_human_is_no_time_on_it() -> None:
    journey = begun()
    journey.put(events.HelpAsked(at=journey.now, actor=CUSTOMER, channel="text"))
    journey.put(events.HandedBack(at=journey.now, actor=AGENT))
    journey.answer(**DIGITS)
    proved(journey)
    journey.put(acted(journey, result={"code": "OK"}))
    found = counts(journey, asked=(journey.state.updated_at + DAY,))
    assert found["ask_digits help"] == found["helped"] == 1
    assert found["ask_digits answered"] == 1
    assert not [key for key in found if key.startswith("ask_digits stayed")]
    assert found["prove_identity stayed 4"] == 1
    assert (found["solved"], found["solved_alone"], found["came_back"]) == (1, 0, 0)


@pytest.mark.parametrize(
    ("asked_after", "came_back"),
    [(-SECOND, 0), (timedelta(0), 0), (SECOND, 1), (SETTLED, 1), (SETTLED + SECOND, 0)],
)
def test_who_asks_for_a_human_within_seven_days_came_back(
    asked_after: timedelta, came_back: int
) -> None:
    journey = solved()
    found = counts(journey, asked=(journey.state.updated_at + asked_after,))
    assert (found["solved_alone"], found["came_back"]) == (1, came_back)


def test_a_run_is_left_when_it_expires_is_cancelled_or_lies_for_seven_days() -> None:
    lying = begun()
    assert counts(lying, SETTLED)["ask_digits left"] == 0
    found = counts(lying, SETTLED + SECOND)
    assert found["ask_digits left"] == found["lying"] == 1

    expired = begun()
    expired.answer(**DIGITS)
    expired.put(events.Expired(at=expired.now, actor=SYSTEM))
    found = counts(expired)
    assert (found["ask_digits left"], found["prove_identity left"]) == (0, 1)
    assert (found["expired"], found["lying"]) == (1, 0)

    cancelled = begun()
    cancelled.put(events.Cancelled(at=cancelled.now, actor=CUSTOMER))
    found = counts(cancelled, SETTLED + DAY)
    assert (found["ask_digits left"], found["abandoned"], found["lying"]) == (1, 1, 0)


def test_a_run_is_looked_at_again_when_it_has_settled_and_never_after() -> None:
    journey = begun()
    moved = journey.state.updated_at
    for status in ("active", "solved"):
        assert look_again_at(status, moved, moved) == moved + SETTLED
        assert look_again_at(status, moved, moved + SETTLED + SECOND) is None
    for status in ("abandoned", "expired", "with_human"):
        assert look_again_at(status, moved, moved) is None


def test_a_quantile_is_within_a_fifth_of_the_duration() -> None:
    for seconds in (0.3, 1, 4.9, 61, 3600, 86_400):
        found = quantile({bucket(timedelta(seconds=seconds)): 1}, 0.5)
        assert found is not None
        assert abs(found / seconds - 1) < 0.21, seconds
    many = {bucket(10 * SECOND): 9, bucket(1000 * SECOND): 1}
    assert quantile(many, 0.5) == quantile(many, 0.9) == pytest.approx(10, rel=0.2)
    assert quantile(many, 0.95) == pytest.approx(1000, rel=0.2)
    assert quantile({}, 0.5) is None


def test_nothing_that_anybody_said_is_among_the_counts() -> None:
    told = " ".join(counts(solved()))
    for value in ("4417", "11/30", "c1", "sealed"):
        assert value not in told
