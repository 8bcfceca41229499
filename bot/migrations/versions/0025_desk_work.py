"""What staff do is noted; cases have themes and document numbers, coordinators regions."""

import sqlalchemy as sa
from alembic import op

from bot import database


revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table("desk_audit",
    sa.Column("id", _KEY, nullable=False),
    sa.Column("at", database.UTCDateTime(timezone=True), nullable=False),
    sa.Column("by", sa.String(length=400), nullable=False),
    sa.Column("what", sa.String(length=60), nullable=False),
    sa.Column("case_id", _KEY, nullable=True),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_audit"))
    )
    with op.batch_alter_table("desk_audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_desk_audit_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_desk_audit_case_id"), ["case_id"], unique=False)
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("theme", sa.String(length=20), server_default="", nullable=False))
        batch_op.add_column(sa.Column("document", sa.String(length=40), server_default="", nullable=False))
        batch_op.add_column(sa.Column("legal_at", database.UTCDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("reply_document", sa.String(length=80), server_default="", nullable=False))
    for table in ("team", "invites"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("regions", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    for table in ("team", "invites"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("regions")
    with op.batch_alter_table("cases", schema=None) as batch_op:
        for name in ("reply_document", "legal_at", "document", "theme"):
            batch_op.drop_column(name)
    op.drop_table("desk_audit")
