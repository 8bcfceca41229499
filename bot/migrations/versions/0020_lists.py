"""Lists of plantings that come as files, and the many sites of the registrations that they become."""

import sqlalchemy as sa
from alembic import op

from bot import database


revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WAITS = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.create_table("lists",
    sa.Column("id", _KEY, nullable=False),
    sa.Column("contact_id", _KEY, nullable=False),
    sa.Column("run_id", sa.String(length=16), nullable=False),
    sa.Column("chat", sa.String(length=400), nullable=False),
    sa.Column("unique", sa.String(length=200), nullable=False),
    sa.Column("name", sa.String(length=200), nullable=False),
    sa.Column("state", sa.String(length=10), nullable=False),
    sa.Column("reason", sa.String(length=40), server_default="", nullable=False),
    sa.Column("summary", sa.JSON(none_as_null=True), nullable=True),
    sa.Column("rows", sa.JSON(none_as_null=True), nullable=True),
    sa.Column("sheets", sa.JSON(none_as_null=True), nullable=True),
    sa.Column("registration_id", _KEY, nullable=True),
    sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
    sa.Column("due_at", database.UTCDateTime(timezone=True), nullable=False),
    sa.Column("created_at", database.UTCDateTime(timezone=True), nullable=False),
    sa.Column("finished_at", database.UTCDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_lists_contact_id_contacts")),
    sa.ForeignKeyConstraint(["registration_id"], ["registrations.id"], name=op.f("fk_lists_registration_id_registrations")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_lists"))
    )
    with op.batch_alter_table("lists", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lists_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lists_run_id"), ["run_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lists_registration_id"), ["registration_id"], unique=False)
        batch_op.create_index("ix_lists_due", ["due_at"], unique=False, sqlite_where=_WAITS, postgresql_where=_WAITS)
    op.create_table("registration_sites",
    sa.Column("id", _KEY, nullable=False),
    sa.Column("registration_id", _KEY, nullable=False),
    sa.Column("sheet", sa.SmallInteger(), nullable=False),
    sa.Column("row", sa.Integer(), nullable=False),
    sa.Column("species", sa.String(length=80), nullable=True),
    sa.Column("count", sa.Integer(), nullable=False),
    sa.Column("planted_from", sa.Date(), nullable=True),
    sa.Column("planted_to", sa.Date(), nullable=True),
    sa.Column("lat", sa.Float(), nullable=True),
    sa.Column("lon", sa.Float(), nullable=True),
    sa.Column("words", sa.String(length=300), server_default="", nullable=False),
    sa.Column("cadastre", sa.String(length=11), server_default="", nullable=False),
    sa.Column("municipality", sa.String(length=80), server_default="", nullable=False),
    sa.Column("parish", sa.String(length=80), server_default="", nullable=False),
    sa.ForeignKeyConstraint(["registration_id"], ["registrations.id"], name=op.f("fk_registration_sites_registration_id_registrations")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_sites"))
    )
    with op.batch_alter_table("registration_sites", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registration_sites_registration_id"), ["registration_id"], unique=False)


def downgrade() -> None:
    op.drop_table("registration_sites")
    op.drop_table("lists")
