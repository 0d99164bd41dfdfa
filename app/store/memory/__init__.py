"""The store without a database: for tests and the demo; nothing survives the process.

A writer works on a copy of the tables, which takes the place of the old ones when it ends well.
Readers keep the tables that they began with. So a transaction is all or nothing, and a snapshot,
as in SQL; it costs a copy per write.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

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
from app.ids import new_id
from app.store.memory.action_jobs import MemoryActionJobs
from app.store.memory.agents import MemoryAgents
from app.store.memory.approvals import MemoryApprovals
from app.store.memory.callbacks import MemoryCallbacks
from app.store.memory.calls import MemoryCalls
from app.store.memory.codes import MemoryCodes
from app.store.memory.contexts import MemoryContexts
from app.store.memory.customers import MemoryCustomers
from app.store.memory.deliveries import MemoryDeliveries
from app.store.memory.devices import MemoryDevices
from app.store.memory.facts import MemoryFacts
from app.store.memory.files import MemoryFiles
from app.store.memory.flow_versions import MemoryFlowVersions
from app.store.memory.identities import MemoryIdentities
from app.store.memory.insight import MemoryInsight
from app.store.memory.interactions import MemoryInteractions
from app.store.memory.kept_answers import MemoryKeptAnswers
from app.store.memory.marks import MemoryMarks
from app.store.memory.notifications import MemoryNotifications
from app.store.memory.participants import MemoryParticipants
from app.store.memory.passkeys import MemoryChallenges, MemoryPasskeys
from app.store.memory.queues import MemoryQueues
from app.store.memory.runs import MemoryRuns
from app.store.memory.setup import MemoryAudit, MemoryInvitations, MemorySetup
from app.store.memory.sign_ins import MemorySignIns
from app.store.memory.tables import Tables
from app.store.memory.timeline import MemoryTimeline
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


class MemoryWork:
    """app.store.work.Work on one set of tables."""

    def __init__(self, tables: Tables, clock: Callable[[], datetime], epoch: UUID) -> None:
        self._now = clock()
        self._epoch = epoch
        self.topics: set[str] = set()
        self.customers: Customers = MemoryCustomers(tables)
        self.identities: Identities = MemoryIdentities(tables)
        self.facts: Facts = MemoryFacts(tables)
        self.timeline: Timeline = MemoryTimeline(tables, clock)
        self.interactions: Interactions = MemoryInteractions(tables)
        self.participants: Participants = MemoryParticipants(
            tables.participants, tables.interactions
        )
        self.agents: Agents = MemoryAgents(tables, clock)
        self.queues: Queues = MemoryQueues(tables)
        self.setup: Setup = MemorySetup(tables.setup)
        self.contexts: Contexts = MemoryContexts(tables)
        self.callbacks: Callbacks = MemoryCallbacks(tables.callbacks, tables.interactions)
        self.approvals: Approvals = MemoryApprovals(tables)
        self.files: Files = MemoryFiles(tables.files)
        self.marks: Marks = MemoryMarks(tables.marks)
        self.sign_ins: SignIns = MemorySignIns(tables)
        self.invitations: Invitations = MemoryInvitations(tables.invitations)
        self.audit: Audit = MemoryAudit(tables.audit)
        self.flow_versions: FlowVersions = MemoryFlowVersions(tables)
        self.runs: Runs = MemoryRuns(tables)
        self.insight: Insight = MemoryInsight(tables)
        self.action_jobs: ActionJobs = MemoryActionJobs(tables)
        self.codes: Codes = MemoryCodes(tables)
        self.passkeys: Passkeys = MemoryPasskeys(tables)
        self.challenges: Challenges = MemoryChallenges(tables)
        self.calls: Calls = MemoryCalls(tables)
        self.notifications: Notifications = MemoryNotifications(tables)
        self.deliveries: Outbox = MemoryDeliveries(tables)
        self.devices: Devices = MemoryDevices(tables)
        self.kept_answers: KeptAnswers = MemoryKeptAnswers(tables)

    async def now(self) -> datetime:
        return self._now

    async def epoch(self) -> UUID:
        return self._epoch

    def ring(self, topic: str) -> None:
        self.topics.add(topic)


class MemoryStore:
    """app.store.work.Store in this process. `clock` stands in for the database's."""

    def __init__(
        self,
        on_commit: Callable[[set[str]], None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._on_commit = on_commit
        self._clock = clock
        self._tables = Tables()
        self._epoch = new_id()
        self._one_writer = asyncio.Lock()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Work]:
        async with self._one_writer:
            tables = self._tables.copy()
            work = MemoryWork(tables, self._clock, self._epoch)
            yield work
            self._tables = tables
        if work.topics:
            self._on_commit(work.topics)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Work]:
        yield MemoryWork(self._tables.frozen(), self._clock, self._epoch)

    async def epoch(self) -> UUID:
        return self._epoch

    async def close(self) -> None:
        """Nothing is held that would have to be given back."""
