"""Tallies: consultations and drafts, counted without whose they were."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table("tallies",
    sa.Column("id", _KEY, nullable=False),
    sa.Column("day", sa.Date(), nullable=False),
    sa.Column("what", sa.String(length=20), nullable=False),
    sa.Column("subject", sa.String(length=80), nullable=False),
    sa.Column("channel", sa.String(length=40), nullable=False),
    sa.Column("municipality", sa.String(length=80), nullable=False),
    sa.Column("number", sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_tallies"))
    )
    with op.batch_alter_table("tallies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tallies_day"), ["day"], unique=False)


def downgrade() -> None:
    op.drop_table("tallies")
