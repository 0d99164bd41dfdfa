"""The wait that is shown: honest, never shrinking with more people ahead."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.conversation.waiting import ANSWER_S, UNKNOWN_HANDLE_S, Wait, estimate

people = st.integers(0, 200)
lengths = st.lists(st.floats(0, 7200, allow_nan=False), max_size=30)


@st.composite
def staff(draw: st.DrawFn) -> tuple[int, int]:
    """How many are there, and how many of them are free."""
    staffed = draw(st.integers(1, 50))
    return staffed, draw(st.integers(0, staffed))


def test_nobody_there_means_no_number() -> None:
    assert estimate(ahead=0, free=0, staffed=0, handled_s=[60]) is None


def test_somebody_free_answers_at_once() -> None:
    assert estimate(ahead=0, free=1, staffed=1, handled_s=[]) == Wait(p50_s=5, p90_s=ANSWER_S)
    assert estimate(ahead=2, free=3, staffed=3, handled_s=[900]) == Wait(p50_s=5, p90_s=ANSWER_S)


def test_the_first_in_line_waits_for_the_one_who_talks() -> None:
    assert estimate(ahead=0, free=0, staffed=1, handled_s=[100, 200, 300]) == Wait(
        p50_s=100, p90_s=300
    )


def test_without_history_three_minutes_are_assumed() -> None:
    assert estimate(ahead=0, free=0, staffed=1, handled_s=[]) == Wait(
        p50_s=UNKNOWN_HANDLE_S // 2, p90_s=UNKNOWN_HANDLE_S
    )


def test_more_agents_serve_the_same_line_faster() -> None:
    assert estimate(ahead=9, free=0, staffed=5, handled_s=[100]) == Wait(p50_s=100, p90_s=200)
    assert estimate(ahead=9, free=0, staffed=1, handled_s=[100]) == Wait(p50_s=500, p90_s=1000)


@settings(deadline=None)
@given(ahead=people, staff=staff(), handled_s=lengths)
def test_half_wait_no_longer_than_nine_in_ten(
    ahead: int, staff: tuple[int, int], handled_s: list[float]
) -> None:
    wait = estimate(ahead=ahead, staffed=staff[0], free=staff[1], handled_s=handled_s)
    assert wait is not None
    assert 0 <= wait.p50_s <= wait.p90_s
    assert wait.p90_s >= ANSWER_S


@settings(deadline=None)
@given(ahead=people, staff=staff(), handled_s=st.lists(st.floats(60, 7200), min_size=1))
def test_one_more_ahead_never_shortens_the_wait(
    ahead: int, staff: tuple[int, int], handled_s: list[float]
) -> None:
    now, then = (
        estimate(ahead=n, staffed=staff[0], free=staff[1], handled_s=handled_s)
        for n in (ahead, ahead + 1)
    )
    assert now is not None
    assert then is not None
    assert (then.p50_s, then.p90_s) >= (now.p50_s, now.p90_s)
