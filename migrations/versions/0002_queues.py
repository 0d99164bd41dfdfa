"""Queues with rules; what agents can, and what a request needs of them.

Only adds, each column with a default: the version still serving writes rows without them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | None = "0001"

document = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _listed(name: str, empty: str) -> sa.Column[object]:
    return sa.Column(name, document, server_default=sa.text(f"'{empty}'"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "queue",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rules", document, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_queue"),
    )
    op.add_column("agent", _listed("skills", "{}"))
    op.add_column("agent", _listed("languages", "[]"))
    for column in (
        sa.Column("language", sa.Text(), server_default=sa.text("''"), nullable=False),
        _listed("skills", "{}"),
        sa.Column("crisis", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("expected_s", sa.Float(), nullable=True),
    ):
        op.add_column("interaction", column)
    op.create_index("ix_interaction_queue_accepted_at", "interaction", ["queue", "accepted_at"])


def downgrade() -> None:
    op.drop_index("ix_interaction_queue_accepted_at", "interaction")
    for name in ("expected_s", "owner_id", "crisis", "skills", "language"):
        op.drop_column("interaction", name)
    for name in ("languages", "skills"):
        op.drop_column("agent", name)
    op.drop_table("queue")
