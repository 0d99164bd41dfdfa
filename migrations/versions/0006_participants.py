"""Colleagues whom an agent asks in, and interactions that are passed on.

Only adds: the version still serving writes rows without them, and asks nobody in.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0006"
down_revision: str | None = "0005"

document = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
moment = sa.DateTime(timezone=True)
still_open = sa.text("closed_at IS NULL")


def _word(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def _key(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{table}.id"], name=f"fk_participant_{column}_{table}"
    )


def upgrade() -> None:
    outcomes = ("left", "taken_back", "handed_over", "declined", "nobody", "over")
    op.create_table(
        "participant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("interaction_id", sa.Uuid(), nullable=False),
        sa.Column("role", _word("role", "consult", "specialist"), nullable=False),
        sa.Column("state", _word("state", "asked", "offered", "joined", "closed"), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("until", moment, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=True),
        sa.Column("skills", document, nullable=False),
        sa.Column("wanted_id", sa.Uuid(), nullable=True),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("offered_at", moment, nullable=True),
        sa.Column("expires_at", moment, nullable=True),
        sa.Column("tried", document, nullable=False),
        sa.Column("joined_at", moment, nullable=True),
        sa.Column("closed_at", moment, nullable=True),
        sa.Column("outcome", _word("outcome", *outcomes), nullable=True),
        _key("interaction_id", "interaction"),
        _key("asked_by", "agent"),
        _key("wanted_id", "agent"),
        _key("agent_id", "agent"),
        sa.PrimaryKeyConstraint("id", name="pk_participant"),
    )
    for name, columns, unique in (
        ("uq_participant_open", ["interaction_id", "role"], True),
        ("ix_participant_agent", ["agent_id"], False),
    ):
        op.create_index(
            name,
            "participant",
            columns,
            unique=unique,
            sqlite_where=still_open,
            postgresql_where=still_open,
        )
    op.add_column("interaction", sa.Column("passed_on", document, nullable=True))
    op.add_column("interaction", sa.Column("wanted", document, nullable=True))


def downgrade() -> None:
    op.drop_column("interaction", "wanted")
    op.drop_column("interaction", "passed_on")
    op.drop_table("participant")
