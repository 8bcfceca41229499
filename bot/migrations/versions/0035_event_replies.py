"""What people ask about an event, and what troubles them."""

import sqlalchemy as sa
from alembic import op

from bot import database


revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table("event_replies",
    sa.Column("id", _KEY, nullable=False),
    sa.Column("event_id", _KEY, nullable=False),
    sa.Column("contact_id", _KEY, nullable=False),
    sa.Column("inbound_id", sa.BigInteger(), nullable=False),
    sa.Column("kind", sa.String(length=10), nullable=False),
    sa.Column("case_id", sa.BigInteger(), nullable=True),
    sa.Column("said_at", database.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_event_replies_contact_id")),
    sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_event_replies_event_id")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_event_replies")),
    sa.UniqueConstraint("inbound_id", name=op.f("uq_event_replies_inbound_id"))
    )
    with op.batch_alter_table("event_replies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_replies_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_replies_event_id"), ["event_id"], unique=False)


def downgrade() -> None:
    op.drop_table("event_replies")
