"""Letters that tell staff of cases, and who of the team wants them."""

import sqlalchemy as sa
from alembic import op

from bot import database


revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table("case_letters",
    sa.Column("id", sa.String(length=16), nullable=False),
    sa.Column("case_id", _KEY, nullable=False),
    sa.Column("address", sa.String(length=400), nullable=False),
    sa.Column("delivery_id", sa.BigInteger(), nullable=False),
    sa.Column("at", database.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_letters_case_id_cases")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_case_letters"))
    )
    with op.batch_alter_table("case_letters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_letters_case_id"), ["case_id"], unique=False)
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.add_column(sa.Column("by_letter", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.drop_column("by_letter")
    op.drop_table("case_letters")
