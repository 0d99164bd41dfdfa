"""How does a file describe a queue, and what does it mean?"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct
from msgspec.structs import asdict, replace

from app.conversation.queues import (
    MINUTES_A_DAY,
    WEEK,
    Holiday,
    Hours,
    Name,
    Overflow,
    Queue,
    Skills,
    Span,
    Weekday,
)
from app.yaml_file import BadFile

_TIME = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)$")


class HolidaySpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    day: date
    name: str = ""
    open: tuple[str, ...] = ()


class HoursSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    zone: str = ""
    """Empty: the zone of the whole file."""
    week: dict[str, tuple[str, ...]]
    """`mon` or `mon-fri`, then spans such as `09:00-18:00`."""
    holidays: tuple[HolidaySpec, ...] = ()


class CalendarSpec(HoursSpec, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hours and holidays with a name, for several queues."""

    name: Name


class QueueSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A Queue as people write it; the same words mean the same."""

    name: Name
    languages: tuple[Name, ...] = ()
    skills: Skills = {}
    priority: Annotated[int, Meta(ge=-9, le=9)] = 0
    ageing: Annotated[float, Meta(ge=0, le=60)] = 0.0
    hours: HoursSpec | Name | None = None
    """Its own, or the name of a calendar."""
    overflow: Overflow | None = None
    reserved: Annotated[int, Meta(ge=0)] = 0
    reserved_share: Annotated[float, Meta(ge=0, lt=1)] = 0.0
    owner_s: Annotated[int, Meta(ge=0)] = 0
    anonymous: bool = False
    offer_ttl_s: Annotated[int, Meta(ge=5, le=600)] = 20
    close_s: Annotated[int, Meta(ge=10, le=86_400)] = 180
    silence_s: Annotated[int, Meta(ge=0, le=604_800)] = 0


def calendars_of(specs: Sequence[CalendarSpec], zone: str, place: str) -> dict[str, Hours]:
    """The hours by the calendar's name; raises BadFile for what types alone do not see."""
    found: dict[str, Hours] = {}
    for number, spec in enumerate(specs):
        here = f"{place}[{number}]"
        if spec.name in found:
            raise BadFile(f"{here}.name", f"the calendar {spec.name} stands twice")
        found[spec.name] = replace(_hours(spec, zone, here), calendar=spec.name)
    return found


def queues_of(
    specs: Sequence[QueueSpec], zone: str, place: str, calendars: Mapping[str, Hours]
) -> dict[str, Queue]:
    """The queues by name; raises BadFile for what types alone do not see."""
    found: dict[str, Queue] = {}
    for number, spec in enumerate(specs):
        here = f"{place}[{number}]"
        if spec.name in found:
            raise BadFile(f"{here}.name", f"the queue {spec.name} stands twice")
        fields = asdict(spec)
        fields["hours"] = _own_or_named(spec.hours, zone, f"{here}.hours", calendars)
        found[spec.name] = Queue(**fields)
    for number, spec in enumerate(specs):
        if spec.overflow is not None and spec.overflow.queue not in found:
            where = f"{place}[{number}].overflow.queue"
            raise BadFile(where, f"there is no queue {spec.overflow.queue}")
    return found


def queue_spec(queue: Queue) -> QueueSpec:
    """As people would write it."""
    hours = queue.hours
    written: HoursSpec | str | None = None
    if hours is not None:
        written = hours.calendar or hours_spec(hours)
    return QueueSpec(**{**asdict(queue), "hours": written})


def hours_spec(hours: Hours) -> HoursSpec:
    """As people would write them: days alike in one line, those that are closed not at all."""
    week: dict[str, tuple[str, ...]] = {}
    for spans, alike in groupby(WEEK, lambda day: hours.week.get(day, ())):
        days = list(alike)
        if spans:
            week[days[0] if len(days) == 1 else f"{days[0]}-{days[-1]}"] = _written(spans)
    holidays = tuple(
        HolidaySpec(day=one.day, name=one.name, open=_written(one.spans)) for one in hours.holidays
    )
    return HoursSpec(zone=hours.zone, week=week, holidays=holidays)


def known_zone(zone: str, place: str) -> str:
    """The zone itself, if it is one; raises BadFile."""
    try:
        return ZoneInfo(zone).key
    except (OSError, ValueError, KeyError):
        raise BadFile(place, f"there is no time zone {zone!r}") from None


def span(text: str, place: str) -> Span:
    """`09:00-18:00`, until 24:00 at most."""
    opens, dash, closes = text.partition("-")
    found = Span(minute(opens, place), minute(closes if dash else "", place, end=True))
    if found.opens >= found.closes:
        raise BadFile(place, f"{text} ends before it begins; over midnight it is two spans")
    return found


def minute(text: str, place: str, *, end: bool = False) -> int:
    """The minute of the day that `09:30` is."""
    if end and text.strip() == "24:00":
        return MINUTES_A_DAY
    found = _TIME.match(text.strip())
    if found is None:
        raise BadFile(place, f"{text!r} is no time of the day such as 09:30")
    return int(found[1]) * 60 + int(found[2])


def _own_or_named(
    spec: HoursSpec | str | None, zone: str, place: str, calendars: Mapping[str, Hours]
) -> Hours | None:
    if spec is None:
        return None
    if isinstance(spec, HoursSpec):
        return _hours(spec, zone, place)
    if spec not in calendars:
        raise BadFile(place, f"there is no calendar {spec}")
    return calendars[spec]


def _written(spans: Sequence[Span]) -> tuple[str, ...]:
    return tuple(f"{_clock(one.opens)}-{_clock(one.closes)}" for one in spans)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _hours(spec: HoursSpec, zone: str, place: str) -> Hours:
    week: dict[Weekday, tuple[Span, ...]] = {}
    for days, texts in spec.week.items():
        here = f"{place}.week.{days}"
        spans = _spans(texts, here)
        for day in _days(days, here):
            if day in week:
                raise BadFile(here, f"{day} stands twice")
            week[day] = spans
    holidays = tuple(
        Holiday(day=one.day, name=one.name, spans=_spans(one.open, f"{place}.holidays[{n}].open"))
        for n, one in enumerate(spec.holidays)
    )
    zone = known_zone(spec.zone or zone, f"{place}.zone")
    return Hours(zone=zone, week=week, holidays=holidays)


def _spans(texts: Sequence[str], place: str) -> tuple[Span, ...]:
    return tuple(span(text, f"{place}[{n}]") for n, text in enumerate(texts))


def _days(text: str, place: str) -> Iterator[Weekday]:
    names: list[str] = list(WEEK)
    first, dash, last = text.partition("-")
    try:
        begin = names.index(first)
        end = names.index(last) if dash else begin
    except ValueError:
        raise BadFile(
            place, f"{text!r} is neither a day such as mon nor days such as mon-fri"
        ) from None
    if end < begin:
        raise BadFile(place, f"{text} goes backwards")
    yield from WEEK[begin : end + 1]
