"""The desk's mirrors: which message of one side of a case stands where on the other."""

import sqlalchemy as sa
from alembic import op

from bot import database


revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table("case_mirrors",
    sa.Column("id", _KEY, nullable=False),
    sa.Column("case_id", _KEY, nullable=False),
    sa.Column("chat", sa.String(length=400), nullable=False),
    sa.Column("ref", sa.String(length=200), nullable=False),
    sa.Column("delivery_id", _KEY, nullable=True),
    sa.Column("place", sa.SmallInteger(), server_default="0", nullable=False),
    sa.Column("album", sa.String(length=80), server_default="", nullable=False),
    sa.Column("made_at", database.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_mirrors_case_id_cases")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_case_mirrors"))
    )
    with op.batch_alter_table("case_mirrors", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_mirrors_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_mirrors_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_index("ix_case_mirrors_source", ["chat", "ref"], unique=False)
    op.create_index(
        "ix_deliveries_shown",
        "deliveries",
        ["chat", "message_ref"],
        unique=False,
        sqlite_where=sa.text("contact_id IS NULL"),
        postgresql_where=sa.text("contact_id IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_deliveries_shown", table_name="deliveries")
    with op.batch_alter_table("case_mirrors", schema=None) as batch_op:
        batch_op.drop_index("ix_case_mirrors_source")
        batch_op.drop_index(batch_op.f("ix_case_mirrors_delivery_id"))
        batch_op.drop_index(batch_op.f("ix_case_mirrors_case_id"))
    op.drop_table("case_mirrors")
