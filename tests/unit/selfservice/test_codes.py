"""Can a one-time code be used once, in time, by whoever it was sent to, and not be guessed?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from selfservice.codes import (
    ATTEMPTS,
    LIFETIME,
    Channel,
    Code,
    CodeState,
    TooSoon,
    Verdict,
    delivered,
    enter,
    new_code,
)

KEY = b"a server's key"
NOW = datetime(2026, 11, 20, 9, 41, tzinfo=UTC)
LATE = NOW + LIFETIME


def sent() -> tuple[str, Code]:
    """Digits, and the code that the company delivers by text message."""
    digits, code = new_code(KEY, "run-1:prove", NOW, None)
    return digits, delivered(code, "sms")


def wrong(digits: str) -> str:
    return digits[:-1] + str((int(digits[-1]) + 1) % 10)


TABLE = {
    (CodeState.LIVE, "right"): (Verdict.RIGHT, CodeState.SPENT),
    (CodeState.LIVE, "wrong"): (Verdict.WRONG, CodeState.LIVE),
    (CodeState.LIVE, "last wrong"): (Verdict.WRONG, CodeState.LOCKED),
    (CodeState.LIVE, "late"): (Verdict.EXPIRED, CodeState.EXPIRED),
    **{
        (state, entry): (verdict, state)
        for state, verdict in {
            CodeState.SPENT: Verdict.USED_UP,
            CodeState.LOCKED: Verdict.USED_UP,
            CodeState.EXPIRED: Verdict.EXPIRED,
        }.items()
        for entry in ("right", "wrong", "last wrong", "late")
    },
}


@pytest.mark.parametrize("state", list(CodeState))
@pytest.mark.parametrize("entry", ["right", "wrong", "last wrong", "late"])
def test_every_state_with_every_entry(state: CodeState, entry: str) -> None:
    digits, code = sent()
    code = replace(code, state=state, attempts=ATTEMPTS - 1 if entry == "last wrong" else 0)
    typed = wrong(digits) if "wrong" in entry else digits
    verdict, after = enter(KEY, code, typed, LATE if entry == "late" else NOW, 2)
    assert (verdict, after.state) == TABLE[state, entry]


def test_the_code_is_six_digits_and_not_stored() -> None:
    digits, code = sent()
    assert len(digits) == 6
    assert digits.isdecimal()
    assert digits not in repr(code)
    assert len({sent()[0] for _ in range(50)}) > 40


def test_three_tries_then_even_the_right_one_is_refused() -> None:
    digits, code = sent()
    for _ in range(ATTEMPTS):
        verdict, code = enter(KEY, code, wrong(digits), NOW, 2)
        assert verdict is Verdict.WRONG
    assert enter(KEY, code, digits, NOW, 2)[0] is Verdict.USED_UP


def test_good_until_just_before_five_minutes() -> None:
    digits, code = sent()
    assert enter(KEY, code, digits, LATE - timedelta(seconds=1), 2)[0] is Verdict.RIGHT
    assert enter(KEY, code, digits, LATE, 2)[0] is Verdict.EXPIRED


def test_spaces_do_not_matter_and_nonsense_is_wrong() -> None:
    digits, code = sent()
    assert enter(KEY, code, f" {digits[:3]} {digits[3:]} ", NOW, 2)[0] is Verdict.RIGHT
    for typed in ("", "abcdef", "\ud800", "9" * 10_000):
        assert enter(KEY, code, typed, NOW, 2)[0] is Verdict.WRONG


def test_bound_to_purpose_and_key() -> None:
    digits, code = sent()
    assert enter(KEY, replace(code, purpose="run-2:prove"), digits, NOW, 2)[0] is Verdict.WRONG
    assert enter(b"another key", code, digits, NOW, 2)[0] is Verdict.WRONG


def test_another_code_after_thirty_seconds() -> None:
    _, code = sent()
    with pytest.raises(TooSoon) as refused:
        new_code(KEY, "run-1:prove", NOW + timedelta(seconds=29), code)
    assert refused.value.at == NOW + timedelta(seconds=30)
    digits, fresh = new_code(KEY, "run-1:prove", NOW + timedelta(seconds=30), code)
    later = NOW + timedelta(seconds=31)
    assert enter(KEY, delivered(fresh, None), digits, later, 2)[0] is Verdict.RIGHT


DELIVERIES: list[tuple[Channel | None, int]] = [
    ("sms", 4),
    ("call", 4),
    ("email", 4),
    ("post", 4),
    (None, 4),
    ("in_app", 1),
]


@pytest.mark.parametrize(("channel", "strongest"), DELIVERIES)
@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_a_code_shown_in_the_app_proves_level_one_only(
    channel: Channel | None, strongest: int, level: int
) -> None:
    digits, code = new_code(KEY, "run-1:prove", NOW, None)
    code = delivered(code, channel)
    verdict, after = enter(KEY, code, digits, NOW, level)
    right, state = level <= strongest, CodeState.SPENT if level <= strongest else CodeState.LIVE
    assert (verdict is Verdict.RIGHT, verdict is Verdict.TOO_WEAK) == (right, not right)
    assert after.state is state


@pytest.mark.parametrize("level", [2, 3, 4])
def test_until_the_company_says_how_it_travels_a_code_counts_as_shown_in_the_app(
    level: int,
) -> None:
    digits, code = new_code(KEY, "run-1:prove", NOW, None)
    for typed in (digits, wrong(digits)):  # nothing is compared: it tells no guesser anything
        assert enter(KEY, code, typed, NOW, level) == (Verdict.UNCONFIRMED, code)
    assert enter(KEY, code, digits, NOW, 1)[0] is Verdict.RIGHT
