"""How many trees still grow a year later."""

import sqlalchemy as sa
from alembic import op

from bot import database


revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table("survivals",
    sa.Column("registration_id", _KEY, autoincrement=False, nullable=False),
    sa.Column("asked_at", database.UTCDateTime(timezone=True), nullable=False),
    sa.Column("reminded_at", database.UTCDateTime(timezone=True), nullable=True),
    sa.Column("answered_at", database.UTCDateTime(timezone=True), nullable=True),
    sa.Column("growing", sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(["registration_id"], ["registrations.id"], name=op.f("fk_survivals_registration_id")),
    sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_survivals"))
    )


def downgrade() -> None:
    op.drop_table("survivals")
