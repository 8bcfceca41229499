"""Links: codes that join two channels of a person, and what undoes it; where a registration was sent from."""

import sqlalchemy as sa
from alembic import op

from bot import database


revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "link_codes",
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("contact_id", _KEY, nullable=False),
        sa.Column("expires_at", database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("used_at", database.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_link_codes_contact_id")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_link_codes")),
    )
    with op.batch_alter_table("link_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_codes_contact_id"), ["contact_id"], unique=False)
    op.create_table(
        "links",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("kept_id", _KEY, nullable=False),
        sa.Column("absorbed_id", _KEY, nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("runs", sa.JSON(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("linked_at", database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("undone_at", database.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["kept_id"], ["contacts.id"], name=op.f("fk_links_kept_id")),
        sa.ForeignKeyConstraint(["absorbed_id"], ["contacts.id"], name=op.f("fk_links_absorbed_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
    )
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_links_kept_id"), ["kept_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_links_absorbed_id"), ["absorbed_id"], unique=False)
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("address", sa.String(length=400), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.drop_column("address")
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_links_absorbed_id"))
        batch_op.drop_index(batch_op.f("ix_links_kept_id"))
    op.drop_table("links")
    with op.batch_alter_table("link_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_codes_contact_id"))
    op.drop_table("link_codes")
