"""What Alembic runs to migrate: the connection comes from migrations.run, transaction included."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from app.store.tables import metadata
from app.store.types import Json, PlainText, UtcDateTime

_PLAIN_TYPES = {
    UtcDateTime: "sa.DateTime(timezone=True)",
    PlainText: "sa.Text()",
    Json: 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")',
}


def _plain_type(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Our column types as a version writes them: it must not change when our code does."""
    rendered = _PLAIN_TYPES.get(type(item)) if kind == "type" else None
    if rendered is None:
        return False
    if isinstance(item, Json):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
    return rendered


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by making it anew
    transactional_ddl=True,
    render_item=_plain_type,
)
with context.begin_transaction():
    context.run_migrations()
