"""Exports: which files were made, and what Reportnet 3 was told of."""

import sqlalchemy as sa
from alembic import op

from bot import database


revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table("exports",
    sa.Column("id", _KEY, nullable=False),
    sa.Column("format", sa.String(length=20), nullable=False),
    sa.Column("by", sa.String(length=400), nullable=False),
    sa.Column("order_id", sa.BigInteger(), nullable=True),
    sa.Column("first_day", sa.Date(), nullable=True),
    sa.Column("last_day", sa.Date(), nullable=True),
    sa.Column("again", sa.Boolean(), nullable=False),
    sa.Column("contacts", sa.Boolean(), nullable=False),
    sa.Column("registrations", sa.Integer(), nullable=False),
    sa.Column("begun_at", database.UTCDateTime(timezone=True), nullable=False),
    sa.Column("made_at", database.UTCDateTime(timezone=True), nullable=True),
    sa.Column("reported_at", database.UTCDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_exports"))
    )
    with op.batch_alter_table("exports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exports_order_id"), ["order_id"], unique=False)
    op.create_table("exported_registrations",
    sa.Column("export_id", _KEY, nullable=False),
    sa.Column("registration_id", _KEY, nullable=False),
    sa.Column("fingerprint", sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(["export_id"], ["exports.id"], name=op.f("fk_exported_registrations_export_id_exports")),
    sa.ForeignKeyConstraint(["registration_id"], ["registrations.id"], name=op.f("fk_exported_registrations_registration_id_registrations")),
    sa.PrimaryKeyConstraint("export_id", "registration_id", name=op.f("pk_exported_registrations"))
    )
    with op.batch_alter_table("exported_registrations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exported_registrations_registration_id"), ["registration_id"], unique=False)


def downgrade() -> None:
    op.drop_table("exported_registrations")
    op.drop_table("exports")
