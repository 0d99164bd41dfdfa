"""Passkeys, what they are to sign, and which sign-in proved an identity.

Only adds; a sign-in of before has proved nothing.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"

moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("used_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name="fk_passkey_customer_id_customer"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_passkey"),
        sa.UniqueConstraint("credential_id", name="uq_passkey_credential_id"),
    )
    op.create_index("ix_passkey_customer_id", "passkey", ["customer_id"])
    op.create_table(
        "challenge",
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("purpose", name="pk_challenge"),
    )
    op.create_index("ix_challenge_expires_at", "challenge", ["expires_at"])
    op.add_column("sign_in", sa.Column("proved_level", sa.SmallInteger(), nullable=True))
    op.add_column("sign_in", sa.Column("proved_at", moment, nullable=True))


def downgrade() -> None:
    op.drop_column("sign_in", "proved_at")
    op.drop_column("sign_in", "proved_level")
    for name in ("challenge", "passkey"):
        op.drop_table(name)
