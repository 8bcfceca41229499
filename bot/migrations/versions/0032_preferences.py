"""Which news people take and how often, and who is of the media."""

import sqlalchemy as sa
from alembic import op


revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("preferences", schema=None) as batch_op:
        batch_op.add_column(sa.Column("about", sa.String(length=10), server_default="", nullable=False))
        batch_op.add_column(sa.Column("every_days", sa.SmallInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("role", sa.String(length=10), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("preferences", schema=None) as batch_op:
        batch_op.drop_column("role")
        batch_op.drop_column("every_days")
        batch_op.drop_column("about")
