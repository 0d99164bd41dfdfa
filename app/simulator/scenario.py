"""What day is simulated: queues, agents with their shifts, and who asks when?"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct
from msgspec.structs import replace

from app.conversation.interaction import Channel
from app.conversation.people import Capacity
from app.conversation.queues import Name, Queue, Skills, Span
from app.queue_file import QueueSpec, known_zone, minute, queues_of, span
from app.yaml_file import BadFile, read

Share = Annotated[float, Meta(ge=0, le=1)]
Seconds = Annotated[float, Meta(gt=0)]


class Spread(Struct, frozen=True, forbid_unknown_fields=True):
    """A lognormal length of time: half are below p50, nine in ten below p90.

    Handling and patience are known to be so (Brown et al. 2005, call centre of a bank).
    """

    p50: Seconds
    p90: Seconds


class AgentsSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many agents of one kind."""

    name: Name
    count: Annotated[int, Meta(ge=1, le=2000)] = 1
    queues: Annotated[tuple[Name, ...], Meta(min_length=1)]
    shifts: Annotated[tuple[str, ...], Meta(min_length=1)]
    skills: Skills = {}
    languages: tuple[Name, ...] = ()
    capacity: Capacity = Capacity()
    answer_s: Spread = Spread(4, 9)
    declines: Share = 0.0
    misses: Share = 0.0
    """Offers that the agent neither accepts nor declines."""


class ArrivalsSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Customers of one kind: a Poisson process whose rate changes with the time of the day."""

    queue: Name
    channel: Channel = Channel.VOICE
    per_hour: dict[str, Annotated[float, Meta(ge=0)]]
    """From this time of the day on so many an hour."""
    handle_s: Spread
    patience_s: Spread
    priority: Annotated[int, Meta(ge=0, le=9)] = 1
    crisis: Share = 0.0
    owned: Share = 0.0
    """Those whose last agent works in this queue."""
    languages: dict[str, Share] = {}
    skills: Skills = {}


class Scenario(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Name
    day: date
    zone: str = "UTC"
    seed: int = 1
    service_level_s: Annotated[int, Meta(ge=1)] = 20
    wrap_up_s: Spread = Spread(30, 90)
    queues: tuple[QueueSpec, ...]
    agents: Annotated[tuple[AgentsSpec, ...], Meta(min_length=1)]
    arrivals: Annotated[tuple[ArrivalsSpec, ...], Meta(min_length=1)]


class Day(Struct, frozen=True, kw_only=True):
    """A scenario that was found to make sense, with its times read."""

    scenario: Scenario
    midnight: datetime
    queues: dict[str, Queue]
    shifts: tuple[tuple[Span, ...], ...]
    """Of each kind of agent."""
    rates: tuple[tuple[tuple[int, float], ...], ...]
    """Of each kind of customer: from which minute on how many an hour."""


def load(text: str, seed: int | None = None) -> Day:
    """The day that the text describes; raises BadFile with the place of what is wrong."""
    scenario = read(text, Scenario)
    if seed is not None:
        scenario = replace(scenario, seed=seed)
    zone = known_zone(scenario.zone, "zone")
    queues = queues_of(scenario.queues, zone, "queues", {})
    for number, one in enumerate(scenario.agents):
        _must_exist(one.queues, queues, f"agents[{number}].queues")
    for number, each in enumerate(scenario.arrivals):
        _must_exist((each.queue,), queues, f"arrivals[{number}].queue")
        _must_be_sensible(each, f"arrivals[{number}]")
    return Day(
        scenario=scenario,
        midnight=datetime.combine(scenario.day, time(), ZoneInfo(zone)).astimezone(UTC),
        queues=queues,
        shifts=tuple(_shifts(one.shifts, n) for n, one in enumerate(scenario.agents)),
        rates=tuple(_rates(one.per_hour, n) for n, one in enumerate(scenario.arrivals)),
    )


def _must_exist(names: Sequence[str], queues: dict[str, Queue], place: str) -> None:
    for name in names:
        if name not in queues:
            raise BadFile(place, f"there is no queue {name}")


def _must_be_sensible(one: ArrivalsSpec, place: str) -> None:
    for name, spread in (("handle_s", one.handle_s), ("patience_s", one.patience_s)):
        if spread.p90 < spread.p50:
            raise BadFile(f"{place}.{name}", "p90 is below p50")
    if one.languages and not sum(one.languages.values()):
        raise BadFile(f"{place}.languages", "nobody speaks any of them")


def _shifts(texts: Sequence[str], number: int) -> tuple[Span, ...]:
    return tuple(span(text, f"agents[{number}].shifts[{n}]") for n, text in enumerate(texts))


def _rates(per_hour: dict[str, float], number: int) -> tuple[tuple[int, float], ...]:
    place = f"arrivals[{number}].per_hour"
    return tuple(sorted((minute(at, f"{place}.{at}"), rate) for at, rate in per_hour.items()))
