"""When a queue is open: the clock on the wall, holidays, and the days on which clocks jump."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.conversation.hours import Window, is_open, opens_at, windows
from app.conversation.queues import WEEK, Holiday, Hours, Queue, Span, Weekday

BERLIN = "Europe/Berlin"
NINE_TO_FIVE = (Span(9 * 60, 17 * 60),)
WORKDAYS = WEEK[:5]


def _queue(*spans: Span, zone: str = BERLIN, holidays: tuple[Holiday, ...] = ()) -> Queue:
    week = dict.fromkeys(WEEK, spans)
    return Queue(name="cards", hours=Hours(zone=zone, week=week, holidays=holidays))


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


OFFICE = Queue(
    name="cards",
    hours=Hours(
        zone=BERLIN,
        week=dict.fromkeys(WORKDAYS, NINE_TO_FIVE),
        holidays=(
            Holiday(day=date(2026, 12, 25), name="Christmas"),
            Holiday(day=date(2026, 12, 24), spans=(Span(9 * 60, 12 * 60),)),
        ),
    ),
)


def test_a_queue_without_hours_is_always_open() -> None:
    queue, now = Queue(name="cards"), _utc("2026-05-04 03:00")
    assert is_open(queue, now)
    assert opens_at(queue, now) == now


def test_it_opens_and_closes_by_its_own_clock() -> None:
    assert not is_open(OFFICE, _utc("2026-05-04 06:59"))  # 08:59 in Berlin
    assert is_open(OFFICE, _utc("2026-05-04 07:00"))
    assert is_open(OFFICE, _utc("2026-05-04 14:59:59"))
    assert not is_open(OFFICE, _utc("2026-05-04 15:00"))


def test_it_says_when_it_opens_next() -> None:
    assert opens_at(OFFICE, _utc("2026-05-04 04:00")) == _utc("2026-05-04 07:00")
    noon = _utc("2026-05-04 12:00")
    assert opens_at(OFFICE, noon) == noon
    friday_evening = _utc("2026-05-08 16:00")
    assert opens_at(OFFICE, friday_evening) == _utc("2026-05-11 07:00")


def test_a_holiday_has_its_own_hours() -> None:
    assert is_open(OFFICE, _utc("2026-12-24 08:00"))
    assert not is_open(OFFICE, _utc("2026-12-24 11:00"))
    assert not is_open(OFFICE, _utc("2026-12-25 10:00"))
    assert opens_at(OFFICE, _utc("2026-12-24 11:00")) == _utc("2026-12-28 08:00")


def test_a_queue_without_any_hours_never_opens() -> None:
    assert opens_at(_queue(), _utc("2026-05-04 12:00")) is None


def test_a_night_shift_is_two_spans() -> None:
    night = _queue(Span(0, 6 * 60), Span(22 * 60, 1440))
    assert is_open(night, _utc("2026-05-04 21:59"))  # 23:59
    assert is_open(night, _utc("2026-05-04 22:00"))  # midnight
    assert opens_at(night, _utc("2026-05-04 10:00")) == _utc("2026-05-04 20:00")


def test_before_and_after_the_clocks_change_it_opens_at_nine() -> None:
    friday = _utc("2026-03-27 20:00")
    monday = opens_at(OFFICE, friday)
    assert monday == _utc("2026-03-30 07:00")  # summer time since Sunday
    assert opens_at(OFFICE, _utc("2026-10-23 20:00")) == _utc("2026-10-26 08:00")


def test_an_hour_that_is_skipped_is_not_open() -> None:
    skipped = _queue(Span(2 * 60, 3 * 60))
    assert opens_at(skipped, _utc("2026-03-29 00:30")) == _utc("2026-03-30 00:00")


def test_a_span_that_begins_in_the_skipped_hour_begins_after_it() -> None:
    queue = _queue(Span(150, 10 * 60))
    assert not is_open(queue, _utc("2026-03-29 00:59"))
    assert opens_at(queue, _utc("2026-03-29 00:10")) == _utc("2026-03-29 01:00")  # 03:00 there


def test_an_hour_that_comes_twice_is_open_twice() -> None:
    queue = _queue(Span(150, 170))
    assert is_open(queue, _utc("2026-10-25 00:30"))
    assert not is_open(queue, _utc("2026-10-25 00:50"))
    assert is_open(queue, _utc("2026-10-25 01:30"))
    assert opens_at(queue, _utc("2026-10-25 00:50")) == _utc("2026-10-25 01:30")


def test_a_span_open_when_the_clock_goes_back_opens_again_then() -> None:
    queue = _queue(Span(60, 150))
    assert not is_open(queue, _utc("2026-10-25 00:45"))  # 02:45, the first time
    assert opens_at(queue, _utc("2026-10-25 00:45")) == _utc("2026-10-25 01:00")


def test_a_zone_whose_midnight_is_skipped() -> None:
    queue = _queue(Span(0, 120), zone="Africa/Cairo")  # 2026-04-24: 00:00 becomes 01:00
    assert opens_at(queue, _utc("2026-04-23 20:00")) == _utc("2026-04-23 22:00")


spans = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda one: one[0] < one[1])
around_the_jumps = st.one_of(
    st.integers(0, 3 * 1440).map(lambda n: _utc("2026-03-28 00:00") + timedelta(minutes=n)),
    st.integers(0, 3 * 1440).map(lambda n: _utc("2026-10-24 00:00") + timedelta(minutes=n)),
)


@pytest.mark.parametrize("zone", [BERLIN, "Australia/Lord_Howe", "UTC"])
@settings(deadline=None, max_examples=40)
@given(spans=st.lists(spans.map(lambda one: Span(*one)), min_size=1), now=around_the_jumps)
def test_it_is_the_first_moment_at_which_it_is_open(
    zone: str, spans: list[Span], now: datetime
) -> None:
    queue = _queue(*spans, zone=zone)
    found = opens_at(queue, now)
    minutes = (now + timedelta(minutes=n) for n in range(2 * 1440 + 60))
    assert found == next((moment for moment in minutes if is_open(queue, moment)), found)
    assert found is not None
    assert is_open(queue, found)


@pytest.mark.parametrize("zone", [BERLIN, "Australia/Lord_Howe", "UTC"])
@settings(deadline=None, max_examples=30)
@given(spans=st.lists(spans.map(lambda one: Span(*one)), min_size=1), start=around_the_jumps)
def test_windows_hold_just_the_minutes_at_which_it_is_open(
    zone: str, spans: list[Span], start: datetime
) -> None:
    queue, end = _queue(*spans, zone=zone), start + timedelta(days=2)
    found = windows(queue, start, end)
    assert all(one.opens_at < one.closes_at for one in found)
    assert all(one.closes_at < later.opens_at for one, later in pairwise(found))
    for moment in (start + timedelta(minutes=n) for n in range(2 * 1440)):
        inside = any(one.opens_at <= moment < one.closes_at for one in found)
        assert inside is is_open(queue, moment), moment


def test_a_queue_that_is_always_open_has_one_window() -> None:
    now = _utc("2026-05-04 03:00")
    assert windows(Queue(name="cards"), now, now + timedelta(days=7)) == [
        Window(now, now + timedelta(days=7))
    ]
    assert windows(OFFICE, _utc("2026-12-25 00:00"), _utc("2026-12-28 00:00")) == []


def test_the_week_begins_on_monday() -> None:
    assert WEEK[date(2026, 5, 4).weekday()] is Weekday.MON
