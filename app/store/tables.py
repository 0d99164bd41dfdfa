"""What is kept: the tables, and the rules that the database itself enforces.

The predicates are literal text, shared by a partial index and the queries it serves: SQLite uses
such an index only where it reads the very same words.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    TextClause,
    UniqueConstraint,
    Uuid,
    text,
)

from app.conversation import participant as joining
from app.conversation import repeats
from app.conversation.approval import ApprovalState
from app.conversation.callback import CALLBACK_OPEN as CALLBACK_OPEN_STATES
from app.conversation.callback import CallbackState
from app.conversation.context import Context
from app.conversation.facts import Trust
from app.conversation.files import LEFT_LYING, FileState
from app.conversation.interaction import (
    OPEN,
    Attempt,
    Channel,
    Interaction,
    Passing,
    State,
    Wanted,
)
from app.conversation.people import Intent
from app.conversation.queues import Queue, Skills
from app.conversation.timeline import ActorKind, Audience, Viewer
from app.store.records import Count, JobState, Owner, What
from app.store.types import Json, PlainText, UtcDateTime, word
from push.delivery import HELD, WAITING, DeliveryState
from push.device import DeviceKind
from push.notification import NotificationClass
from push.outcome import Failure
from rtc.call import Media

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _state_in(states: Iterable[StrEnum]) -> TextClause:
    words = ", ".join(sorted(f"'{state}'" for state in states))
    return text(f"state IN ({words})")


def _partial(name: str | None, *columns: str, where: TextClause, unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


def _key(name: str, target: str, **options: Any) -> Column[Any]:
    return Column(name, Uuid, ForeignKey(target), **options)


INTERACTION_OPEN = _state_in(OPEN)
INTERACTION_QUEUED = _state_in([State.QUEUED])
INTERACTION_OFFERED = _state_in([State.OFFERED])
INTERACTION_TAKEN = _state_in([State.LIVE, State.WRAP_UP])
INTERACTION_PAUSED = _state_in([State.PAUSED])
CALLBACK_OPEN = _state_in(CALLBACK_OPEN_STATES)
PARTICIPANT_OPEN = text("closed_at IS NULL")
RUN_OPEN = text("status IN ('active', 'waiting', 'with_human')")
RUN_OVER = text("status NOT IN ('active', 'waiting', 'with_human')")
RUN_RESTING = text(f"{RUN_OPEN.text} AND wakes_at IS NOT NULL")
RUN_UNTALLIED = text("tallied < version")
JOB_DUE = _state_in([JobState.DUE])
CALL_OPEN = text("state <> 'ended'")
FILE_UNSAID = _state_in([*LEFT_LYING, FileState.REMOVED])
QUESTION_REPEATED = text(f"kind = '{repeats.KIND}'")
DELIVERY_WAITING = _state_in(WAITING)
DELIVERY_HELD = _state_in(HELD)

meta = Table(
    "meta",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("epoch", Uuid, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)
"""The one row about the database itself."""

customer = Table(
    "customer",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("subject", PlainText, nullable=False, unique=True),
    Column("name", PlainText, nullable=False),
    Column("language", PlainText, nullable=False),
    Column("claims", Json(dict[str, str]), nullable=False),
    Column("anonymous", Boolean, nullable=False, server_default=text("false")),
)

device_identity = Table(
    "device_identity",
    metadata,
    Column("secret_hash", LargeBinary, primary_key=True),
    _key("customer_id", "customer.id", nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    _key("linked_to", "customer.id", index=True),
    Column("linked_at", UtcDateTime),
)
"""A device that came without signing in, and whose history that became."""

fact = Table(
    "fact",
    metadata,
    _key("customer_id", "customer.id", nullable=False),
    Column("key", PlainText, nullable=False),
    Column("trust", word(Trust, "trust"), nullable=False),
    Column("value", Json()),
    Column("sealed", PlainText),
    Column("source", PlainText, nullable=False),
    Column("channel", PlainText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("customer_id", "key", "trust"),
)

conversation = Table(
    "conversation",
    metadata,
    Column("id", Uuid, primary_key=True),
    _key("customer_id", "customer.id", nullable=False, unique=True),
    Column("head", BigInteger, nullable=False, server_default="0"),
    Column("customer_head", BigInteger, nullable=False, server_default="0"),
    # The customer's head before the newest event: what an UPDATE can return of the old row.
    Column("customer_prev", BigInteger, nullable=False, server_default="0"),
    # Every event updates its conversation; the free half of each page keeps that in place (HOT).
    postgresql_with={"fillfactor": 50},
)

event = Table(
    "event",
    metadata,
    _key("conversation_id", "conversation.id", nullable=False),
    Column("seq", BigInteger, nullable=False, autoincrement=False),
    Column("kind", PlainText, nullable=False),
    Column("actor_kind", word(ActorKind, "actor_kind"), nullable=False),
    Column("actor_name", PlainText, nullable=False),
    Column("actor_id", Uuid),
    Column("body", Json(dict[str, Any]), nullable=False),
    Column("audience", word(Audience, "audience"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("customer_prev", BigInteger, nullable=False),
    Column("cmid", Uuid),
    Column("run_id", Uuid),
    Column("private", LargeBinary),
    PrimaryKeyConstraint("conversation_id", "seq"),
    UniqueConstraint("conversation_id", "cmid"),
    _partial(None, "run_id", "seq", where=text("run_id IS NOT NULL")),
    _partial("ix_event_repeated", "at", where=QUESTION_REPEATED),
)

file = Table(
    "file",
    metadata,
    Column("id", Uuid, primary_key=True),
    _key("conversation_id", "conversation.id", nullable=False),
    Column("owner_id", Uuid, nullable=False),  # no key: a customer or an agent
    Column("name", PlainText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("state", word(FileState, "state"), nullable=False),
    Column("type", PlainText, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("seq", BigInteger),
    Index(None, "owner_id", "created_at"),
    _partial("ix_file_unsaid", "created_at", where=FILE_UNSAID),
)
"""What is known of a file. Its content lies in the folder of files, under its id."""

mark = Table(
    "mark",
    metadata,
    _key("conversation_id", "conversation.id", nullable=False),
    Column("side", word(Viewer, "side"), nullable=False),
    Column("delivered", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("seen_at", UtcDateTime),
    PrimaryKeyConstraint("conversation_id", "side"),
)

agent = Table(
    "agent",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("email", PlainText, nullable=False, unique=True),
    Column("name", PlainText, nullable=False),
    Column("password_hash", PlainText, nullable=False),
    Column("queues", Json(tuple[str, ...]), nullable=False),
    Column("roles", Json(tuple[str, ...]), nullable=False),
    Column("intent", word(Intent, "intent"), nullable=False),
    Column("intent_since", UtcDateTime),
    Column("max_calls", Integer, nullable=False),
    Column("max_texts", Integer, nullable=False),
    Column("skills", Json(Skills), nullable=False, server_default=text("'{}'")),
    Column("languages", Json(tuple[str, ...]), nullable=False, server_default=text("'[]'")),
    Column("active", Boolean, nullable=False, server_default=text("true")),
)

agent_lease = Table(
    "agent_lease",
    metadata,
    _key("agent_id", "agent.id", nullable=False),
    Column("device_id", Uuid, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("agent_id", "device_id"),
)
"""A desk that is connected: the agent is reachable as long as one lease lasts."""

queue = Table(
    "queue",
    metadata,
    Column("name", PlainText, primary_key=True),
    Column("rules", Json(Queue), nullable=False),
)

setup = Table(
    "setup",
    metadata,
    Column("kind", PlainText, primary_key=True),
    Column("entries", Json(), nullable=False),
)
"""What the company set up beside agents and queues: one list for each kind."""

invitation = Table(
    "invitation",
    metadata,
    _key("agent_id", "agent.id", primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("expires_at", UtcDateTime, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", PlainText, nullable=False),
    Column("by_id", Uuid),
    Column("what", word(What, "what"), nullable=False),
    Column("kind", PlainText, nullable=False),
    Column("name", PlainText, nullable=False),
    Column("before", Json()),
    Column("after", Json()),
)
"""Who changed the set-up, and how. Only ever added to."""

flow_version = Table(
    "flow_version",
    metadata,
    Column("hash", PlainText, primary_key=True),
    Column("flow", PlainText, nullable=False),
    Column("body", PlainText, nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
    Column("links", PlainText, nullable=False, server_default="{}"),
)

live_flow = Table(
    "live_flow",
    metadata,
    Column("flow", PlainText, primary_key=True),
    Column("hash", PlainText, ForeignKey("flow_version.hash"), nullable=False),
    Column("since", UtcDateTime, nullable=False),
)

run = Table(
    "run",
    metadata,
    Column("id", Uuid, primary_key=True),
    _key("customer_id", "customer.id", nullable=False),
    _key("conversation_id", "conversation.id", nullable=False),
    Column("flow", PlainText, nullable=False),
    Column("hash", PlainText, ForeignKey("flow_version.hash"), nullable=False),
    Column("inputs_key", PlainText, nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("status", PlainText, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("version", BigInteger, nullable=False),
    Column("wakes_at", UtcDateTime),
    Column("awaits", PlainText),
    Column("forgets_at", UtcDateTime),
    # The version that was counted for insight. Only who counts writes it; others leave it alone.
    Column("tallied", BigInteger, nullable=False, server_default=text("-1")),
    Index(None, "customer_id", "updated_at"),
    _partial("ix_run_untallied", "updated_at", where=RUN_UNTALLIED),
    _partial("ix_run_expires", "expires_at", where=RUN_OPEN),
    _partial("ix_run_wakes", "wakes_at", where=RUN_RESTING),
    _partial("ix_run_forgets", "forgets_at", where=text("forgets_at IS NOT NULL")),
    _partial("ix_run_awaits", "customer_id", "awaits", where=text("awaits IS NOT NULL")),
    _partial("uq_run_open", "customer_id", "flow", "inputs_key", unique=True, where=RUN_OPEN),
)

run_tally = Table(
    "run_tally",
    metadata,
    _key("run_id", "run.id", primary_key=True),
    Column("hash", PlainText, nullable=False),
    Column("day", Date, nullable=False),
    Column("counts", Json(tuple[Count, ...]), nullable=False),
    Column("look_again_at", UtcDateTime, index=True),
)
"""What each run has added to the table `insight`, to be taken back when it is counted anew."""

insight = Table(
    "insight",
    metadata,
    Column("hash", PlainText, nullable=False),
    Column("day", Date, nullable=False),
    Column("step", PlainText, nullable=False),
    Column("what", PlainText, nullable=False),
    Column("name", PlainText, nullable=False),
    Column("count", BigInteger, nullable=False),
    PrimaryKeyConstraint("hash", "day", "step", "what", "name"),
)
"""How the runs of a version that began on a day went: the sum of their tallies."""

interaction = Table(
    "interaction",
    metadata,
    Column("id", Uuid, primary_key=True),
    _key("conversation_id", "conversation.id", nullable=False),
    _key("customer_id", "customer.id", nullable=False),
    Column("state", word(State, "state"), nullable=False),
    Column("channel", word(Channel, "channel"), nullable=False),
    Column("queue", PlainText, nullable=False),
    Column("reason", PlainText, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("why_now", PlainText, nullable=False),
    Column("enqueued_at", UtcDateTime, nullable=False),
    Column("version", BigInteger, nullable=False),
    _key("run_id", "run.id"),
    _key("agent_id", "agent.id"),
    _key("offer_agent_id", "agent.id"),
    Column("offer_offered_at", UtcDateTime),
    Column("offer_expires_at", UtcDateTime),
    Column("tried", Json(tuple[Attempt, ...]), nullable=False),
    Column("accepted_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("wrap_up_until", UtcDateTime),
    Column("disposition", PlainText),
    Column("rating_score", SmallInteger),
    Column("rating_text", PlainText),
    Column("language", PlainText, nullable=False, server_default=text("''")),
    Column("skills", Json(Skills), nullable=False, server_default=text("'{}'")),
    Column("crisis", Boolean, nullable=False, server_default=text("false")),
    Column("owner_id", Uuid),  # no key: adding one would make SQLite copy the table
    Column("expected_s", Float),
    Column("wait_began_at", UtcDateTime),
    Column("paused_at", UtcDateTime),
    Column("remind_at", UtcDateTime),
    Column("notify", Boolean, nullable=False, server_default=text("false")),
    Column("callback_id", Uuid),  # no key, as above
    Column("passed_on", Json(Passing)),
    Column("wanted", Json(Wanted)),
    Column("closing_reason", PlainText),
    Column("closing_since", UtcDateTime),
    Column("closing_until", UtcDateTime),
    Column("quiet_at", UtcDateTime),
    Column("nobody_since", UtcDateTime),
    Column("crisis_claimed", Boolean, nullable=False, server_default=text("false")),
    CheckConstraint("rating_score BETWEEN 1 AND 5", name="rating"),
    _partial("uq_interaction_open", "customer_id", unique=True, where=INTERACTION_OPEN),
    _partial("ix_interaction_queued", "priority", "enqueued_at", where=INTERACTION_QUEUED),
    _partial("ix_interaction_offered", "offer_agent_id", where=INTERACTION_OFFERED),
    _partial("ix_interaction_paused", "remind_at", where=INTERACTION_PAUSED),
    _partial("ix_interaction_taken", "agent_id", where=INTERACTION_TAKEN),
    Index(None, "customer_id", "enqueued_at"),
    Index(None, "queue", "ended_at"),
    Index(None, "queue", "accepted_at"),
)

participant = Table(
    "participant",
    metadata,
    Column("id", Uuid, primary_key=True),
    _key("interaction_id", "interaction.id", nullable=False),
    Column("role", word(joining.Role, "role"), nullable=False),
    Column("state", word(joining.State, "state"), nullable=False),
    _key("asked_by", "agent.id", nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("note", PlainText, nullable=False),
    Column("queue", PlainText),
    Column("skills", Json(Skills), nullable=False),
    _key("wanted_id", "agent.id"),
    _key("agent_id", "agent.id"),
    Column("offered_at", UtcDateTime),
    Column("expires_at", UtcDateTime),
    Column("tried", Json(tuple[Attempt, ...]), nullable=False),
    Column("joined_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("outcome", word(joining.Outcome, "outcome")),
    _partial("uq_participant_open", "interaction_id", "role", unique=True, where=PARTICIPANT_OPEN),
    _partial("ix_participant_agent", "agent_id", where=PARTICIPANT_OPEN),
)

context = Table(
    "context",
    metadata,
    _key("interaction_id", "interaction.id", primary_key=True),
    Column("capsule", Json(Context), nullable=False),
)

context_snapshot = Table(
    "context_snapshot",
    metadata,
    Column("id", Uuid, primary_key=True),
    _key("interaction_id", "interaction.id", nullable=False),
    Column("captured_at", UtcDateTime, nullable=False),
    Column("capsule", Json(Context), nullable=False),
    Index(None, "interaction_id", "captured_at"),
)
"""What the app showed last, later than when help was asked for."""

callback = Table(
    "callback",
    metadata,
    Column("id", Uuid, primary_key=True),
    _key("conversation_id", "conversation.id", nullable=False),
    _key("customer_id", "customer.id", nullable=False),
    Column("state", word(CallbackState, "state"), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("zone", PlainText, nullable=False),
    Column("interaction_id", Uuid, nullable=False),  # no key: it may still have to be queued
    Column("asked", Json(Interaction), nullable=False),
    Column("context", Json(Context)),
    Column("tries", Integer, nullable=False),
    Column("version", BigInteger, nullable=False),
    Index(None, "customer_id", "due_at"),
    _partial("uq_callback_open", "customer_id", unique=True, where=CALLBACK_OPEN),
    _partial("ix_callback_open", "due_at", where=CALLBACK_OPEN),
)

approval = Table(
    "approval",
    metadata,
    Column("id", Uuid, primary_key=True),
    _key("interaction_id", "interaction.id", nullable=False),
    _key("conversation_id", "conversation.id", nullable=False),
    _key("customer_id", "customer.id", nullable=False),
    Column("agent_id", Uuid, nullable=False),
    Column("what", PlainText, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("state", word(ApprovalState, "state"), nullable=False),
    Column("refusals", SmallInteger, nullable=False),
    Column("code", LargeBinary),
    Column("version", BigInteger, nullable=False),
    Index(None, "customer_id"),
)

sign_in = Table(
    "sign_in",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("owner", word(Owner, "owner"), nullable=False),
    Column("owner_id", Uuid, nullable=False, index=True),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Column("proved_level", SmallInteger),
    Column("proved_at", UtcDateTime),
)

action_job = Table(
    "action_job",
    metadata,
    Column("id", Uuid, primary_key=True),
    _key("run_id", "run.id", nullable=False),
    Column("effect", LargeBinary, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("state", word(JobState, "state"), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease_until", UtcDateTime),
    _partial("ix_action_job_due", "due_at", where=JOB_DUE),
)

code = Table(
    "code",
    metadata,
    _key("run_id", "run.id", primary_key=True),
    Column("state", LargeBinary, nullable=False),
)

call = Table(
    "call",
    metadata,
    Column("id", Uuid, primary_key=True),
    _key("interaction_id", "interaction.id", nullable=False),
    Column("state", PlainText, nullable=False),
    Column("state_since", UtcDateTime, nullable=False),
    Column("started_by", word(Owner, "started_by"), nullable=False),
    Column("video", Boolean, nullable=False),
    Column("gen", BigInteger, nullable=False),
    Column("wanted_gen", BigInteger, nullable=False),
    Column("wanted_rev", BigInteger, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_reason", PlainText),
    Column("version", BigInteger, nullable=False),
    Column("place", PlainText),
    Column("customer_media", Json(Media)),
    Column("agent_media", Json(Media)),
    _partial("uq_call_open", "interaction_id", unique=True, where=CALL_OPEN),
)

passkey = Table(
    "passkey",
    metadata,
    Column("id", Uuid, primary_key=True),
    _key("customer_id", "customer.id", nullable=False, index=True),
    Column("credential_id", LargeBinary, nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("name", PlainText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

challenge = Table(
    "challenge",
    metadata,
    Column("purpose", PlainText, primary_key=True),
    Column("challenge", LargeBinary, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)
"""What a passkey is to sign; whoever reads it takes it away."""

call_description = Table(
    "call_description",
    metadata,
    _key("call_id", "call.id", nullable=False),
    Column("gen", BigInteger, nullable=False),
    Column("rev", BigInteger, nullable=False),
    Column("kind", PlainText, nullable=False),
    Column("sdp", PlainText, nullable=False),
    PrimaryKeyConstraint("call_id", "kind", "gen", "rev"),
)

device = Table(
    "device",
    metadata,
    Column("id", Uuid, primary_key=True),
    _key("customer_id", "customer.id", nullable=False, index=True),
    Column("kind", word(DeviceKind, "kind"), nullable=False),
    Column("address", PlainText, nullable=False),
    Column("app", PlainText, nullable=False),
    Column("locale", PlainText, nullable=False),
    Column("registered_at", UtcDateTime, nullable=False),
    UniqueConstraint("kind", "address"),
)

notification = Table(
    "notification",
    metadata,
    Column("id", Uuid, primary_key=True),
    _key("customer_id", "customer.id", nullable=False),
    Column("class_", word(NotificationClass, "class"), nullable=False),
    Column("title", PlainText, nullable=False),
    Column("body", PlainText, nullable=False),
    Column("link", PlainText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "customer_id", "created_at"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", Uuid, primary_key=True),
    _key("notification_id", "notification.id", nullable=False),
    Column("device_id", Uuid, nullable=False),  # no key: the device may be forgotten
    Column("priority", SmallInteger, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("state", word(DeliveryState, "state"), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("failure", word(Failure, "failure")),
    Column("detail", PlainText, nullable=False),
    Column("provider_id", PlainText),
    Column("accepted_at", UtcDateTime),
    Column("received_at", UtcDateTime),
    UniqueConstraint("notification_id", "device_id"),
    _partial("ix_delivery_waiting", "priority", "due_at", "id", where=DELIVERY_WAITING),
    _partial("ix_delivery_held", "lease_until", where=DELIVERY_HELD),
)

kept_answer = Table(
    "kept_answer",
    metadata,
    Column("owner_id", Uuid, nullable=False),
    Column("key", PlainText, nullable=False),
    Column("request_hash", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False, index=True),
    PrimaryKeyConstraint("owner_id", "key"),
)
