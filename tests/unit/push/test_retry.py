"""Is a failure retried when, and only when, that can help?"""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from push.delivery import Dead, Expired, Result, Retry
from push.notification import CLASSES, NotificationClass
from push.outcome import Accepted, Failure, Outcome, Refused
from push.retry import RULES, Verdict, backoff, classify, decide, is_address_dead
from tests.unit.push.samples import NOON, a_delivery

RETRIED = [failure for failure in Failure if RULES[failure].verdict is Verdict.RETRY]
ADDRESS_DEAD = {Failure.UNREGISTERED, Failure.ADDRESS_INVALID}


def decided(
    outcome: Outcome,
    *,
    attempts: int = 1,
    spread: float = 0.0,
    class_: NotificationClass = NotificationClass.REPLY,
) -> Result:
    delivery = replace(a_delivery(class_), attempts=attempts)
    longest = CLASSES[class_].longest_pause
    return decide(delivery, outcome, longest_pause=longest, now=NOON, spread=spread)


def refused(failure: Failure, retry_after: timedelta | None = None) -> Refused:
    return Refused(failure=failure, detail="told so", retry_after=retry_after)


def test_every_failure_has_a_rule() -> None:
    assert set(RULES) == set(Failure)


def test_accepted_stays_accepted() -> None:
    assert decided(Accepted(provider_id="m/1")) == Accepted(provider_id="m/1")


@pytest.mark.parametrize("failure", sorted(set(Failure) - set(RETRIED)))
def test_what_cannot_get_better_is_dead_with_its_reason(failure: Failure) -> None:
    assert decided(refused(failure)) == Dead(failure=failure, detail="told so")


@pytest.mark.parametrize("failure", Failure)
def test_only_a_dead_address_costs_the_device(failure: Failure) -> None:
    assert is_address_dead(refused(failure)) == (failure in ADDRESS_DEAD)


def test_an_accepted_message_costs_no_device() -> None:
    assert not is_address_dead(Accepted(provider_id="m/1"))


@pytest.mark.parametrize("failure", RETRIED)
def test_the_providers_wish_is_obeyed_where_it_is_longer(failure: Failure) -> None:
    result = decided(refused(failure, timedelta(seconds=300)), spread=0.99)
    assert result == Retry(at=NOON + timedelta(seconds=300), failure=failure, detail="told so")


def test_a_refusal_that_lasts_beyond_the_deadline_ends_as_expired() -> None:
    outcome = refused(Failure.QUOTA, timedelta(seconds=45))
    expected = Expired(failure=Failure.QUOTA, detail="told so")
    assert decided(outcome, class_=NotificationClass.CALL) == expected


@given(
    failure=st.sampled_from(RETRIED),
    attempts=st.integers(min_value=1, max_value=10_000),
    spread=st.floats(min_value=0, max_value=1, exclude_max=True),
    class_=st.sampled_from(NotificationClass),
    wish=st.none() | st.timedeltas(min_value=timedelta(), max_value=timedelta(days=2)),
)
def test_no_retry_is_early_or_past_the_deadline(
    failure: Failure,
    attempts: int,
    spread: float,
    class_: NotificationClass,
    wish: timedelta | None,
) -> None:
    result = decided(refused(failure, wish), attempts=attempts, spread=spread, class_=class_)
    rule, longest = classify(failure), CLASSES[class_].longest_pause
    match result:
        case Retry(at=at):
            assert NOON + (wish or timedelta()) <= at < NOON + CLASSES[class_].ttl
            assert at - NOON <= max(wish or timedelta(), backoff(rule.pause, attempts, longest))
        case Expired():
            asked = max(wish or timedelta(), backoff(rule.pause, attempts, longest))
            assert asked >= CLASSES[class_].ttl
        case _:
            pytest.fail(f"{failure} ended as {result}")


def test_the_pause_doubles_up_to_the_classs_longest() -> None:
    second, longest = timedelta(seconds=1), timedelta(seconds=5)
    pauses = [backoff(second, attempts, longest).total_seconds() for attempts in range(1, 6)]
    assert pauses == [1, 2, 4, 5, 5]


def test_deliveries_refused_together_come_back_apart() -> None:
    spreads = [n / 100 for n in range(100)]
    results = [decided(refused(Failure.UNAVAILABLE), attempts=6, spread=s) for s in spreads]
    assert len({r.at for r in results if isinstance(r, Retry)}) == 100
