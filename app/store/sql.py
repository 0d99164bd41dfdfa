"""The store in SQL: one transaction, all ports on its connection."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.conversation.errors import Stale
from app.conversation.ports import (
    Agents,
    Approvals,
    Callbacks,
    Contexts,
    Customers,
    Facts,
    Files,
    Identities,
    Interactions,
    Marks,
    Participants,
    Queues,
    Setup,
    Timeline,
)
from app.store import tables
from app.store.action_jobs import SqlActionJobs
from app.store.agents import SqlAgents
from app.store.approvals import SqlApprovals
from app.store.audit import SqlAudit
from app.store.away import asked
from app.store.callbacks import SqlCallbacks
from app.store.calls import SqlCalls
from app.store.clock import clock
from app.store.codes import SqlCodes
from app.store.contexts import SqlContexts
from app.store.customers import SqlCustomers
from app.store.deliveries import SqlDeliveries
from app.store.devices import SqlDevices
from app.store.engine import Database
from app.store.facts import SqlFacts
from app.store.files import SqlFiles
from app.store.flow_versions import SqlFlowVersions
from app.store.identities import SqlIdentities
from app.store.insight import SqlInsight
from app.store.interactions import SqlInteractions
from app.store.invitations import SqlInvitations
from app.store.kept_answers import SqlKeptAnswers
from app.store.marks import SqlMarks
from app.store.notifications import SqlNotifications
from app.store.participants import SqlParticipants
from app.store.passkeys import SqlChallenges, SqlPasskeys
from app.store.queues import SqlQueues
from app.store.runs import SqlRuns
from app.store.setup import SqlSetup
from app.store.sign_ins import SqlSignIns
from app.store.timeline import SqlTimeline
from app.store.work import (
    ActionJobs,
    Audit,
    Calls,
    Challenges,
    Codes,
    FlowVersions,
    Insight,
    Invitations,
    KeptAnswers,
    Notifications,
    Passkeys,
    Runs,
    SignIns,
    Work,
)
from push.ports import Devices, Outbox

_LOST_THE_RACE = frozenset({"40P01", "40001"})
"""Postgres chose this transaction as the one to give way: deadlock, serialization failure."""

_CLOCK = select(clock())
_EPOCH = select(tables.meta.c.epoch)


class SqlWork:
    """app.store.work.Work on one connection."""

    def __init__(self, db: AsyncConnection) -> None:
        self._db = db
        self._now: datetime | None = None
        self.topics: set[str] = set()
        self.customers: Customers = SqlCustomers(db)
        self.identities: Identities = SqlIdentities(db)
        self.facts: Facts = SqlFacts(db)
        self.timeline: Timeline = SqlTimeline(db)
        self.interactions: Interactions = SqlInteractions(db)
        self.participants: Participants = SqlParticipants(db)
        self.agents: Agents = SqlAgents(db)
        self.queues: Queues = SqlQueues(db)
        self.setup: Setup = SqlSetup(db)
        self.contexts: Contexts = SqlContexts(db)
        self.callbacks: Callbacks = SqlCallbacks(db)
        self.approvals: Approvals = SqlApprovals(db)
        self.files: Files = SqlFiles(db)
        self.marks: Marks = SqlMarks(db)
        self.sign_ins: SignIns = SqlSignIns(db)
        self.invitations: Invitations = SqlInvitations(db)
        self.audit: Audit = SqlAudit(db)
        self.flow_versions: FlowVersions = SqlFlowVersions(db)
        self.runs: Runs = SqlRuns(db)
        self.insight: Insight = SqlInsight(db)
        self.action_jobs: ActionJobs = SqlActionJobs(db)
        self.codes: Codes = SqlCodes(db)
        self.passkeys: Passkeys = SqlPasskeys(db)
        self.challenges: Challenges = SqlChallenges(db)
        self.calls: Calls = SqlCalls(db)
        self.notifications: Notifications = SqlNotifications(db)
        self.deliveries: Outbox = SqlDeliveries(db)
        self.devices: Devices = SqlDevices(db)
        self.kept_answers: KeptAnswers = SqlKeptAnswers(db)

    async def now(self) -> datetime:
        if self._now is None:
            self._now = (await self._db.execute(_CLOCK)).scalar_one()
        return self._now

    async def epoch(self) -> UUID:
        epoch: UUID = (await self._db.execute(_EPOCH)).scalar_one()
        return epoch

    def ring(self, topic: str) -> None:
        self.topics.add(topic)


class SqlStore:
    """app.store.work.Store in a database. `on_commit` gets the topics of each transaction.

    Whoever locks several things locks them in this order: interactions, participants, agents,
    conversations. A round of offers has the agents first; it waits for no interaction and no
    participant, but skips what others hold. A call is changed by whoever has its interaction
    locked. Callbacks are told apart by their versions, and written last.
    Where two still meet head on, the one that gives way raises Stale.
    """

    def __init__(self, database: Database, on_commit: Callable[[set[str]], None]) -> None:
        self._database = database
        self._on_commit = on_commit

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Work]:
        try:
            async with asked(), self._database.write() as db:
                work = SqlWork(db)
                yield work
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) in _LOST_THE_RACE:
                raise Stale("data") from error
            raise
        if work.topics:
            self._on_commit(work.topics)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Work]:
        async with asked(), self._database.read() as db:
            yield SqlWork(db)

    async def epoch(self) -> UUID:
        async with self.read() as work:
            return await work.epoch()

    async def close(self) -> None:
        await self._database.close()
