"""Boards of the staff's group, and documents that we make."""

import sqlalchemy as sa
from alembic import op

from bot import database


revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WAITS = sa.text("state = 'ordered'")


def upgrade() -> None:
    op.create_table("boards",
    sa.Column("name", sa.String(length=20), nullable=False),
    sa.Column("thread", sa.String(length=40), nullable=False),
    sa.PrimaryKeyConstraint("name", name=op.f("pk_boards"))
    )
    op.create_table("board_posts",
    sa.Column("delivery_id", _KEY, autoincrement=False, nullable=False),
    sa.Column("board", sa.String(length=20), nullable=False),
    sa.Column("subject", sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_board_posts"))
    )
    with op.batch_alter_table("board_posts", schema=None) as batch_op:
        batch_op.create_index("ix_board_posts_subject", ["board", "subject"], unique=False)
    op.create_table("documents",
    sa.Column("id", _KEY, nullable=False),
    sa.Column("kind", sa.String(length=40), nullable=False),
    sa.Column("payload", sa.JSON(), nullable=False),
    sa.Column("contact_id", _KEY, nullable=True),
    sa.Column("chat", sa.String(length=400), nullable=False),
    sa.Column("thread", sa.String(length=40), server_default="", nullable=False),
    sa.Column("lane", sa.SmallInteger(), nullable=False),
    sa.Column("language", sa.String(length=8), nullable=False),
    sa.Column("state", sa.String(length=10), nullable=False),
    sa.Column("object_key", sa.String(length=100), nullable=True),
    sa.Column("name", sa.String(length=200), server_default="", nullable=False),
    sa.Column("delivery_id", sa.BigInteger(), nullable=True),
    sa.Column("reason", sa.String(length=200), nullable=True),
    sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
    sa.Column("due_at", database.UTCDateTime(timezone=True), nullable=False),
    sa.Column("ordered_at", database.UTCDateTime(timezone=True), nullable=False),
    sa.Column("finished_at", database.UTCDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_documents_contact_id_contacts")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    sa.UniqueConstraint("object_key", name=op.f("uq_documents_object_key"))
    )
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_documents_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index("ix_documents_due", ["due_at"], unique=False, sqlite_where=_WAITS, postgresql_where=_WAITS)


def downgrade() -> None:
    op.drop_table("documents")
    op.drop_table("board_posts")
    op.drop_table("boards")
