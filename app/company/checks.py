"""Does a company make sense? One set of checks, for the file and for the API."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from app.company.file import AgentSpec, Company, Sections
from app.company.kinds import AGENT, DISPOSITION, KINDS, Kind
from app.conversation.queues import Queue
from app.conversation.setup import CannedReply, unknown_placeholders
from app.queue_file import calendars_of, queue_spec, queues_of
from app.yaml_file import BadFile

UTC = "UTC"  # zones are written out by now
_WORD = re.compile(r"^[a-z0-9]+([-_][a-z0-9]+)*$")
_PLACE = re.compile(r"^(?P<section>\w+)\[(?P<at>\d+)\]\.?(?P<rest>.*)$")


class Checked(Struct, frozen=True, kw_only=True):
    """A company that makes sense, in its normal form, and its queues as the queue works by them."""

    company: Company
    queues: dict[str, Queue]


def checked(company: Company) -> Checked:
    """Raises BadFile with the place of what is wrong, such as `agents[2].skills.fruad`."""
    calendars = calendars_of(company.calendars, UTC, "calendars")
    queues = queues_of(company.queues, UTC, "queues", calendars)
    for kind in KINDS:
        _must_be_named_once(kind, kind.entries(company))
    _must_know_skills(company)
    _must_know_queues(company, queues)
    for number, agent in enumerate(company.agents):
        _must_be_an_address(agent, f"agents[{number}].email")
    for number, one in enumerate(company.dispositions):
        _must_be_a_word(one.code, f"dispositions[{number}].code")
    for number, reply in enumerate(company.canned_replies):
        _must_be_usable(reply, f"canned_replies[{number}]")
    return Checked(company=_normal(company, queues), queues=queues)


def by_name(place: str, company: Company) -> str:
    """`agents[2].queues` as `agent ana@bank.example, queues`: for those who see no file."""
    found = _PLACE.match(place)
    kind = next((one for one in KINDS if found and one.section == found["section"]), None)
    if found is None or kind is None:
        return place
    name = f"{kind.name} {kind.name_of(kind.entries(company)[int(found['at'])])}"
    return f"{name}, {found['rest']}" if found["rest"] else name


def is_in(place: str, given: Sections) -> bool:
    """Whether a place of the whole company is one of what was given."""
    found = _PLACE.match(place)
    return found is not None and int(found["at"]) < len(given.get(found["section"], ()))


def unserved(company: Company) -> list[str]:
    """Queues that none of these agents serves, be it by overflow."""
    served = {name for agent in company.agents for name in agent.queues}
    helped = {
        queue.name
        for queue in company.queues
        if queue.overflow is not None and queue.overflow.queue in served
    }
    return [queue.name for queue in company.queues if queue.name not in served | helped]


def _must_be_named_once(kind: Kind, entries: Iterable[Any]) -> None:
    """Names are parts of addresses in the API."""
    seen: set[str] = set()
    for number, entry in enumerate(entries):
        name, place = kind.name_of(entry), f"{kind.section}[{number}].{kind.named_by[0]}"
        if "/" in name or not name.isprintable() or name != name.strip():
            raise BadFile(place, f"{name!r} has a slash, or blanks around it")
        if name in seen:
            raise BadFile(place, f"the {kind.name} {name} stands twice")
        seen.add(name)


def _must_know_skills(company: Company) -> None:
    declared = {skill.name for skill in company.skills}
    for place, entry in _places(company, "queues", "agents"):
        for name in entry.skills.keys() - declared:
            raise BadFile(f"{place}.skills.{name}", f"there is no skill {name}")


def _must_know_queues(company: Company, queues: dict[str, Queue]) -> None:
    for place, entry in _places(company, "agents", "dispositions", "canned_replies"):
        for number, name in enumerate(entry.queues):
            if name not in queues:
                raise BadFile(f"{place}.queues[{number}]", f"there is no queue {name}")


def _places(company: Company, *sections: str) -> Iterator[tuple[str, Any]]:
    for section in sections:
        for number, entry in enumerate(getattr(company, section)):
            yield f"{section}[{number}]", entry


def _must_be_an_address(agent: AgentSpec, place: str) -> None:
    before, at, after = agent.email.partition("@")
    if not (before and at and after) or " " in agent.email:
        raise BadFile(place, f"{agent.email!r} is no e-mail address")


def _must_be_a_word(text: str, place: str) -> None:
    if not _WORD.match(text):
        raise BadFile(place, f"{text!r} is not of small letters, digits, - and _")


def _must_be_usable(reply: CannedReply, place: str) -> None:
    _must_be_a_word(reply.shortcut, f"{place}.shortcut")
    if reply.language and not re.fullmatch(r"[A-Za-z]+(-[A-Za-z0-9]+)*", reply.language):
        raise BadFile(f"{place}.language", f"{reply.language!r} is no language such as en")
    for name in unknown_placeholders(reply.text):
        raise BadFile(f"{place}.text", f"there is nothing to put in for {{{name}}}")


def _normal(company: Company, queues: dict[str, Queue]) -> Company:
    """Written alike and in one order, so that what means the same is equal."""
    normal = {kind.section: _in_order(kind, kind.entries(company)) for kind in KINDS}
    normal["queues"] = tuple(queue_spec(queues[name]) for name in sorted(queues))
    normal["agents"] = tuple(
        replace(one, email=one.email.lower()) for one in _in_order(AGENT, company.agents)
    )
    return Company(**normal)


def _in_order(kind: Kind, entries: Iterable[Any]) -> tuple[Any, ...]:
    def place(entry: Any) -> tuple[int, str]:
        return (entry.order if kind is DISPOSITION else 0, kind.name_of(entry))

    return tuple(sorted(entries, key=place))
