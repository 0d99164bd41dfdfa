"""When the next answer of a run is to be forgotten.

Only adds: what the version still serving writes leaves the new column empty.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"

forgets = sa.text("forgets_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("run", sa.Column("forgets_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_run_forgets", "run", ["forgets_at"], sqlite_where=forgets, postgresql_where=forgets
    )


def downgrade() -> None:
    op.drop_index("ix_run_forgets", "run")
    op.drop_column("run", "forgets_at")
