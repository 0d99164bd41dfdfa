"""What the store without a database keeps, and how it is looked up."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from msgspec.structs import asdict

from app.conversation.approval import Approval
from app.conversation.callback import Callback
from app.conversation.context import Context
from app.conversation.errors import NotFound
from app.conversation.facts import Fact, Trust
from app.conversation.files import File
from app.conversation.interaction import Interaction
from app.conversation.marks import Mark
from app.conversation.participant import Participant
from app.conversation.people import Agent, Customer, DeviceIdentity
from app.conversation.queues import Queue
from app.conversation.timeline import Event, Viewer
from app.store.records import (
    ActionJob,
    AuditEntry,
    CallRow,
    Challenge,
    CodeRow,
    DescriptionRow,
    FlowVersion,
    Invitation,
    KeptAnswer,
    LiveFlow,
    Passkey,
    RunRow,
    RunTally,
    SignIn,
)
from push.delivery import Delivery
from push.device import Device
from push.notification import Notification

T = TypeVar("T")


class Tables(msgspec.Struct, kw_only=True):
    """Every table as a dict by its key. What is in them is never changed, only replaced."""

    customers: dict[UUID, Customer] = {}
    identities: dict[bytes, DeviceIdentity] = {}
    facts: dict[tuple[UUID, str, Trust], Fact] = {}
    events: dict[UUID, tuple[Event, ...]] = {}
    interactions: dict[UUID, Interaction] = {}
    participants: dict[UUID, Participant] = {}
    agents: dict[UUID, Agent] = {}
    leases: dict[tuple[UUID, UUID], datetime] = {}
    queues: dict[str, Queue] = {}
    setup: dict[type[msgspec.Struct], tuple[Any, ...]] = {}
    audit: dict[int, AuditEntry] = {}
    invitations: dict[UUID, Invitation] = {}
    contexts: dict[UUID, tuple[Context, ...]] = {}
    callbacks: dict[UUID, Callback] = {}
    approvals: dict[UUID, Approval] = {}
    files: dict[UUID, File] = {}
    marks: dict[tuple[UUID, Viewer], Mark] = {}
    sign_ins: dict[bytes, SignIn] = {}
    flow_versions: dict[str, FlowVersion] = {}
    live_flows: dict[str, LiveFlow] = {}
    runs: dict[UUID, RunRow] = {}
    tallied: dict[UUID, int] = {}
    run_tallies: dict[UUID, RunTally] = {}
    insight: dict[tuple[str, date, str, str, str], int] = {}
    action_jobs: dict[UUID, ActionJob] = {}
    codes: dict[UUID, CodeRow] = {}
    passkeys: dict[UUID, Passkey] = {}
    challenges: dict[str, Challenge] = {}
    calls: dict[UUID, CallRow] = {}
    descriptions: dict[tuple[UUID, str, int, int], DescriptionRow] = {}
    notifications: dict[UUID, Notification] = {}
    deliveries: dict[UUID, Delivery] = {}
    devices: dict[UUID, Device] = {}
    kept_answers: dict[tuple[UUID, str], KeptAnswer] = {}

    def copy(self) -> "Tables":
        return Tables(**{name: dict(table) for name, table in asdict(self).items()})

    def frozen(self) -> "Tables":
        """The same tables, refusing changes."""
        views: dict[str, Any] = {name: MappingProxyType(t) for name, t in asdict(self).items()}
        return Tables(**views)


def found(table: Mapping[UUID, T], id: UUID, what: str) -> T:
    try:
        return table[id]
    except KeyError:
        raise NotFound(what) from None


def first(rows: Iterable[T]) -> T | None:
    return next(iter(rows), None)
