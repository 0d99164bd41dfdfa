"""An index of the repeated questions alone, so that they can be counted.

Only adds.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"

repeated = sa.text("kind = 'question.repeated'")


def upgrade() -> None:
    op.create_index(
        "ix_event_repeated", "event", ["at"], sqlite_where=repeated, postgresql_where=repeated
    )


def downgrade() -> None:
    op.drop_index("ix_event_repeated", "event")
