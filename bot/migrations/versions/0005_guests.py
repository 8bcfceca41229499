"""Guests: who answers letters in somebody else's name."""

import sqlalchemy as sa
from alembic import op

from bot import database


revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("guests",
    sa.Column("address", sa.String(length=400), nullable=False),
    sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column("run_id", sa.String(length=16), nullable=False),
    sa.Column("letter", sa.String(length=64), nullable=True),
    sa.Column("prompt_id", sa.String(length=16), nullable=True),
    sa.Column("since", database.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_guests_contact_id_contacts")),
    sa.PrimaryKeyConstraint("address", "contact_id", "run_id", name=op.f("pk_guests"))
    )


def downgrade() -> None:
    op.drop_table("guests")
