"""The whole set-up of a company: lists of its own words, invitations, who changed what.

What agents and queues ask for is declared as a skill, since only declared ones are taken now.
"""

import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0009"
down_revision: str | None = "0008"

document = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
moment = sa.DateTime(timezone=True)
what = sa.Enum(
    "added",
    "changed",
    "removed",
    "invited",
    "password_chosen",
    name="what",
    native_enum=False,
    create_constraint=True,
    length=32,
)


def upgrade() -> None:
    op.add_column(
        "agent", sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False)
    )
    setup = op.create_table(
        "setup",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("entries", document, nullable=False),
        sa.PrimaryKeyConstraint("kind", name="pk_setup"),
    )
    op.create_table(
        "invitation",
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_invitation_agent_id_agent"),
        sa.PrimaryKeyConstraint("agent_id", name="pk_invitation"),
        sa.UniqueConstraint("token_hash", name="uq_invitation_token_hash"),
    )
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("what", what, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("before", document, nullable=True),
        sa.Column("after", document, nullable=True),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
    )
    if used := _used():
        op.bulk_insert(setup, [{"kind": "skill", "entries": [{"name": one} for one in used]}])


def downgrade() -> None:
    for name in ("audit", "invitation", "setup"):
        op.drop_table(name)
    op.drop_column("agent", "active")


def _used() -> list[str]:
    """Skills that agents have or queues ask for."""
    db = op.get_bind()
    agents = _documents(db.execute(sa.text("SELECT skills FROM agent")).scalars())
    queues = _documents(db.execute(sa.text("SELECT rules FROM queue")).scalars())
    known = [*agents, *(rules.get("skills", {}) for rules in queues)]
    return sorted({name for skills in known for name in skills})


def _documents(found: Iterable[Any]) -> list[dict[str, Any]]:
    """SQLite gives them as text."""
    return [json.loads(one) if isinstance(one, str) else one for one in found]
