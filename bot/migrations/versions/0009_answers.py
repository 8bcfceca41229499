"""The answers of staff: which deliveries they are, and which did not arrive."""

import sqlalchemy as sa
from alembic import op

from bot import database


revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table("answers",
    sa.Column("delivery_id", _KEY, autoincrement=False, nullable=False),
    sa.Column("case_id", _KEY, nullable=False),
    sa.Column("contact_id", _KEY, nullable=False),
    sa.Column("by", sa.String(length=400), nullable=False),
    sa.Column("name", sa.String(length=120), nullable=False),
    sa.Column("text", sa.Text(), nullable=True),
    sa.Column("at", database.UTCDateTime(timezone=True), nullable=False),
    sa.Column("lost_at", database.UTCDateTime(timezone=True), nullable=True),
    sa.Column("warning_id", sa.BigInteger(), nullable=True),
    sa.Column("sent_again_at", database.UTCDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_answers_case_id_cases")),
    sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_answers_contact_id_contacts")),
    sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_answers"))
    )
    with op.batch_alter_table("answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answers_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_answers_contact_id"), ["contact_id"], unique=False)


def downgrade() -> None:
    op.drop_table("answers")
