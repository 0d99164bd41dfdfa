"""Where a call's legs are, and what each side sends: not known to one process alone.

Only adds, and each column may be empty: the version still serving writes rows without them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0003"
down_revision: str | None = "0002"

COLUMNS = ("place", "customer_media", "agent_media")
document = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("call", sa.Column("place", sa.Text(), nullable=True))
    for name in COLUMNS[1:]:
        op.add_column("call", sa.Column(name, document, nullable=True))


def downgrade() -> None:
    for name in reversed(COLUMNS):
        op.drop_column("call", name)
