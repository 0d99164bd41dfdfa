"""Pauses, callbacks, and news for whoever left the app while waiting.

Only adds, each column with a default: the version still serving writes rows without them. It does
not know a paused interaction, so nobody should pause before it has stopped.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0004"
down_revision: str | None = "0003"

moment = sa.DateTime(timezone=True)
document = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

OLD_STATES = ("queued", "offered", "live", "wrap_up", "closed")
STATES = ("queued", "offered", "live", "paused", "wrap_up", "closed")
CALLBACK_STATES = ("scheduled", "due", "done", "missed", "cancelled")


def upgrade() -> None:
    _know_states(OLD_STATES, STATES)
    _open_are("live", "offered", "paused", "queued")
    for column in (
        sa.Column("wait_began_at", moment, nullable=True),
        sa.Column("paused_at", moment, nullable=True),
        sa.Column("remind_at", moment, nullable=True),
        sa.Column("notify", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("callback_id", sa.Uuid(), nullable=True),
    ):
        op.add_column("interaction", column)
    _partial("ix_interaction_paused", "interaction", "remind_at", where=_state_in("paused"))
    _create_callback()


def downgrade() -> None:
    op.drop_table("callback")
    op.drop_index("ix_interaction_paused", "interaction")
    for name in ("callback_id", "notify", "remind_at", "paused_at", "wait_began_at"):
        op.drop_column("interaction", name)
    op.execute("UPDATE interaction SET state = 'closed' WHERE state = 'paused'")
    _open_are("live", "offered", "queued")
    _know_states(STATES, OLD_STATES)


def _create_callback() -> None:
    state = sa.Enum(
        *CALLBACK_STATES, name="state", native_enum=False, create_constraint=True, length=32
    )
    op.create_table(
        "callback",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("interaction_id", sa.Uuid(), nullable=False),
        sa.Column("asked", document, nullable=False),
        sa.Column("context", document, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name="fk_callback_conversation_id_conversation",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name="fk_callback_customer_id_customer"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_callback"),
    )
    op.create_index("ix_callback_customer_id_due_at", "callback", ["customer_id", "due_at"])
    to_come = _state_in("due", "scheduled")
    _partial("ix_callback_open", "callback", "due_at", where=to_come)
    _partial("uq_callback_open", "callback", "customer_id", where=to_come, unique=True)


def _open_are(*states: str) -> None:
    """At most one interaction of a customer is in one of these."""
    op.drop_index("uq_interaction_open", "interaction")
    where = _state_in(*states)
    _partial("uq_interaction_open", "interaction", "customer_id", where=where, unique=True)


def _partial(name: str, table: str, column: str, *, where: str, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(
        name, table, [column], unique=unique, sqlite_where=condition, postgresql_where=condition
    )


def _know_states(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_interaction_state"), "interaction", type_="check")
        op.create_check_constraint(op.f("ck_interaction_state"), "interaction", _state_in(*new))
    else:
        _rewrite_check(_state_in(*old), _state_in(*new))


def _rewrite_check(old: str, new: str) -> None:
    """SQLite would copy the whole table for another CHECK, which changes nothing in the file.

    So only its text is changed, as https://www.sqlite.org/lang_altertable.html describes for that
    ("making other kinds of table schema changes"), in the transaction of the migration.
    """
    db = op.get_bind()
    version = db.execute(sa.text("PRAGMA schema_version")).scalar_one()
    db.execute(sa.text("PRAGMA writable_schema = ON"))
    changed = db.execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :old, :new)"
            " WHERE type = 'table' AND name = 'interaction' AND instr(sql, :old) > 0"
        ),
        {"old": old, "new": new},
    )
    if changed.rowcount != 1:
        raise AssertionError("the table has another CHECK of its states")
    db.execute(sa.text(f"PRAGMA schema_version = {version + 1}"))
    db.execute(sa.text("PRAGMA writable_schema = OFF"))


def _state_in(*states: str) -> str:
    return f"state IN ({', '.join(repr(state) for state in states)})"
