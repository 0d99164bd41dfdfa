"""Ends that are announced, silence, customers who know that nobody is there, claims of a crisis.

Only adds, each column empty or with a default: the version still serving writes rows without them.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"

MOMENTS = ("closing_since", "closing_until", "quiet_at", "nobody_since")


def upgrade() -> None:
    op.add_column("interaction", sa.Column("closing_reason", sa.Text(), nullable=True))
    for name in MOMENTS:
        op.add_column("interaction", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    claimed: sa.Column[bool] = sa.Column(
        "crisis_claimed", sa.Boolean(), server_default=sa.text("false"), nullable=False
    )
    op.add_column("interaction", claimed)


def downgrade() -> None:
    for name in ("crisis_claimed", *reversed(MOMENTS), "closing_reason"):
        op.drop_column("interaction", name)
