"""Is it worth sending again after this outcome, and when?"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

import msgspec

from push.delivery import Dead, Delivery, Expired, Result, Retry
from push.outcome import Accepted, Failure, Outcome, Refused


class Verdict(StrEnum):
    """What a failure says about trying again."""

    RETRY = "retry"
    DEAD = "dead"
    ADDRESS_DEAD = "address_dead"


class Rule(msgspec.Struct, frozen=True):
    """The verdict on a failure; `pause` is the longest first wait, doubled per attempt."""

    verdict: Verdict
    pause: timedelta = timedelta(seconds=1)


RULES: Mapping[Failure, Rule] = MappingProxyType(
    {
        Failure.UNREGISTERED: Rule(Verdict.ADDRESS_DEAD),
        Failure.ADDRESS_INVALID: Rule(Verdict.ADDRESS_DEAD),
        # Also the answer to every address when the company's key is of another project:
        # forgetting devices then would lose them all.
        Failure.SENDER_MISMATCH: Rule(Verdict.DEAD),
        Failure.DEVICE_GONE: Rule(Verdict.DEAD),
        Failure.KIND_UNSUPPORTED: Rule(Verdict.DEAD),
        Failure.MESSAGE_INVALID: Rule(Verdict.DEAD),
        # Google asks for a minute where a 429 names no time.
        Failure.QUOTA: Rule(Verdict.RETRY, timedelta(seconds=60)),
        Failure.UNAVAILABLE: Rule(Verdict.RETRY),
        Failure.INTERNAL: Rule(Verdict.RETRY),
        Failure.UNREACHABLE: Rule(Verdict.RETRY),
        # Needs a person; the message waits for them as long as it is worth sending.
        Failure.UNAUTHENTICATED: Rule(Verdict.RETRY, timedelta(seconds=10)),
        Failure.MISCONFIGURED: Rule(Verdict.RETRY, timedelta(seconds=10)),
        Failure.UNCERTAIN: Rule(Verdict.RETRY),
    }
)


def classify(failure: Failure) -> Rule:
    """The rule for this failure."""
    return RULES[failure]


def is_address_dead(outcome: Outcome) -> bool:
    """Whether the provider will never again take a message for this address."""
    match outcome:
        case Refused(failure=failure):
            return classify(failure).verdict is Verdict.ADDRESS_DEAD
        case Accepted():
            return False


def decide(
    delivery: Delivery,
    outcome: Outcome,
    *,
    longest_pause: timedelta,
    now: datetime,
    spread: float,
) -> Result:
    """What becomes of the delivery after this outcome of its latest attempt.

    `spread` in [0, 1) is the caller's random number: full jitter, so that a thousand deliveries
    refused together do not come back together. Nothing is retried past `delivery.expires_at`.
    """
    match outcome:
        case Accepted():
            return outcome
        case Refused(failure=failure, detail=detail, retry_after=retry_after):
            rule = classify(failure)
            if rule.verdict is not Verdict.RETRY:
                return Dead(failure=failure, detail=detail)
            pause = spread * backoff(rule.pause, delivery.attempts, longest_pause)
            at = now + max(pause, retry_after or timedelta())
            if at >= delivery.expires_at:
                return Expired(failure=failure, detail=detail)
            return Retry(at=at, failure=failure, detail=detail)


def backoff(first: timedelta, attempts: int, longest: timedelta) -> timedelta:
    """The longest wait after so many attempts: `first`, doubled per further attempt."""
    # 2 ** 20 seconds are 12 days, beyond every class; the bound keeps the product a timedelta.
    doublings = min(max(attempts - 1, 0), 20)
    return min(longest, first * (1 << doublings))
