"""Announcements without an event, and the broadcasts that tell of them."""

import sqlalchemy as sa
from alembic import op

from bot import database


revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table("announcements",
    sa.Column("id", _KEY, nullable=False),
    sa.Column("key", sa.String(length=16), nullable=False),
    sa.Column("contact_id", _KEY, nullable=False),
    sa.Column("chat", sa.String(length=400), nullable=False),
    sa.Column("title", sa.String(length=200), nullable=False),
    sa.Column("words", sa.JSON(), nullable=False),
    sa.Column("answers", sa.JSON(), nullable=False),
    sa.Column("audience", sa.JSON(), nullable=False),
    sa.Column("written_at", database.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_announcements_contact_id")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    sa.UniqueConstraint("key", name=op.f("uq_announcements_key"))
    )
    with op.batch_alter_table("announcements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_announcements_contact_id"), ["contact_id"], unique=False)

    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("announcement_id", _KEY, nullable=True))
        batch_op.create_index(batch_op.f("ix_broadcasts_announcement_id"), ["announcement_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_broadcasts_announcement_id"), "announcements", ["announcement_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_broadcasts_announcement_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_broadcasts_announcement_id"))
        batch_op.drop_column("announcement_id")
    op.drop_table("announcements")
