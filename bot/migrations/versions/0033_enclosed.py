"""What goes along with a broadcast."""

import sqlalchemy as sa
from alembic import op


revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("object_key", sa.String(length=100), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_broadcasts_object_key"), ["object_key"])


def downgrade() -> None:
    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_broadcasts_object_key"), type_="unique")
        batch_op.drop_column("object_key")
