"""Organisations that a letter may go to."""

import sqlalchemy as sa
from alembic import op

from bot import database


revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table("organisations",
    sa.Column("id", _KEY, nullable=False),
    sa.Column("contact_id", _KEY, nullable=False),
    sa.Column("address", sa.String(length=400), nullable=False),
    sa.Column("name", sa.String(length=200), nullable=False),
    sa.Column("kind", sa.String(length=20), nullable=False),
    sa.Column("municipality", sa.String(length=80), nullable=True),
    sa.Column("source", sa.String(length=200), nullable=False),
    sa.Column("code", sa.String(length=16), nullable=False),
    sa.Column("imported_at", database.UTCDateTime(timezone=True), nullable=False),
    sa.Column("stopped_at", database.UTCDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_organisations_contact_id")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
    sa.UniqueConstraint("address", name=op.f("uq_organisations_address")),
    sa.UniqueConstraint("code", name=op.f("uq_organisations_code"))
    )
    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organisations_contact_id"), ["contact_id"], unique=False)


def downgrade() -> None:
    op.drop_table("organisations")
