"""From the clock on somebody's wall to the one time of the world, and whether it exists at all."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from app.conversation.errors import TimeRefused


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zone_of(name: str) -> ZoneInfo:
    """Raises TimeRefused for what is no IANA zone."""
    if name not in _zones():
        raise TimeRefused(f"there is no time zone {name!r}")
    return ZoneInfo(name)


def moment_of(wall: datetime, zone: str) -> datetime:
    """When the clock in this zone shows that time (UTC).

    Where it shows it twice, because it is put back, the first of the two. Raises TimeRefused where
    it never does, because it is put forward: half past two is then neither two nor three.
    """
    there = zone_of(zone)
    moment = wall.replace(tzinfo=there, fold=0).astimezone(UTC)
    if moment.astimezone(there).replace(tzinfo=None) != wall:
        raise TimeRefused("that time does not exist: the clock is put forward then")
    return moment
