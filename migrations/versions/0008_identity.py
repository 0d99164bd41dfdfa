"""Customers who did not sign in, facts, and snapshots of what the app showed.

Only adds; what was there has defaults.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0008"
down_revision: str | None = "0007"

document = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
moment = sa.DateTime(timezone=True)
trust = sa.Enum(
    "verified", "claimed", name="trust", native_enum=False, create_constraint=True, length=32
)


def upgrade() -> None:
    op.add_column(
        "customer",
        sa.Column("anonymous", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.create_table(
        "device_identity",
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("linked_to", sa.Uuid(), nullable=True),
        sa.Column("linked_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name="fk_device_identity_customer_id_customer"
        ),
        sa.ForeignKeyConstraint(
            ["linked_to"], ["customer.id"], name="fk_device_identity_linked_to_customer"
        ),
        sa.PrimaryKeyConstraint("secret_hash", name="pk_device_identity"),
        sa.UniqueConstraint("customer_id", name="uq_device_identity_customer_id"),
    )
    op.create_index("ix_device_identity_linked_to", "device_identity", ["linked_to"])
    op.create_index("ix_sign_in_owner_id", "sign_in", ["owner_id"])
    op.create_table(
        "fact",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("trust", trust, nullable=False),
        sa.Column("value", document, nullable=True),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name="fk_fact_customer_id_customer"
        ),
        sa.PrimaryKeyConstraint("customer_id", "key", "trust", name="pk_fact"),
    )
    op.create_table(
        "context_snapshot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("interaction_id", sa.Uuid(), nullable=False),
        sa.Column("captured_at", moment, nullable=False),
        sa.Column("capsule", document, nullable=False),
        sa.ForeignKeyConstraint(
            ["interaction_id"],
            ["interaction.id"],
            name="fk_context_snapshot_interaction_id_interaction",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_context_snapshot"),
    )
    op.create_index(
        "ix_context_snapshot_interaction_id_captured_at",
        "context_snapshot",
        ["interaction_id", "captured_at"],
    )


def downgrade() -> None:
    op.drop_index("ix_sign_in_owner_id", "sign_in")
    for name in ("context_snapshot", "fact", "device_identity"):
        op.drop_table(name)
    op.drop_column("customer", "anonymous")
