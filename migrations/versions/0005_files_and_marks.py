"""Files beside messages, and how far each side of a conversation has read.

Only adds tables.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"

UNSAID = sa.text("state IN ('ready', 'removed', 'uploading')")


def _word(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", _word("state", "uploading", "ready", "said", "removed"),
                  nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"],
                                name="fk_file_conversation_id_conversation"),
        sa.PrimaryKeyConstraint("id", name="pk_file"),
    )  # fmt: skip
    op.create_index("ix_file_owner_id_created_at", "file", ["owner_id", "created_at"])
    op.create_index("ix_file_unsaid", "file", ["created_at"],
                    sqlite_where=UNSAID, postgresql_where=UNSAID)  # fmt: skip
    op.create_table(
        "mark",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("side", _word("side", "customer", "agent"), nullable=False),
        sa.Column("delivered", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"],
                                name="fk_mark_conversation_id_conversation"),
        sa.PrimaryKeyConstraint("conversation_id", "side", name="pk_mark"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("mark")
    op.drop_index("ix_file_unsaid", "file")
    op.drop_index("ix_file_owner_id_created_at", "file")
    op.drop_table("file")
