"""Runs that rest and wake, flows that call flows, and which version of a flow is the live one.

Only adds: what the version still serving writes leaves the new columns empty.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"

moment = sa.DateTime(timezone=True)
resting = sa.text("status IN ('active', 'waiting', 'with_human') AND wakes_at IS NOT NULL")
is_open = sa.text("status IN ('active', 'waiting', 'with_human')")
awaiting = sa.text("awaits IS NOT NULL")


def upgrade() -> None:
    op.add_column(
        "flow_version", sa.Column("links", sa.Text(), server_default="{}", nullable=False)
    )
    op.add_column("run", sa.Column("wakes_at", moment, nullable=True))
    op.add_column("run", sa.Column("awaits", sa.Text(), nullable=True))
    op.create_index(
        "ix_run_wakes", "run", ["wakes_at"], sqlite_where=resting, postgresql_where=resting
    )
    op.create_index(
        "ix_run_expires", "run", ["expires_at"], sqlite_where=is_open, postgresql_where=is_open
    )
    op.create_index(
        "ix_run_awaits",
        "run",
        ["customer_id", "awaits"],
        sqlite_where=awaiting,
        postgresql_where=awaiting,
    )
    op.create_table(
        "live_flow",
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.PrimaryKeyConstraint("flow", name="pk_live_flow"),
        sa.ForeignKeyConstraint(
            ["hash"], ["flow_version.hash"], name="fk_live_flow_hash_flow_version"
        ),
    )


def downgrade() -> None:
    op.drop_table("live_flow")
    op.drop_index("ix_run_awaits", "run")
    op.drop_index("ix_run_expires", "run")
    op.drop_index("ix_run_wakes", "run")
    op.drop_column("run", "awaits")
    op.drop_column("run", "wakes_at")
    op.drop_column("flow_version", "links")
