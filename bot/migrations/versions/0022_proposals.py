"""Answers of the assistant that staff look at first, and the topics that it answers with by itself."""

import sqlalchemy as sa
from alembic import op

from bot import database


revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table("automatic_topics",
    sa.Column("id", _KEY, nullable=False),
    sa.Column("topic", sa.String(length=80), nullable=False),
    sa.Column("automatic", sa.Boolean(), nullable=False),
    sa.Column("by", sa.String(length=400), nullable=False),
    sa.Column("at", database.UTCDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_automatic_topics"))
    )
    with op.batch_alter_table("automatic_topics", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_automatic_topics_topic"), ["topic"], unique=False)
    op.create_table("proposals",
    sa.Column("id", _KEY, nullable=False),
    sa.Column("contact_id", _KEY, nullable=False),
    sa.Column("chat", sa.String(length=400), nullable=False),
    sa.Column("topic", sa.String(length=80), nullable=False),
    sa.Column("language", sa.String(length=8), nullable=False),
    sa.Column("asked", sa.Text(), nullable=True),
    sa.Column("state", sa.String(length=10), nullable=False),
    sa.Column("proposed_at", database.UTCDateTime(timezone=True), nullable=False),
    sa.Column("promised_at", database.UTCDateTime(timezone=True), nullable=False),
    sa.Column("decided_by", sa.String(length=400), nullable=True),
    sa.Column("decided_at", database.UTCDateTime(timezone=True), nullable=True),
    sa.Column("delivery_id", sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_proposals_contact_id_contacts")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals"))
    )
    with op.batch_alter_table("proposals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposals_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposals_topic"), ["topic"], unique=False)


def downgrade() -> None:
    op.drop_table("proposals")
    op.drop_table("automatic_topics")
