"""How does the file get into the store: looked at first, then all of it or nothing."""

from msgspec import Struct

from app.company.change import changes, lines, merged
from app.company.checks import Checked, by_name, checked, is_in
from app.company.file import Company, Sections
from app.company.invitation import Invited
from app.company.kinds import KINDS
from app.company.stored import By, company_of, write
from app.retry import retried
from app.store.work import Store, Work
from app.yaml_file import BadFile


class ChangedMeanwhile(Exception):
    """What is stored is no longer what the difference was made of."""

    def __init__(self) -> None:
        super().__init__("somebody else changed the company in the meantime: run it again")


class Plan(Struct, frozen=True, kw_only=True):
    before: Company
    after: Checked
    lines: list[str]
    """What would change, for people. None: nothing to do."""
    left_alone: list[str]
    """What is stored and not in the file."""


async def look(store: Store, given: Sections, *, prune: bool = False) -> Plan:
    """What would change; writes nothing. Raises BadFile where the result makes no sense."""
    async with store.read() as work:
        return await plan(work, given, prune=prune)


@retried
async def apply(
    store: Store, given: Sections, shown: Plan, by: By, *, prune: bool = False
) -> list[Invited]:
    """Write what was shown, in one transaction; returns who is new and how they get in.

    Raises ChangedMeanwhile where the store would now need something else, and as `write` does.
    """
    async with store.write() as work:
        await work.setup.lock()
        now = await plan(work, given, prune=prune)
        if now.lines != shown.lines:
            raise ChangedMeanwhile
        return await write(work, now.before, now.after, changes(now.before, now.after.company), by)


async def plan(work: Work, given: Sections, *, prune: bool) -> Plan:
    before = await company_of(work)
    after = _checked(merged(before, given, prune=prune), given)
    return Plan(
        before=before,
        after=after,
        lines=lines(changes(before, after.company)),
        left_alone=[] if prune else _left_alone(before, given),
    )


def _checked(company: Company, given: Sections) -> Checked:
    """A place that is not in the file is named by what stands there."""
    try:
        return checked(company)
    except BadFile as error:
        if is_in(error.place, given):
            raise
        raise BadFile(by_name(error.place, company), error.problem) from None


def _left_alone(before: Company, given: Sections) -> list[str]:
    return [
        f"{kind.name} {name}"
        for kind in KINDS
        for name in kind.named(before)
        if name not in {kind.name_of(one) for one in given.get(kind.section, ())}
    ]
