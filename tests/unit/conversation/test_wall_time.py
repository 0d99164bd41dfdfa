"""A time on somebody's wall: the hour that does not exist, and the one that comes twice."""

from datetime import UTC, datetime, timedelta

import pytest

from app.conversation.errors import TimeRefused
from app.conversation.wall_time import moment_of, zone_of

BERLIN = "Europe/Berlin"


def _wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_the_zone_of_the_customer_decides() -> None:
    evening = _wall("2026-05-04 18:30")
    assert moment_of(evening, BERLIN) == _utc("2026-05-04 16:30")
    assert moment_of(evening, "America/New_York") == _utc("2026-05-04 22:30")
    assert moment_of(_wall("2026-12-04 18:30"), BERLIN) == _utc("2026-12-04 17:30")


def test_a_time_that_the_clock_skips_is_refused() -> None:
    assert moment_of(_wall("2026-03-29 01:59"), BERLIN) == _utc("2026-03-29 00:59")
    for skipped in ("2026-03-29 02:00", "2026-03-29 02:30", "2026-03-29 02:59"):
        with pytest.raises(TimeRefused, match="put forward"):
            moment_of(_wall(skipped), BERLIN)
    assert moment_of(_wall("2026-03-29 03:00"), BERLIN) == _utc("2026-03-29 01:00")


def test_of_a_time_that_comes_twice_it_is_the_first() -> None:
    assert moment_of(_wall("2026-10-25 02:30"), BERLIN) == _utc("2026-10-25 00:30")
    assert moment_of(_wall("2026-10-25 02:30").replace(fold=1), BERLIN) == _utc("2026-10-25 00:30")
    assert moment_of(_wall("2026-10-25 03:00"), BERLIN) == _utc("2026-10-25 02:00")


def test_half_an_hour_is_skipped_where_that_is_the_custom() -> None:
    zone = "Australia/Lord_Howe"  # 2026-10-04: 02:00 becomes 02:30
    with pytest.raises(TimeRefused):
        moment_of(_wall("2026-10-04 02:15"), zone)
    before, after = _wall("2026-10-04 01:59"), _wall("2026-10-04 02:30")
    assert moment_of(after, zone) - moment_of(before, zone) == timedelta(minutes=1)


@pytest.mark.parametrize("name", ["", "Berlin", "../etc/passwd", "/etc/localtime", "Europe", "\0"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(TimeRefused, match="no time zone"):
        zone_of(name)
