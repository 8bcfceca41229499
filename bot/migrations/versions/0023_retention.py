"""Retention: what has a text yet is found without looking at everything there ever was."""

import sqlalchemy as sa
from alembic import op


revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_SAID = sa.text("(text IS NOT NULL OR raw IS NOT NULL)")
_SHOWN = sa.text("body IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_inbound_said", "inbound", ["received_at"], sqlite_where=_SAID, postgresql_where=_SAID)
    op.create_index("ix_deliveries_texts", "deliveries", ["created_at"], sqlite_where=_SHOWN, postgresql_where=_SHOWN)


def downgrade() -> None:
    op.drop_index("ix_deliveries_texts", "deliveries")
    op.drop_index("ix_inbound_said", "inbound")
