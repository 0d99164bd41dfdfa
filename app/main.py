"""Builds the application: the one place where the parts meet."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import structlog
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi.config import OpenAPIConfig
from msgspec import Struct

from app import catalogue as flow_files
from app import topics
from app.api import (
    admin,
    admin_company,
    approvals,
    callbacks,
    client_config,
    conversations,
    devices,
    facts,
    files,
    guards,
    health,
    help,
    idempotency,
    insight,
    interactions,
    invitations,
    live_reference,
    me,
    pages,
    participants,
    passkeys,
    pausing,
    permissions,
    reference,
    repeats,
    runs,
    sign_in,
    transfers,
    wording,
)
from app.api import (
    calls as calls_api,
)
from app.api.errors import HANDLERS
from app.api.live import live
from app.api.live_socket.needs import Live
from app.api.team import Team
from app.approving import Approving
from app.auth.access_token import forget_expired
from app.auth.customer_token import HostTokens
from app.auth.doorkeeper import Doorkeeper
from app.bus.memory import Bus
from app.bus.postgres import PostgresLine
from app.bus.shared import Line, SharedBus
from app.calling_back import CallingBack
from app.calls import Calls
from app.closing import Closings
from app.config import Config, listed, own_origins
from app.egress import Egress
from app.files.folder import FolderContents
from app.files.ports import Contents
from app.files.uploads import Limits, Uploads
from app.flow_reload import EVERY_S as LOOKED_FOR_CHANGES_EVERY_S
from app.flow_reload import FlowReload
from app.help import Help
from app.jobs.loop import keep_doing
from app.jobs.pushing import push_worker
from app.jobs.reconciler import Reconciler
from app.kept import forget_answers
from app.linking import Linking
from app.marks import Marks
from app.messages import Messages
from app.missing_texts import MissingTexts
from app.passkeys.challenges import forget_expired as forget_challenges
from app.passkeys.relying_party import RelyingParty
from app.places import Places
from app.queue import offer_round
from app.runs.back_end import BackEnd
from app.runs.expiry import expire_overdue
from app.runs.file_links import FileLinks
from app.runs.forgetting import forget_due
from app.runs.handover import Handover
from app.runs.log import RunLog
from app.runs.self_service import SelfService
from app.runs.tallying import tally_runs
from app.runs.waking import wake_due
from app.store.engine import open_database
from app.store.sql import SqlStore
from app.vault import Vault
from rtc.engine import Engine
from rtc.memory import MemoryEngine
from rtc.relay.engine import SharedRelay
from selfservice.texts import Catalogues

DESK_LOCALE = "en"
"""The language of what agents read."""

CATCH_UP_AT_ONCE = 4
"""Pages of the live socket that read what they missed. SQLite reads in the loop: there it is one.

