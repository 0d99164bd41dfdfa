"""What need not be asked for any more?"""

from datetime import timedelta
from typing import Any

from app.conversation.facts import FRESH, Fact, Trust, known
from app.ids import new_id
from tests.contract.people import NOON


def fact(value: str, **fields: Any) -> Fact:
    given: dict[str, Any] = {"key": "phone", "trust": Trust.CLAIMED, "at": NOON}
    return Fact(
        customer_id=new_id(), value=value, source="a flow", channel="app", **{**given, **fields}
    )


def value(*facts: Fact, **more: Any) -> Any:
    found = known(facts, "phone", NOON, **more)
    return found.value if found else None


def test_of_fresh_ones_the_verified_counts_and_then_the_newest() -> None:
    older = fact("older", at=NOON - timedelta(days=2))
    verified = fact("signed", trust=Trust.VERIFIED, at=NOON - timedelta(days=3))
    assert value(older, fact("newer")) == "newer"
    assert value(older, fact("newer"), verified) == "signed"
    assert value(fact("another", key="email")) is None


def test_an_old_fact_is_asked_again() -> None:
    old = fact("old", at=NOON - FRESH - timedelta(seconds=1))
    just_fresh = fact("fresh", at=NOON - FRESH)
    assert (value(old), value(just_fresh)) == (None, "fresh")
    assert value(just_fresh, max_age=timedelta(days=1)) is None
    assert value(old, max_age=timedelta(days=60)) == "old"
