"""How runs went: the counts of each run, and their sums by version, day and step.

Only adds. Every run that is there is to be counted, since none has been.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0014"
down_revision: str | None = "0013"

moment = sa.DateTime(timezone=True)
document = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
untallied = sa.text("tallied < version")


def upgrade() -> None:
    op.add_column(
        "run",
        sa.Column("tallied", sa.BigInteger(), server_default=sa.text("-1"), nullable=False),
    )
    op.create_index(
        "ix_run_untallied",
        "run",
        ["updated_at"],
        sqlite_where=untallied,
        postgresql_where=untallied,
    )
    op.create_table(
        "run_tally",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("counts", document, nullable=False),
        sa.Column("look_again_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_run_tally_run_id_run"),
        sa.PrimaryKeyConstraint("run_id", name="pk_run_tally"),
    )
    op.create_index("ix_run_tally_look_again_at", "run_tally", ["look_again_at"])
    op.create_table(
        "insight",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hash", "day", "step", "what", "name", name="pk_insight"),
    )


def downgrade() -> None:
    op.drop_table("insight")
    op.drop_table("run_tally")
    op.drop_index("ix_run_untallied", "run")
    op.drop_column("run", "tallied")