All who have read go on in the same turn of the loop, and a message needs five turns to be stored.
"""

LOOK_AGAIN_S = 1.0
"""How often background work looks by itself; bells wake it sooner."""

FILES_SWEPT_EVERY_S = 60.0
"""How late a file goes that was deleted, or never sent."""

TALLIED_EVERY_S = 60.0
"""How late it is counted how a run went."""

EXPIRED_WITHIN_S = 60.0
"""How late a run may expire; flows count in hours and days."""

RECONCILED_EVERY_S = 60.0
"""How late what must hold is found broken."""

FORGOTTEN_WITHIN_S = 600.0
"""How much longer than promised a kept answer may stay, or a sign-in after its time."""

log = structlog.get_logger()

ROUTES: list[Any] = [
    *sign_in.ROUTES,
    *me.ROUTES,
    *runs.ROUTES,
    *help.ROUTES,
    *interactions.ROUTES,
    *facts.ROUTES,
    *transfers.ROUTES,
    *participants.ROUTES,
    *pausing.ROUTES,
    *callbacks.ROUTES,
    *approvals.ROUTES,
    *conversations.ROUTES,
    *files.ROUTES,
    *calls_api.ROUTES,
    *devices.ROUTES,
    *passkeys.ROUTES,
    *wording.ROUTES,
    *admin.ROUTES,
    *admin_company.ROUTES,
    *invitations.ROUTES,
    *repeats.ROUTES,
    *insight.ROUTES,
    *health.ROUTES,
    *client_config.ROUTES,
    *reference.ROUTES,
    *live_reference.ROUTES,
    live,
]


class Parts(Struct, frozen=True, kw_only=True):
    """The parts, each made once and joined to those it needs."""

    config: Config
    bus: Bus
    store: SqlStore
    engine: Engine
    vault: Vault
    party: RelyingParty
    egress: Egress
    catalogue: flow_files.Catalogue
    missing_texts: MissingTexts
    runs: RunLog
    back_end: BackEnd
    self_service: SelfService
    approving: Approving
    help: Help
    calling_back: CallingBack
    handover: Handover
    calls: Calls
    closings: Closings
    messages: Messages
    places: Places
    marks: Marks
    contents: Contents
    links: FileLinks
    uploads: Uploads
    team: Team
    reconciler: Reconciler
    leaving: asyncio.Event


def create_app(
    config: Config, engine: Engine | None = None, more_routes: Sequence[Any] = ()
) -> Litestar:
    """The whole server, ready to be run. The database is migrated already.

    Without an engine, calls are described but carry no media: good for tests of the API. Calling
    `state.leave` tells everybody that the server is about to stop, and waits for calls. Raises
    BadTable where app/api/permissions.py does not say who may use a route, or a POST takes no
    Idempotency-Key.
    """
    parts = _joined(config, engine or MemoryEngine())
    app = Litestar(
        [*ROUTES, *pages.routers(), *more_routes],
        dependencies={name: Provide(one, sync_to_thread=False) for name, one in _given(parts)}
        | {
            "caller": Provide(guards.caller, sync_to_thread=False),
            "customer": Provide(guards.customer, sync_to_thread=False),
            "agent": Provide(guards.agent, sync_to_thread=False),
            "client": Provide(guards.client, sync_to_thread=False),
            "once": Provide(idempotency.once),
        },
        guards=[permissions.enforced(parts.store)],
        before_request=guards.before,
        before_send=[guards.with_headers(pages.security_headers(config))],
        exception_handlers=HANDLERS,
        request_max_body_size=guards.MAX_BODY,
        lifespan=[lambda app: _alive(parts)],
        openapi_config=OpenAPIConfig(
            title="Warmline",
            version="0.1.0",
            render_plugins=(reference.Described(),),
            use_handler_docstrings=True,
        ),
        logging_config=None,
        state=State(
            {
                "leave": lambda: _leave(parts),
                "found": parts.reconciler.found,
                "catalogue": parts.catalogue,
                "missing_texts": parts.missing_texts.counts,
            }
        ),
    )
    permissions.check(app)
    idempotency.check(app)
    return app


def _joined(config: Config, engine: Engine) -> Parts:
    bus = _bus(config)
    store = SqlStore(open_database(config.resolved_database_url), bus.ring)
    vault = Vault(config.secret)
    party = RelyingParty(config.rp_id, listed(config.rp_origins) or own_origins(config))
    egress = Egress(config.actions_url, config.actions_secret, listed(config.actions_networks))
    catalogue = flow_files.Catalogue()
    missing_texts = MissingTexts()
    words = Catalogues(Path(config.texts_dir), missing=missing_texts)
    runs = RunLog(catalogue, words, DESK_LOCALE)
    links = FileLinks(vault.link_key, config.public_url)
    back_end = BackEnd(store, runs, words, vault, egress, links)
    handover = Handover(runs)
    help_desk = Help(runs, handover)
    calling_back = CallingBack(store, help_desk, handover)
    calls = Calls(store, engine, calling_back.unanswered)
    contents = FolderContents(config.resolved_files_dir)
    limits = Limits(size=config.files_max_bytes, a_day=config.files_per_day)
    return Parts(
        config=config,
        bus=bus,
        store=store,
        engine=engine,
        vault=vault,
        party=party,
        egress=egress,
        catalogue=catalogue,
        missing_texts=missing_texts,
        runs=runs,
        back_end=back_end,
        self_service=SelfService(store, runs, words, vault, back_end, party),
        approving=Approving(store, vault, egress, party),
        help=help_desk,
        calling_back=calling_back,
        handover=handover,
        calls=calls,
        closings=Closings(store, handover),
        messages=Messages(store, bus.tell),
        places=Places(store, bus),
        marks=Marks(store),
        contents=contents,
        links=links,
        uploads=Uploads(store, contents, limits),
        team=Team(store, bus),
        reconciler=Reconciler(store, calls, handover),
        leaving=asyncio.Event(),
    )


async def _leave(parts: Parts) -> None:
    """No new visitors, and those who are here are sent away; those in a call when none is left."""
    parts.leaving.set()
    parts.bus.ring_here([topics.LEAVING])
    try:
        async with asyncio.timeout(parts.config.drain_s):
            while await parts.calls.live():  # noqa: ASYNC110 - another process may end them
                await asyncio.sleep(LOOK_AGAIN_S)
    except TimeoutError:
        log.warning("calls.cut", calls=await parts.calls.live())
    finally:
        parts.bus.ring_here([topics.STOPPING])


async def _offers(parts: Parts) -> None:
    """Whoever leaves makes no new ones: others do."""
    if not parts.leaving.is_set():
        await offer_round(parts.store)


async def _reconciling(parts: Parts) -> None:
    """Not at once: what fell due while nothing ran is first done by those whose work it is."""
    await asyncio.sleep(RECONCILED_EVERY_S)
    await keep_doing("reconciler", parts.bus, None, RECONCILED_EVERY_S, parts.reconciler.look)


def _bus(config: Config) -> Bus:
    """Several processes may work on a Postgres, one on a SQLite file."""
    if not config.on_postgres:
        return Bus()
    line = _redis(config.bus_url) if config.bus_url else PostgresLine(config.resolved_database_url)
    return SharedBus(line)


def _redis(url: str) -> Line:
    from app.bus.redis import RedisLine  # an extra: not everybody has it

    return RedisLine(url)


def _given(parts: Parts) -> Iterator[tuple[str, Callable[[], Any]]]:
    """What handlers are given by name."""
    config = parts.config
    yield "config", lambda: config
    yield "store", lambda: parts.store
    yield "bus", lambda: parts.bus
    yield "leaving", lambda: parts.leaving
    yield "self_service", lambda: parts.self_service
    yield "approving", lambda: parts.approving
    yield "handover", lambda: parts.handover
    yield "calls", lambda: parts.calls
    yield "closings", lambda: parts.closings
    yield "messages", lambda: parts.messages
    yield "contents", lambda: parts.contents
    yield "links", lambda: parts.links
    yield "uploads", lambda: parts.uploads
    yield "runs", lambda: parts.runs
    yield "vault", lambda: parts.vault
    yield "relying_party", lambda: parts.party
    yield "help", lambda: parts.help
    yield "calling_back", lambda: parts.calling_back
    origins = frozenset(listed(config.origins))
    sockets = Live(
        store=parts.store,
        bus=parts.bus,
        messages=parts.messages,
        places=parts.places,
        marks=parts.marks,
        team=parts.team,
        self_service=parts.self_service,
        leaving=parts.leaving,
        origins=origins,
        catching_up=asyncio.Semaphore(CATCH_UP_AT_ONCE if config.on_postgres else 1),
    )
    yield "live", lambda: sockets
    linking = Linking(parts.handover)
    yield "linking", lambda: linking
    doorkeeper = Doorkeeper()
    yield "doorkeeper", lambda: doorkeeper
    host_tokens = HostTokens(_jwks(config), config.host_issuer, config.host_audience)
    yield "host_tokens", lambda: host_tokens


@asynccontextmanager
async def _alive(parts: Parts) -> AsyncIterator[None]:
    """From the first request to the last: connections open, flows published, work going on."""
    async with AsyncExitStack() as stack:
        stack.push_async_callback(parts.store.close)
        await stack.enter_async_context(parts.egress)
        if isinstance(parts.engine, SharedRelay):
            await stack.enter_async_context(parts.engine)
        if parts.config.flows_dir:
            await parts.catalogue.publish_folder(parts.store, Path(parts.config.flows_dir))
        await parts.calls.recover()
        stack.push_async_callback(parts.back_end.close)
        await stack.enter_async_context(_working(parts))
        yield


@asynccontextmanager
async def _working(parts: Parts) -> AsyncIterator[None]:
    """Everything that goes on beside requests, ended with the application."""
    store, bus, back_end = parts.store, parts.bus, parts.back_end
    async with push_worker(parts.config, store, bus) as push, asyncio.TaskGroup() as tasks:
        running = [
            tasks.create_task(work)
            for work in (
                keep_doing("offers", bus, topics.QUEUE, LOOK_AGAIN_S, lambda: _offers(parts)),
                keep_doing("actions", bus, topics.ACTIONS, LOOK_AGAIN_S, back_end.take_over),
                keep_doing(
                    "expiry", bus, None, EXPIRED_WITHIN_S, lambda: expire_overdue(store, parts.runs)
                ),
                keep_doing(
                    "insight",
                    bus,
                    None,
                    TALLIED_EVERY_S,
                    lambda: tally_runs(store, parts.catalogue),
                ),
                keep_doing("runs", bus, None, LOOK_AGAIN_S, lambda: wake_due(store, parts.runs)),
                keep_doing(
                    "flows",
                    bus,
                    topics.FLOWS,
                    LOOK_AGAIN_S,
                    lambda: parts.catalogue.refresh(store),
                ),
                keep_doing(
                    "retain", bus, None, FORGOTTEN_WITHIN_S, lambda: forget_due(store, parts.runs)
                ),
                keep_doing("repeats", bus, None, FORGOTTEN_WITHIN_S, lambda: forget_answers(store)),
                keep_doing(
                    "sign-ins", bus, None, FORGOTTEN_WITHIN_S, lambda: forget_expired(store)
                ),
                keep_doing(
                    "challenges", bus, None, FORGOTTEN_WITHIN_S, lambda: forget_challenges(store)
                ),
                keep_doing("files", bus, None, FILES_SWEPT_EVERY_S, parts.uploads.sweep),
                keep_doing("calls", bus, topics.CALLS, LOOK_AGAIN_S, parts.calls.sweep),
                keep_doing("closings", bus, None, LOOK_AGAIN_S, parts.closings.sweep),
                keep_doing("places", bus, None, LOOK_AGAIN_S, parts.places.look),
                keep_doing("callbacks", bus, None, LOOK_AGAIN_S, parts.calling_back.look),
                _reconciling(parts),
                parts.messages.write(),
                parts.marks.write(),
                parts.team.look(),
                push,
            )
        ]
        if parts.config.flows_reload and parts.config.flows_dir:
            look = _reload(parts).look
            work = keep_doing("flow files", bus, None, LOOKED_FOR_CHANGES_EVERY_S, look)
            running.append(tasks.create_task(work))
        if isinstance(bus, SharedBus):
            running.append(tasks.create_task(bus.run(store.read)))
        yield
        for task in running:
            task.cancel()


def _reload(parts: Parts) -> FlowReload:
    config = parts.config
    texts = Path(config.texts_dir) if config.texts_dir else None
    return FlowReload(parts.catalogue, parts.store, Path(config.flows_dir), texts)


def _jwks(config: Config) -> bytes:
    if not config.host_keys:
        return msgspec.json.encode({"keys": []})
    return Path(config.host_keys).read_bytes()
