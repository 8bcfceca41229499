"""What people ask in reply to an announcement that is about no event."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("event_replies", schema=None) as batch_op:
        batch_op.alter_column("event_id", existing_type=_KEY, nullable=True)
        batch_op.add_column(sa.Column("announcement_id", _KEY, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_event_replies_announcement_id"), "announcements", ["announcement_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_event_replies_announcement_id"), ["announcement_id"], unique=False)


def downgrade() -> None:
    op.execute("DELETE FROM event_replies WHERE event_id IS NULL")
    with op.batch_alter_table("event_replies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_replies_announcement_id"))
        batch_op.drop_constraint(batch_op.f("fk_event_replies_announcement_id"), type_="foreignkey")
        batch_op.drop_column("announcement_id")
        batch_op.alter_column("event_id", existing_type=_KEY, nullable=False)
