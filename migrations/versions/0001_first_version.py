"""The first version."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None

moment = sa.DateTime(timezone=True)
document = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def word(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def partial(name: str, table: str, columns: list[str], *, where: str, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(
        name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition
    )


def upgrade() -> None:
    op.create_table(
        "agent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("queues", document, nullable=False),
        sa.Column("roles", document, nullable=False),
        sa.Column("intent", word("intent", "available", "break", "offline"), nullable=False),
        sa.Column("intent_since", moment, nullable=True),
        sa.Column("max_calls", sa.Integer(), nullable=False),
        sa.Column("max_texts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agent"),
        sa.UniqueConstraint("email", name="uq_agent_email"),
    )
    op.create_table(
        "customer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("claims", document, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_customer"),
        sa.UniqueConstraint("subject", name="uq_customer_subject"),
    )
    op.create_table(
        "flow_version",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("published_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_flow_version"),
    )
    op.create_table(
        "kept_answer",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "key", name="pk_kept_answer"),
    )
    op.create_index("ix_kept_answer_created_at", "kept_answer", ["created_at"])
    op.create_table(
        "meta",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.Uuid(), nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
        sa.PrimaryKeyConstraint("id", name="pk_meta"),
    )
    op.create_table(
        "sign_in",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("owner", word("owner", "customer", "agent"), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sign_in"),
    )
    op.create_index("ix_sign_in_expires_at", "sign_in", ["expires_at"])
    op.create_table(
        "agent_lease",
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("until", moment, nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_agent_lease_agent_id_agent"),
        sa.PrimaryKeyConstraint("agent_id", "device_id", name="pk_agent_lease"),
    )
    op.create_table(
        "conversation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("head", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("customer_head", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("customer_prev", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name="fk_conversation_customer_id_customer"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_conversation"),
        sa.UniqueConstraint("customer_id", name="uq_conversation_customer_id"),
        postgresql_with={"fillfactor": 50},
    )
    op.create_table(
        "device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind", word("kind", "fcm_token", "fid", "apns", "apns_voip", "webpush"), nullable=False
        ),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("app", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("registered_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name="fk_device_customer_id_customer"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_device"),
        sa.UniqueConstraint("kind", "address", name="uq_device_kind_address"),
    )
    op.create_index("ix_device_customer_id", "device", ["customer_id"])
    op.create_table(
        "notification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column(
            "class_",
            word("class", "call", "reply", "followup", "survey", "sync", "security"),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name="fk_notification_customer_id_customer"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_notification"),
    )
    op.create_index(
        "ix_notification_customer_id_created_at", "notification", ["customer_id", "created_at"]
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column(
            "state",
            word(
                "state",
                "queued",
                "leased",
                "sending",
                "retry",
                "accepted",
                "delivered",
                "dead",
                "expired",
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", moment, nullable=True),
        sa.Column(
            "failure",
            word(
                "failure",
                "unregistered",
                "address_invalid",
                "sender_mismatch",
                "device_gone",
                "kind_unsupported",
                "message_invalid",
                "quota",
                "unavailable",
                "internal",
                "unreachable",
                "unauthenticated",
                "misconfigured",
                "uncertain",
            ),
            nullable=True,
        ),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("accepted_at", moment, nullable=True),
        sa.Column("received_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["notification.id"],
            name="fk_delivery_notification_id_notification",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint(
            "notification_id", "device_id", name="uq_delivery_notification_id_device_id"
        ),
    )
    partial("ix_delivery_held", "delivery", ["lease_until"], where="state IN ('leased', 'sending')")
    partial(
        "ix_delivery_waiting",
        "delivery",
        ["priority", "due_at", "id"],
        where="state IN ('queued', 'retry')",
    )
    op.create_table(
        "event",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor_kind", word("actor_kind", "customer", "agent", "system"), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("body", document, nullable=False),
        sa.Column("audience", word("audience", "everyone", "agents"), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("customer_prev", sa.BigInteger(), nullable=False),
        sa.Column("cmid", sa.Uuid(), nullable=True),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("private", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name="fk_event_conversation_id_conversation"
        ),
        sa.PrimaryKeyConstraint("conversation_id", "seq", name="pk_event"),
        sa.UniqueConstraint("conversation_id", "cmid", name="uq_event_conversation_id_cmid"),
    )
    partial("ix_event_run_id_seq", "event", ["run_id", "seq"], where="run_id IS NOT NULL")
    op.create_table(
        "run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("inputs_key", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name="fk_run_conversation_id_conversation"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name="fk_run_customer_id_customer"
        ),
        sa.ForeignKeyConstraint(["hash"], ["flow_version.hash"], name="fk_run_hash_flow_version"),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
    )
    op.create_index("ix_run_customer_id_updated_at", "run", ["customer_id", "updated_at"])
    partial(
        "uq_run_open",
        "run",
        ["customer_id", "flow", "inputs_key"],
        unique=True,
        where="status IN ('active', 'waiting', 'with_human')",
    )
    op.create_table(
        "action_job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("effect", sa.LargeBinary(), nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("state", word("state", "due", "done"), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", moment, nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_action_job_run_id_run"),
        sa.PrimaryKeyConstraint("id", name="pk_action_job"),
    )
    partial("ix_action_job_due", "action_job", ["due_at"], where="state IN ('due')")
    op.create_table(
        "code",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_code_run_id_run"),
        sa.PrimaryKeyConstraint("run_id", name="pk_code"),
    )
    op.create_table(
        "interaction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state", word("state", "queued", "offered", "live", "wrap_up", "closed"), nullable=False
        ),
        sa.Column("channel", word("channel", "text", "voice", "video"), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("why_now", sa.Text(), nullable=False),
        sa.Column("enqueued_at", moment, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("offer_agent_id", sa.Uuid(), nullable=True),
        sa.Column("offer_offered_at", moment, nullable=True),
        sa.Column("offer_expires_at", moment, nullable=True),
        sa.Column("tried", document, nullable=False),
        sa.Column("accepted_at", moment, nullable=True),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("wrap_up_until", moment, nullable=True),
        sa.Column("disposition", sa.Text(), nullable=True),
        sa.Column("rating_score", sa.SmallInteger(), nullable=True),
        sa.Column("rating_text", sa.Text(), nullable=True),
        sa.CheckConstraint("rating_score BETWEEN 1 AND 5", name="rating"),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_interaction_agent_id_agent"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name="fk_interaction_conversation_id_conversation",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name="fk_interaction_customer_id_customer"
        ),
        sa.ForeignKeyConstraint(
            ["offer_agent_id"], ["agent.id"], name="fk_interaction_offer_agent_id_agent"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_interaction_run_id_run"),
        sa.PrimaryKeyConstraint("id", name="pk_interaction"),
    )
    op.create_index(
        "ix_interaction_customer_id_enqueued_at", "interaction", ["customer_id", "enqueued_at"]
    )
    partial(
        "ix_interaction_offered", "interaction", ["offer_agent_id"], where="state IN ('offered')"
    )
    op.create_index("ix_interaction_queue_ended_at", "interaction", ["queue", "ended_at"])
    partial(
        "ix_interaction_queued",
        "interaction",
        ["priority", "enqueued_at"],
        where="state IN ('queued')",
    )
    partial(
        "ix_interaction_taken", "interaction", ["agent_id"], where="state IN ('live', 'wrap_up')"
    )
    partial(
        "uq_interaction_open",
        "interaction",
        ["customer_id"],
        unique=True,
        where="state IN ('live', 'offered', 'queued')",
    )
    op.create_table(
        "call",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("interaction_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_since", moment, nullable=False),
        sa.Column("started_by", word("started_by", "customer", "agent"), nullable=False),
        sa.Column("video", sa.Boolean(), nullable=False),
        sa.Column("gen", sa.BigInteger(), nullable=False),
        sa.Column("wanted_gen", sa.BigInteger(), nullable=False),
        sa.Column("wanted_rev", sa.BigInteger(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interaction_id"], ["interaction.id"], name="fk_call_interaction_id_interaction"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_call"),
    )
    partial("uq_call_open", "call", ["interaction_id"], unique=True, where="state <> 'ended'")
    op.create_table(
        "context",
        sa.Column("interaction_id", sa.Uuid(), nullable=False),
        sa.Column("capsule", document, nullable=False),
        sa.ForeignKeyConstraint(
            ["interaction_id"], ["interaction.id"], name="fk_context_interaction_id_interaction"
        ),
        sa.PrimaryKeyConstraint("interaction_id", name="pk_context"),
    )
    op.create_table(
        "call_description",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("gen", sa.BigInteger(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sdp", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_call_description_call_id_call"),
        sa.PrimaryKeyConstraint("call_id", "kind", "gen", "rev", name="pk_call_description"),
    )
    meta = sa.table("meta", sa.column("id", sa.SmallInteger()), sa.column("epoch", sa.Uuid()))
    op.bulk_insert(meta, [{"id": 1, "epoch": uuid4()}])


def downgrade() -> None:
    op.drop_table("call_description")
    op.drop_table("context")
    op.drop_table("call")
    op.drop_table("interaction")
    op.drop_table("code")
    op.drop_table("action_job")
    op.drop_table("run")
    op.drop_table("event")
    op.drop_table("delivery")
    op.drop_table("notification")
    op.drop_table("device")
    op.drop_table("conversation")
    op.drop_table("agent_lease")
    op.drop_table("sign_in")
    op.drop_table("meta")
    op.drop_table("kept_answer")
    op.drop_table("flow_version")
    op.drop_table("customer")
    op.drop_table("agent")
