"""Does the desk keep its promises whatever people do and whenever servers are killed?"""

import itertools
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from msgspec.structs import replace

from app.conversation import consult, desk
from app.conversation.interaction import Event, Interaction
from app.conversation.people import Agent
from app.conversation.ports import Work
from app.conversation.timeline import Actor
from app.store.engine import open_database
from app.store.memory import MemoryStore
from app.store.sql import SqlStore
from app.store.work import Store
from tests.contract.desk_machine import Clock, Desk

Opened = Callable[[], tuple[Store, Clock | None]]

FEW = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    database=None,
    derandomize=True,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)


def _memory() -> tuple[Store, Clock | None]:
    clock = Clock()
    return MemoryStore(lambda topics: None, clock), clock


def _play(opened: Opened, settings: settings) -> None:
    machine: Any = lambda: Desk(opened)  # noqa: E731  said to be a class; a factory will do
    run_state_machine_as_test(machine, settings=settings)


def test_in_memory() -> None:
    _play(_memory, FEW)


@pytest.fixture
def migrated(sqlite_template: Path, tmp_path: Path) -> Opened:
    """A new database each time; its clock is its own and stands by no one's wish."""
    numbers = itertools.count()

    def opened() -> tuple[Store, Clock | None]:
        path = shutil.copy(sqlite_template, tmp_path / f"{next(numbers)}.db")
        return SqlStore(open_database(f"sqlite:///{path}"), lambda topics: None), None

    return opened


def test_in_sqlite(migrated: Opened) -> None:
    few = settings(FEW, max_examples=4)
    _play(migrated, few)


async def _loses_the_place(
    work: Work, interaction: Interaction, event: Event, actor: Actor, reason: str
) -> Interaction:
    queued = await _BACK_TO_QUEUE(work, interaction, event, actor, reason)
    return await work.interactions.save(replace(queued, enqueued_at=await work.now()))


async def _keeps_the_colleagues(work: Work, interaction: Interaction, actor: Actor) -> None:
    return


async def _accepts_for_anybody(work: Work, id: UUID, agent: Agent) -> Interaction:
    one = await work.interactions.get(id)
    live = replace(one.after(Event.ACCEPT), offer=None, agent_id=agent.id)
    return await work.interactions.save(replace(live, accepted_at=await work.now()))


_BACK_TO_QUEUE = desk._back_to_queue
MISTAKES: dict[str, tuple[ModuleType, str, Any]] = {
    "the place is lost when an offer is declined": (desk, "_back_to_queue", _loses_the_place),
    "colleagues stay beside what is over": (consult, "over", _keeps_the_colleagues),
    "an offer to somebody else is accepted": (desk, "accept", _accepts_for_anybody),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_verb_is_found(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*MISTAKES[mistake])
    unshrunk = settings(FEW, max_examples=300, phases=[Phase.generate], report_multiple_bugs=False)
    with pytest.raises((AssertionError, BaseExceptionGroup)):
        _play(_memory, unshrunk)
