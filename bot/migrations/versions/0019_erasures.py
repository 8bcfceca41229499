"""Erasures: the proof that somebody was erased, and which messages to staff tell of whom."""

import sqlalchemy as sa
from alembic import op

from bot import database


revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = sa.text("finished_at IS NULL")


def upgrade() -> None:
    op.create_table("erasures",
    sa.Column("id", sa.String(length=16), nullable=False),
    sa.Column("said_at", database.UTCDateTime(timezone=True), nullable=False),
    sa.Column("erased_at", database.UTCDateTime(timezone=True), nullable=False),
    sa.Column("key", sa.String(length=12), nullable=False),
    sa.Column("counts", sa.JSON(), nullable=False),
    sa.Column("left", sa.JSON(), nullable=True),
    sa.Column("noted_at", database.UTCDateTime(timezone=True), nullable=True),
    sa.Column("finished_at", database.UTCDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures"))
    )
    with op.batch_alter_table("erasures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_erasures_erased_at"), ["erased_at"], unique=False)
        batch_op.create_index("ix_erasures_open", ["id"], unique=False, sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_table("erasure_fingerprints",
    sa.Column("fingerprint", sa.String(length=64), nullable=False),
    sa.Column("erasure_id", sa.String(length=16), nullable=False),
    sa.ForeignKeyConstraint(["erasure_id"], ["erasures.id"], name=op.f("fk_erasure_fingerprints_erasure_id_erasures")),
    sa.PrimaryKeyConstraint("fingerprint", "erasure_id", name=op.f("pk_erasure_fingerprints"))
    )
    op.create_table("mentions",
    sa.Column("delivery_id", _KEY, autoincrement=False, nullable=False),
    sa.Column("contact_id", _KEY, nullable=False),
    sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_mentions_contact_id_contacts")),
    sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_mentions"))
    )
    with op.batch_alter_table("mentions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mentions_contact_id"), ["contact_id"], unique=False)


def downgrade() -> None:
    op.drop_table("mentions")
    op.drop_table("erasure_fingerprints")
    op.drop_table("erasures")
