"""How does a YAML file become typed values, with errors that say where?"""

import re
from typing import TypeVar

import msgspec

from selfservice import yaml
from selfservice.errors import FlowError

T = TypeVar("T")

_PLACE = re.compile(r"^(?P<problem>.*) - at `(?P<place>[^`]*)`$", re.DOTALL)


class BadFile(Exception):
    """What is wrong, and where: a line, or a path such as `queues[0].hours.week.mon`."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}" if place else problem)
        self.place = place
        self.problem = problem


def read(text: str, kind: type[T]) -> T:
    """The value of `kind` that the text holds, by the core schema of YAML 1.2; raises BadFile."""
    try:
        return msgspec.convert(yaml.parse(text), kind)
    except FlowError as error:
        raise BadFile(error.place, error.message) from None
    except msgspec.ValidationError as error:
        raise _at_its_place(str(error)) from None


def line_of(text: str, place: str) -> int | None:
    """The line of a BadFile's place, counted from 1; None where there is none."""
    found = re.match(r"line (\d+)", place)
    return int(found[1]) if found else yaml.line_of(text, place)


def _at_its_place(said: str) -> BadFile:
    found = _PLACE.match(said)
    if found is None:
        return BadFile("", said)
    place = found["place"].removeprefix("key in ").removeprefix("$").lstrip(".")
    return BadFile(place, found["problem"])
