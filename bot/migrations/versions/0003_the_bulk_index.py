"""Indexes for broadcasts: without them, claiming one compares it with all the others that wait, and sorts them."""

import sqlalchemy as sa
from alembic import op


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ACTIVE = sa.text("state IN ('queued', 'sending')")
_BULK = sa.text("state IN ('queued', 'sending') AND lane >= 2")


def upgrade() -> None:
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_deliveries_bulk", ["chat", "thread", "id"], unique=False, sqlite_where=_BULK, postgresql_where=_BULK
        )
        batch_op.create_index(batch_op.f("ix_deliveries_target_id"), ["target_id"], unique=False)
        batch_op.drop_index("ix_deliveries_active", sqlite_where=_ACTIVE, postgresql_where=_ACTIVE)
        batch_op.create_index(
            "ix_deliveries_active",
            ["lane", "due_at", "id"],
            unique=False,
            sqlite_where=_ACTIVE,
            postgresql_where=_ACTIVE,
        )


def downgrade() -> None:
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index("ix_deliveries_active", sqlite_where=_ACTIVE, postgresql_where=_ACTIVE)
        batch_op.create_index(
            "ix_deliveries_active", ["lane", "due_at"], unique=False, sqlite_where=_ACTIVE, postgresql_where=_ACTIVE
        )
        batch_op.drop_index(batch_op.f("ix_deliveries_target_id"))
        batch_op.drop_index("ix_deliveries_bulk", sqlite_where=_BULK, postgresql_where=_BULK)
