"""The set-up entry by entry: list, get, put and remove, with the version that was looked at.

Six kinds have the same four operations. What a change must fulfil is what the file must fulfil.
"""

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Response, delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody
from msgspec import Struct, defstruct

from app.api.errors import SetupRefused, VersionDiffers, pointer_of
from app.company.change import changes, version, with_entry, without
from app.company.checks import Checked, by_name, checked
from app.company.file import Company, CompanyFile, sections
from app.company.invitation import Invited
from app.company.kinds import AGENT, DISPOSITION, KINDS, Kind
from app.company.stored import By, company_of, write
from app.conversation.errors import NotFound
from app.conversation.people import Agent
from app.retry import retried
from app.store.work import Store, Work
from app.yaml_file import BadFile

IfMatch = Annotated[
    str | None,
    HeaderParameter(
        name="If-Match",
        max_length=100,
        description="The version that was looked at. Without it a PUT only creates.",
    ),
]


def by(agent: Agent) -> By:
    return By(name=agent.email, agent_id=agent.id)


def must_be_version(present: Struct | None, if_match: str | None) -> None:
    """Raises VersionDiffers where somebody else was there meanwhile, or nobody looked."""
    there = "" if present is None else version(present)
    if there != (if_match or "").strip().removeprefix("W/").strip('"'):
        raise VersionDiffers(there)


def _checked(company: Company, own: str | None) -> Checked:
    """Raises SetupRefused: by a pointer into what is put, at `own`, else by what is refused."""
    try:
        return checked(company)
    except BadFile as error:
        if own is not None and error.place.startswith(own):
            place = pointer_of(error.place.removeprefix(own))
            raise SetupRefused(error.problem, place) from None
        where = by_name(error.place, company)
        raise SetupRefused(f"{where}: {error.problem}") from None


def _in_full(kind: Kind, entry: Any) -> Any:
    """With its zone; a disposition's place in the list is for `with_entry` to say."""
    if kind is DISPOSITION:
        return entry
    alone: Any = {kind.section: (entry,)}
    (full,) = sections(CompanyFile(**alone))[kind.section]
    return full


async def _change(
    work: Work, kind: Kind, name: str, entry: Any, if_match: str | None, agent: Agent
) -> tuple[Company, list[Invited]]:
    """Put the entry, or remove what has the name where there is none; returns the company then."""
    await work.setup.lock()
    before = await company_of(work)
    present = kind.named(before).get(name)
    if entry is None and present is None:
        raise NotFound(kind.name)
    must_be_version(present, if_match)
    wanted = without(before, kind, name) if entry is None else with_entry(before, kind, entry)
    own = None if entry is None else _place(wanted, kind, name)
    after = _checked(wanted, own)
    changed = changes(before, after.company)
    return after.company, await write(work, before, after, changed, by(agent))


def _place(company: Company, kind: Kind, name: str) -> str:
    return f"{kind.section}[{list(kind.named(company)).index(name)}]"


class _Shape(Struct, frozen=True, kw_only=True):
    """What the operations of one kind are called, and what they answer with."""

    kind: Kind
    path: str
    word: str
    many: str
    entry: type[Struct]
    entries: type[Struct]

    def seen(self, entry: Any, invited: Sequence[Invited] = ()) -> Any:
        more = {"invitation": invited[0]} if invited else {}
        return self.entry(version=version(entry), entry=entry, **more)

    def answer(self, entry: Any, invited: Sequence[Invited] = ()) -> Response[Any]:
        content = self.seen(entry, invited)
        return Response(content, headers={"ETag": f'"{content.version}"'})


def _shape(kind: Kind) -> _Shape:
    word = "".join(part.title() for part in kind.name.split())
    fields: list[Any] = [("version", str), ("entry", kind.spec)]
    if kind is AGENT:
        fields.append(("invitation", Invited | None, None))
    entry: Any = defstruct(f"{word}Entry", fields, frozen=True, kw_only=True)
    return _Shape(
        kind=kind,
        path=f"/v1/admin/{kind.section.replace('_', '-')}",
        word=word,
        many="".join(part.title() for part in kind.section.split("_")),
        entry=entry,
        entries=defstruct(f"{word}Entries", [("items", list[entry])], frozen=True),
    )


def _list(shape: _Shape) -> Any:
    kind = shape.kind
    entries: Any = shape.entries

    @get(
        shape.path,
        operation_id=f"listAdmin{shape.many}",
        tags=["admin"],
        description=f"Every {kind.name} of the set-up, each with its version.",
    )
    async def list_all(agent: NamedDependency[Agent], store: NamedDependency[Store]) -> entries:
        async with store.read() as work:
            company = await company_of(work)
        return entries([shape.seen(one) for one in kind.entries(company)])

    return list_all


def _get(shape: _Shape) -> Any:
    kind = shape.kind
    entry_type: Any = shape.entry

    @get(
        f"{shape.path}/{{name:str}}",
        operation_id=f"getAdmin{shape.word}",
        tags=["admin"],
        description=f"One {kind.name}, with its version as `ETag`.",
    )
    async def get_one(
        name: FromPath[str], agent: NamedDependency[Agent], store: NamedDependency[Store]
    ) -> Response[entry_type]:
        async with store.read() as work:
            found = kind.named(await company_of(work)).get(name)
        if found is None:
            raise NotFound(kind.name)
        return shape.answer(found)

    return get_one


def _put(shape: _Shape) -> Any:
    kind = shape.kind
    spec: Any = kind.spec
    entry_type: Any = shape.entry

    @put(
        f"{shape.path}/{{name:str}}",
        operation_id=f"putAdmin{shape.word}",
        tags=["admin"],
        description=f"Make a new {kind.name}, or change the one whose version `If-Match` names.",
    )
    @retried
    async def put_one(
        name: FromPath[str],
        data: JSONBody[spec],
        agent: NamedDependency[Agent],
        store: NamedDependency[Store],
        if_match: IfMatch = None,
    ) -> Response[entry_type]:
        if kind.name_of(data) != name:
            raise SetupRefused(f"the address names {name}", f"/{kind.named_by[0]}")
        async with store.write() as work:
            entry = _in_full(kind, data)
            company, invited = await _change(work, kind, name, entry, if_match, agent)
        return shape.answer(kind.named(company)[name], invited)

    return put_one


def _remove(shape: _Shape) -> Any:
    kind = shape.kind

    @delete(
        f"{shape.path}/{{name:str}}",
        operation_id=f"removeAdmin{shape.word}",
        tags=["admin"],
        description=f"Remove the {kind.name} whose version `If-Match` names.",
    )
    @retried
    async def remove(
        name: FromPath[str],
        agent: NamedDependency[Agent],
        store: NamedDependency[Store],
        if_match: IfMatch = None,
    ) -> None:
        async with store.write() as work:
            await _change(work, kind, name, None, if_match, agent)

    return remove


ROUTES = [make(_shape(kind)) for kind in KINDS for make in (_list, _get, _put, _remove)]
