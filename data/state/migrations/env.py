"""Run by Alembic inside the transaction that ``open_state`` has begun."""

from __future__ import annotations

from alembic import context

from data.state.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
