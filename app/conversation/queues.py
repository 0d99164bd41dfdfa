"""What is a queue: whom it serves, when, how urgently, and who else helps out?"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

MINUTES_A_DAY = 1440

Name = Annotated[str, Meta(min_length=1, max_length=64)]
"""Of a queue, a skill, a calendar."""

Level = Annotated[int, Meta(ge=1, le=5)]
"""How well an agent knows something: 1 has seen it, 5 teaches it."""

Skills = dict[str, Level]
"""A skill and its level: of an agent what is there, of a request the least that is needed."""


class Weekday(StrEnum):
    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


WEEK = tuple(Weekday)
"""In the order of date.weekday()."""


class Span(Struct, frozen=True):
    """Open from one minute of the day until another, as the clock on the wall shows them.

    1440 is midnight at the end of the day; what goes on beyond it is a span of the next day.
    """

    opens: Annotated[int, Meta(ge=0, lt=MINUTES_A_DAY)]
    closes: Annotated[int, Meta(gt=0, le=MINUTES_A_DAY)]


class Holiday(Struct, frozen=True, kw_only=True):
    """One date with hours of its own; none means closed."""

    day: date
    spans: tuple[Span, ...] = ()
    name: str = ""


class Hours(Struct, frozen=True, kw_only=True):
    """When a queue is open, in its own time zone (an IANA name)."""

    zone: str = "UTC"
    week: dict[Weekday, tuple[Span, ...]] = {}
    holidays: tuple[Holiday, ...] = ()
    calendar: str = ""
    """The named calendar that these hours are; empty: the queue's own."""


class Overflow(Struct, frozen=True, kw_only=True):
    """Whoever waited this long is offered to the agents of another queue as well."""

    queue: str
    after_s: Annotated[int, Meta(ge=0)]


class Queue(Struct, frozen=True, kw_only=True):
    """Where interactions wait, and by which rules. A queue nobody described has these defaults."""

    name: str
    languages: tuple[str, ...] = ()
    """Served in these; anybody else is served in the first. None: the language is not asked."""
    skills: Skills = {}
    """What every agent needs for this queue, beside what the interaction asks for."""
    priority: int = 0
    """Added to the priority of each interaction."""
    ageing: Annotated[float, Meta(ge=0)] = 0.0
    """Points of priority gained for each minute of waiting."""
    hours: Hours | None = None
    """None: always open."""
    overflow: Overflow | None = None
    reserved: Annotated[int, Meta(ge=0)] = 0
    """So many agents keep room for a crisis; never all who are there."""
    reserved_share: Annotated[float, Meta(ge=0, lt=1)] = 0.0
    """The same as a share of those who are there; the larger of the two counts."""
    owner_s: Annotated[int, Meta(ge=0)] = 0
    """So long the agent who had the customer's last interaction is preferred, if free."""
    anonymous: bool = False
    """Also for customers who did not sign in."""
    offer_ttl_s: Annotated[int, Meta(ge=5, le=600)] = 20
    """How long an agent may think; Twilio and Connect ring about as long."""
    close_s: Annotated[int, Meta(ge=10, le=86_400)] = 180
    """How long the customer has, once the end of a text conversation was announced."""
    silence_s: Annotated[int, Meta(ge=0, le=604_800)] = 0
    """Its end is announced once the agent's last word stood unanswered for so long; 0: never."""
