"""The set-up as one document: read, compared with another, put; and who changed it."""

from typing import Annotated

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter
from msgspec import Struct

from app.api.admin import IfMatch, by, must_be_version
from app.api.conversations import Cursor, PageSize
from app.api.errors import SetupRefused, pointer_of
from app.company.apply import Plan, plan
from app.company.change import changes, version
from app.company.checks import is_in, unserved
from app.company.file import Company, CompanyFile, Sections, sections
from app.company.invitation import Invited
from app.company.stored import company_of, write
from app.conversation.people import Agent
from app.retry import retried
from app.store.records import AuditEntry
from app.store.work import Store, Work
from app.yaml_file import BadFile

Prune = Annotated[
    bool, QueryParameter(description="Remove what the sections that are given no longer name.")
]


class CompanyDocument(Struct, frozen=True, kw_only=True):
    version: str
    company: Company
    """In the words of company.yaml; `warmline apply` takes it as it is."""
    invitations: list[Invited] = []
    """Of agents who are new: how they get in. Told once."""


class PlanView(Struct, frozen=True, kw_only=True):
    version: str
    """Of the company that it was compared with: the `If-Match` of putting it."""
    lines: list[str]
    """What would change, for people. None: nothing to do."""
    left_alone: list[str]
    unserved: list[str]
    """Queues that no agent would serve."""


class AuditTrail(Struct, frozen=True, kw_only=True):
    items: list[AuditEntry]
    upto: int
    """Ask for the next page after this seq; it is the newest when `items` is not full."""


@get("/v1/admin/company", operation_id="getCompany", tags=["admin"])
async def get_company(
    agent: NamedDependency[Agent], store: NamedDependency[Store]
) -> Response[CompanyDocument]:
    """The whole set-up as one document, with its version as `ETag`."""
    async with store.read() as work:
        company = await company_of(work)
    return _answer(company, [])


@post("/v1/admin/company/plan", operation_id="planCompany", tags=["admin"], status_code=200)
async def plan_company(
    data: JSONBody[CompanyFile],
    agent: NamedDependency[Agent],
    store: NamedDependency[Store],
    prune: Prune = False,
) -> PlanView:
    """What putting this document would change. Writes nothing."""
    async with store.read() as work:
        found = await _plan(work, data, prune=prune)
    return PlanView(
        version=version(found.before),
        lines=found.lines,
        left_alone=found.left_alone,
        unserved=unserved(found.after.company),
    )


@put("/v1/admin/company", operation_id="putCompany", tags=["admin"])
@retried
async def put_company(
    data: JSONBody[CompanyFile],
    agent: NamedDependency[Agent],
    store: NamedDependency[Store],
    prune: Prune = False,
    if_match: IfMatch = None,
) -> Response[CompanyDocument]:
    """Set the company up as the document says, all of it or nothing.

    Sections that it leaves out are left alone; entries that a section does not name stay as they
    are, or are removed with `prune`. `If-Match` names the version that the plan was made of.
    """
    async with store.write() as work:
        await work.setup.lock()
        found = await _plan(work, data, prune=prune)
        must_be_version(found.before, if_match)
        changed = changes(found.before, found.after.company)
        invited = await write(work, found.before, found.after, changed, by(agent))
    return _answer(found.after.company, invited)


@get("/v1/admin/audit", operation_id="listAudit", tags=["admin"])
async def audit(
    agent: NamedDependency[Agent],
    store: NamedDependency[Store],
    after: Cursor = 0,
    limit: PageSize = 200,
) -> AuditTrail:
    """Who changed what of the set-up after a cursor, oldest first."""
    async with store.read() as work:
        found = await work.audit.after(after, limit)
    return AuditTrail(items=list(found), upto=found[-1].seq if found else after)


async def _plan(work: Work, data: CompanyFile, *, prune: bool) -> Plan:
    given: Sections = {}
    try:
        given = sections(data)
        return await plan(work, given, prune=prune)
    except BadFile as error:
        if is_in(error.place, given) or not given:
            raise SetupRefused(error.problem, pointer_of(error.place)) from None
        raise SetupRefused(str(error)) from None


def _answer(company: Company, invited: list[Invited]) -> Response[CompanyDocument]:
    content = CompanyDocument(version=version(company), company=company, invitations=invited)
    return Response(content, headers={"ETag": f'"{content.version}"'})


ROUTES = [get_company, plan_company, put_company, audit]
