"""Letters: every letter of the mailbox once, how far it has been read, and which addresses sent ours back."""

import sqlalchemy as sa
from alembic import op

from bot import database


revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("letters",
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column("mailbox", sa.String(length=400), nullable=False),
    sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
    sa.Column("uid", sa.BigInteger(), nullable=False),
    sa.Column("identity", sa.String(length=64), nullable=False),
    sa.Column("sha256", sa.String(length=64), nullable=False),
    sa.Column("outcome", sa.String(length=20), nullable=False),
    sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
    sa.Column("size", sa.BigInteger(), nullable=False),
    sa.Column("whole", sa.Boolean(), nullable=False),
    sa.Column("address", sa.String(length=400), nullable=True),
    sa.Column("message_id", sa.String(length=400), nullable=True),
    sa.Column("object_key", sa.String(length=100), nullable=True),
    sa.Column("arrived_at", database.UTCDateTime(timezone=True), nullable=False),
    sa.Column("received_at", database.UTCDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
    sa.UniqueConstraint("mailbox", "uidvalidity", "uid", name=op.f("uq_letters_mailbox_uidvalidity_uid")),
    sa.UniqueConstraint("object_key", name=op.f("uq_letters_object_key"))
    )
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.create_index("ix_letters_address_received_at", ["address", "received_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_letters_identity"), ["identity"], unique=False)
        batch_op.create_index(batch_op.f("ix_letters_received_at"), ["received_at"], unique=False)
    op.create_table("mailboxes",
    sa.Column("name", sa.String(length=400), nullable=False),
    sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
    sa.Column("last_uid", sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint("name", name=op.f("pk_mailboxes"))
    )
    op.create_table("bounces",
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column("letter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column("address", sa.String(length=400), nullable=False),
    sa.Column("permanent", sa.Boolean(), nullable=False),
    sa.Column("status", sa.String(length=20), server_default="", nullable=False),
    sa.Column("at", database.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name=op.f("fk_bounces_letter_id")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_bounces"))
    )
    with op.batch_alter_table("bounces", schema=None) as batch_op:
        batch_op.create_index("ix_bounces_address_at", ["address", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_bounces_letter_id"), ["letter_id"], unique=False)
    


def downgrade() -> None:
    with op.batch_alter_table("bounces", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bounces_letter_id"))
        batch_op.drop_index("ix_bounces_address_at")
    op.drop_table("bounces")
    op.drop_table("mailboxes")
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letters_received_at"))
        batch_op.drop_index(batch_op.f("ix_letters_identity"))
        batch_op.drop_index("ix_letters_address_received_at")
    op.drop_table("letters")
    
