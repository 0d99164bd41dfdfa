"""What would change: the differences between two companies, for the database and for people."""

import hashlib
from collections.abc import Iterator
from typing import Any

from msgspec import NODEFAULT, Struct, json, to_builtins
from msgspec.structs import fields, replace

from app.company.file import Company, Sections
from app.company.kinds import DISPOSITION, KINDS, Kind

VERSION_DIGITS = 24


class Change(Struct, frozen=True, kw_only=True):
    """One entry that is added (nothing before), changed, or removed (nothing after)."""

    kind: Kind
    name: str
    before: Any
    after: Any

    def lines(self) -> Iterator[str]:
        mark = "+" if self.before is None else "-" if self.after is None else "~"
        yield f"{mark} {self.kind.name} {self.name}"
        if self.after is not None:
            yield from self._fields()

    def _fields(self) -> Iterator[str]:
        """Of something known what becomes something else; of something new all but defaults."""
        old: dict[str, Any] = _defaults(self.kind.spec)
        if self.before is not None:
            old = to_builtins(self.before)
        new: dict[str, Any] = to_builtins(self.after)
        for name, value in new.items():
            if name not in self.kind.named_by and value != old.get(name):
                was = "" if self.before is None else f"{_said(old.get(name))} -> "
                yield f"    {name}: {was}{_said(value)}"


def merged(before: Company, given: Sections, *, prune: bool) -> Company:
    """The company once it says what the sections say.

    Entries that a section does not name stay, or go with `prune`; a section that is not given is
    left alone. What is given comes first, so a place in it is the same place in the whole.
    """
    after: dict[str, tuple[Any, ...]] = {}
    for kind in KINDS:
        if kind.section not in given:
            continue
        entries = given[kind.section]
        names = {kind.name_of(one) for one in entries}
        rest = [one for name, one in kind.named(before).items() if name not in names]
        after[kind.section] = entries if prune else (*entries, *rest)
    return replace(before, **after)


def with_entry(before: Company, kind: Kind, entry: Any) -> Company:
    """With this one in place of its namesake, or behind the others."""
    entries = kind.named(before)
    if kind is DISPOSITION and entry.order == 0:
        known = entries.get(kind.name_of(entry))
        last = max((one.order for one in entries.values()), default=0)
        entry = replace(entry, order=known.order if known else last + 1)
    entries[kind.name_of(entry)] = entry
    return replace(before, **{kind.section: tuple(entries.values())})


def without(before: Company, kind: Kind, name: str) -> Company:
    rest = tuple(one for known, one in kind.named(before).items() if known != name)
    return replace(before, **{kind.section: rest})


def changes(before: Company, after: Company) -> list[Change]:
    """What is removed comes last: until then something may refer to it."""
    changed = [change for kind in KINDS for change in _of_kind(kind, before, after)]
    return sorted(changed, key=lambda one: one.after is None)


def lines(changed: list[Change]) -> list[str]:
    """The same for people; none: nothing to do."""
    return [line for change in changed for line in change.lines()]


def version(entry: Struct) -> str:
    """Changes with the content, and with nothing else."""
    content = json.encode(entry, order="deterministic")
    return hashlib.sha256(content).hexdigest()[:VERSION_DIGITS]


def _of_kind(kind: Kind, before: Company, after: Company) -> Iterator[Change]:
    old, new = kind.named(before), kind.named(after)
    for name in (*new, *(one for one in old if one not in new)):
        if old.get(name) != new.get(name):
            yield Change(kind=kind, name=name, before=old.get(name), after=new.get(name))


def _defaults(spec: type[Struct]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields(spec):
        if field.default_factory is not NODEFAULT:
            found[field.name] = field.default_factory()
        elif field.default is not NODEFAULT:
            found[field.name] = to_builtins(field.default)
    return found


def _said(value: Any) -> str:
    match value:
        case None | "" | [] | () | {} if not value:
            return "none"
        case list() | tuple():
            return ", ".join(map(_said, value))
        case dict():
            return "{" + ", ".join(f"{key}: {_said(one)}" for key, one in value.items()) + "}"
        case _:
            return str(value)
