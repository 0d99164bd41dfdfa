"""Is a queue open, and if not, when does it open next?"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from msgspec import Struct

from app.conversation.queues import WEEK, Hours, Queue, Span

LOOK_AHEAD = timedelta(days=366)
"""A queue that does not open within a year has no next opening."""

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


class Window(Struct, frozen=True):
    """Open from one moment until another (UTC)."""

    opens_at: datetime
    closes_at: datetime


def is_open(queue: Queue, now: datetime) -> bool:
    """Whether the clock on the wall where the queue is stands inside its hours.

    So an hour that the clock goes through twice is open twice, and one that it skips is not.
    """
    return queue.hours is None or _is_inside(queue.hours, now)


def opens_at(queue: Queue, now: datetime) -> datetime | None:
    """The first moment from now on at which it is open (UTC); None if not within a year."""
    if queue.hours is None or _is_inside(queue.hours, now):
        return now.astimezone(UTC)
    hours = queue.hours
    today = now.astimezone(ZoneInfo(hours.zone)).date()
    for day in (today + DAY * n for n in range(LOOK_AHEAD // DAY)):
        for moment in _edges(hours, day):
            if moment >= now and _is_inside(hours, moment):
                return moment
    return None


def windows(queue: Queue, start: datetime, end: datetime) -> list[Window]:
    """When it is open between two moments, in order."""
    if queue.hours is None:
        return [Window(start.astimezone(UTC), end.astimezone(UTC))]
    hours, first = queue.hours, start.astimezone(ZoneInfo(queue.hours.zone)).date()
    days = (end - start) // DAY + 2
    edges = [edge for n in range(days) for edge in _edges(hours, first + DAY * n)]
    moments = [start.astimezone(UTC), *(one for one in edges if start < one < end)]
    found: list[Window] = []
    for moment, until in pairwise([*moments, end.astimezone(UTC)]):
        if not _is_inside(hours, moment):
            continue
        if found and found[-1].closes_at == moment:
            found[-1] = Window(found[-1].opens_at, until)
        else:
            found.append(Window(moment, until))
    return found


def spans_of(hours: Hours, day: date) -> tuple[Span, ...]:
    """The hours of one date: a holiday's own take the place of the weekday's."""
    for holiday in hours.holidays:
        if holiday.day == day:
            return holiday.spans
    return hours.week.get(WEEK[day.weekday()], ())


def _is_inside(hours: Hours, now: datetime) -> bool:
    wall = now.astimezone(ZoneInfo(hours.zone))
    minute = wall.hour * 60 + wall.minute
    return any(span.opens <= minute < span.closes for span in spans_of(hours, wall.date()))


def _edges(hours: Hours, day: date) -> Iterator[datetime]:
    """Moments of a day at which it may open or close, in order.

    On most days these are the ends of its spans. Where the clock jumps, a span can begin in an
    hour that does not exist, or again in one that comes twice: such a day is tried minute by
    minute, at most 1500 of them on two days of the year.
    """
    spans = spans_of(hours, day)
    if not spans:
        return
    start, end = _midnight(hours, day), _midnight(hours, day + DAY)
    if end - start == DAY:
        edges = {edge for span in spans for edge in (span.opens, span.closes)}
        yield from (start + MINUTE * edge for edge in sorted(edges))
    else:
        yield from (start + MINUTE * n for n in range((end - start) // MINUTE + 1))


def _midnight(hours: Hours, day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(hours.zone)).astimezone(UTC)
