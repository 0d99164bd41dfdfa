"""The wait that is shown: honest, never shrinking with more people ahead."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.conversation.line import Line
from app.conversation.waiting import (
    ANSWER_S,
    NEIGHBOURS,
    REMEMBERED,
    UNKNOWN_HANDLE_S,
    Outcome,
    estimate,
    expected_s,
    outcome_of,
)
from tests.unit.conversation.asking import NOON, SECOND, asking


def _line(ahead: float, free: int = 0, room: int = 1) -> Line:
    return Line(ahead=ahead, free=free, room=room)


def _past(waited: float, expected: float = 100.0, count: int = 1) -> list[Outcome]:
    return [Outcome(waited_s=waited, expected_s=expected)] * count


def test_nobody_there_means_no_number() -> None:
    assert expected_s(_line(0, room=0), [60], []) is None


def test_somebody_free_answers_at_once() -> None:
    assert expected_s(_line(0, free=1), [], []) == ANSWER_S
    assert expected_s(_line(2, free=3, room=3), [900], []) == ANSWER_S


def test_everybody_ahead_needs_one_of_the_agents() -> None:
    assert expected_s(_line(0), [100, 300], []) == ANSWER_S + 200
    assert expected_s(_line(9), [100], []) == ANSWER_S + 1000
    assert expected_s(_line(9, room=5), [100], []) == ANSWER_S + 200
    assert expected_s(_line(9, free=2, room=5), [100], []) == ANSWER_S + 160


def test_without_history_three_minutes_are_assumed() -> None:
    assert expected_s(_line(0), [], []) == ANSWER_S + UNKNOWN_HANDLE_S


def test_those_ahead_who_give_up_shorten_it() -> None:
    stayed = _past(100, count=9)
    patient = expected_s(_line(50), [100], stayed)
    impatient = expected_s(_line(50), [100], [*stayed, Outcome(waited_s=100, left=True)])
    assert patient == ANSWER_S + 5100
    assert impatient is not None
    assert 1500 < impatient < 2000  # ln(1 + 5.1) / 0.001


def test_an_outcome_is_what_was_expected_beside_what_it_was() -> None:
    one = asking(expected_s=7.0, accepted_at=NOON + 9 * SECOND, ended_at=NOON + 99 * SECOND)
    assert outcome_of(one) == Outcome(waited_s=9, expected_s=7, left=False)
    gone = asking(ended_at=NOON + 30 * SECOND)
    assert outcome_of(gone) == Outcome(waited_s=30, expected_s=None, left=True)


def test_until_anything_is_known_the_range_is_wide() -> None:
    wait = estimate(100, [])
    assert (wait.p50_s, wait.p90_s) == (90, 300)


def test_the_range_is_what_it_was_for_others() -> None:
    waited = [Outcome(waited_s=float(n), expected_s=100) for n in range(1, 60)]
    wait = estimate(100, waited)
    assert (wait.p50_s, wait.p90_s) == (30, 54)
    double = estimate(200, waited)
    assert (double.p50_s, double.p90_s) == (60, 108)


def test_those_who_stood_in_another_line_do_not_count() -> None:
    long = _past(3000, expected=1000, count=NEIGHBOURS)
    assert estimate(100, [*long, *_past(80, count=NEIGHBOURS)]).p50_s == 80


def test_of_many_alike_the_newest_count() -> None:
    slower = _past(8, expected=ANSWER_S, count=NEIGHBOURS)
    faster = _past(4, expected=ANSWER_S, count=REMEMBERED - NEIGHBOURS)
    assert estimate(ANSWER_S, [*slower, *faster]).p90_s == 8
    assert estimate(ANSWER_S, [*faster, *slower]).p90_s == 4


def test_those_who_left_and_those_told_nothing_do_not_count() -> None:
    gone = [Outcome(waited_s=9000, expected_s=100, left=True)] * 50
    untold = [Outcome(waited_s=9000)] * 50
    assert estimate(100, [*gone, *untold]) == estimate(100, [])


def test_a_line_is_never_said_to_be_known_better_than_it_drifts() -> None:
    wait = estimate(400, _past(400, expected=400, count=NEIGHBOURS))
    assert (wait.p50_s, wait.p90_s) == (400, 500)


outcomes = st.lists(
    st.builds(
        Outcome,
        waited_s=st.floats(0, 7200),
        expected_s=st.one_of(st.none(), st.floats(ANSWER_S, 7200)),
        left=st.booleans(),
    ),
    max_size=80,
)


@settings(deadline=None)
@given(expected=st.floats(ANSWER_S, 7200), outcomes=outcomes)
def test_half_wait_no_longer_than_nine_in_ten(expected: float, outcomes: list[Outcome]) -> None:
    wait = estimate(expected, outcomes)
    assert 0 <= wait.p50_s <= wait.p90_s


@settings(deadline=None)
@given(
    ahead=st.integers(0, 200),
    free=st.integers(0, 50),
    taken=st.integers(0, 50),
    handled=st.lists(st.floats(1, 7200), min_size=1),
    outcomes=outcomes,
)
def test_one_more_ahead_never_shortens_what_is_expected(
    ahead: int, free: int, taken: int, handled: list[float], outcomes: list[Outcome]
) -> None:
    room = max(1, free + taken)
    now = expected_s(_line(ahead, free, room), handled, outcomes)
    then = expected_s(_line(ahead + 1, free, room), handled, outcomes)
    assert now is not None
    assert then is not None
    assert then >= now >= ANSWER_S
