"""What has the company set up beside agents and queues? Skills, outcomes, replies kept ready."""

import re
from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta, Struct

from app.conversation.people import Agent
from app.conversation.queues import Name

Label = Annotated[str, Meta(min_length=1, max_length=200)]

PLACEHOLDERS = frozenset({"customer", "customer_first", "agent", "agent_first"})
"""What a canned reply may leave open: names, and first names, of those who talk."""

_PLACEHOLDER = re.compile(r"\{(\w*)\}")


class Skill(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that agents can know. Only what is declared may be asked for."""

    name: Name
    title: Annotated[str, Meta(max_length=200)] = ""


class Disposition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an interaction can come out. A code that is no longer offered stays in the history."""

    code: Name
    label: Label
    queues: tuple[Name, ...] = ()
    """Only for interactions of these; none: for all."""
    order: Annotated[int, Meta(ge=0, le=10_000)] = 0
    """Its place in the list, the least first. In a file 0 stands for the place in the file."""


class CannedReply(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text that agents need often, called up in the composer by `/` and its shortcut."""

    shortcut: Name
    title: Label
    text: Annotated[str, Meta(min_length=1, max_length=4000)]
    """With placeholders such as {customer} and {agent}."""
    language: Annotated[str, Meta(max_length=35)] = ""
    """Empty: for customers of any. The same shortcut may stand once for each language."""
    queues: tuple[Name, ...] = ()
    """Only for agents of these; none: for all."""


DEFAULT_DISPOSITIONS = tuple(
    Disposition(code=code, label=label, order=order)
    for order, (code, label) in enumerate(
        [
            ("solved_together", "Solved together"),
            ("customer_goes_on", "Customer goes on alone"),
            ("passed_on", "Passed on to another team"),
            ("not_solved", "Not solved"),
            ("no_longer_needed", "No longer needed"),
        ],
        1,
    )
)


def dispositions_of(queue: str, known: Iterable[Disposition]) -> tuple[Disposition, ...]:
    """The outcomes to choose from in a queue: the company's, or five where it has none for it."""
    fitting = tuple(one for one in known if not one.queues or queue in one.queues)
    return fitting or DEFAULT_DISPOSITIONS


def replies_for(agent: Agent, known: Iterable[CannedReply]) -> list[CannedReply]:
    """Those for a queue and a language of this agent. Of whom no language is known speaks all."""
    return [
        one
        for one in known
        if (not one.queues or set(one.queues) & set(agent.queues))
        and (not one.language or not agent.languages or one.language in agent.languages)
    ]


def unknown_placeholders(text: str) -> list[str]:
    return [one for one in _PLACEHOLDER.findall(text) if one not in PLACEHOLDERS]
