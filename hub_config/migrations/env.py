"""What Alembic runs: the revisions, on the connection that `hub_config.migrations` gives it."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from expert_db.database import UTCDateTime
from hub_config.migrations import models


def plain_types(kind: str, thing: Any, _context: AutogenContext) -> str | Literal[False]:
    """Revisions name the database's types, not the code's, which may change after them."""
    return "sa.DateTime()" if kind == "type" and isinstance(thing, UTCDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=models(),
    render_as_batch=True,
    render_item=plain_types,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
