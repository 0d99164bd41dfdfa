"""What does the page about the flow language say in its tables?

`python -m selfservice.reference docs/reference/flows.md` writes them between the page's marks;
what people wrote around them stays.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

from selfservice.definition import KINDS
from selfservice.described import Key, keys, meaning
from selfservice.finding import CODES
from selfservice.language import Head, Rule, WrittenField
from selfservice.testing.cases import Cases

_MARK = re.compile(r"(<!-- (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def current(page: str) -> str:
    """The page with its tables as they should be."""
    return _MARK.sub(lambda mark: mark[1] + TABLES[mark["name"]]() + mark[3], page)


def _head() -> str:
    return _table(_keys(keys(Head)))


def _kinds() -> str:
    head = "| kind | what happens |\n|---|---|\n"
    return head + "".join(
        f"| [`{name}`](#{name}) | {meaning(kind)} |\n" for name, kind in KINDS.items()
    )


def _steps() -> str:
    return "\n".join(f"#### {name}\n{_table(_keys(keys(kind)))}" for name, kind in KINDS.items())


def _next() -> str:
    return _table(_keys(keys(Rule)))


def _field_keys() -> str:
    return _table(_keys(one for one in keys(get_args(WrittenField)[0]) if one.path in _shared()))


def _field_types() -> str:
    lines = ["| type | accepts | further keys |\n|---|---|---|\n"]
    for kind in get_args(WrittenField):
        own = [one for one in keys(kind) if one.path not in _shared()]
        further = "<br>".join(_in_a_line(one) for one in own)
        lines.append(f"| `{kind.__struct_config__.tag}` | {meaning(kind)} | {further} |\n")
    return "".join(lines)


def _shared() -> set[str]:
    every = [{one.path for one in keys(kind)} for kind in get_args(WrittenField)]
    return set.intersection(*every)


def _in_a_line(one: Key) -> str:
    default = "" if one.default == "none" else f", {one.default}"
    said = f": {one.meaning}" if one.meaning else ""
    return f"`{one.path}` ({one.takes}{default}){said}"


def _tests() -> str:
    return _table(_keys(keys(Cases)))


def _findings() -> str:
    head = "| code | what was found | how to mend it | at start |\n|---|---|---|---|\n"
    return head + "".join(
        f"| `{code}` | {one.what} | {one.mend} | {'refused' if one.refused else 'runs'} |\n"
        for code, one in CODES.items()
    )


def _keys(found: Iterator[Key]) -> list[tuple[str, str, str, str]]:
    return [(f"`{one.path}`", one.takes, one.default, one.meaning) for one in found]


def _table(lines: list[tuple[str, str, str, str]]) -> str:
    head = "| key | takes | default | meaning |\n|---|---|---|---|\n"
    return head + "".join(f"| {' | '.join(one)} |\n" for one in lines)


TABLES: dict[str, Callable[[], str]] = {
    "head": _head,
    "kinds": _kinds,
    "steps": _steps,
    "next": _next,
    "field-keys": _field_keys,
    "field-types": _field_types,
    "tests": _tests,
    "findings": _findings,
}


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(current(path.read_text("utf-8")), "utf-8")
