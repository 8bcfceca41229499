"""The desk: who works here, who has which case, and what stands in its topic."""

import sqlalchemy as sa
from alembic import op

from bot import database


revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table("team",
    sa.Column("address", sa.String(length=400), nullable=False),
    sa.Column("role", sa.String(length=20), nullable=False),
    sa.Column("name", sa.String(length=120), server_default="", nullable=False),
    sa.Column("since", database.UTCDateTime(timezone=True), nullable=False),
    sa.Column("revoked_at", database.UTCDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint("address", name=op.f("pk_team"))
    )
    op.create_table("invites",
    sa.Column("code", sa.String(length=40), nullable=False),
    sa.Column("role", sa.String(length=20), nullable=False),
    sa.Column("made_at", database.UTCDateTime(timezone=True), nullable=False),
    sa.Column("used_by", sa.String(length=400), nullable=True),
    sa.Column("used_at", database.UTCDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint("code", name=op.f("pk_invites"))
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("thread", sa.String(length=40), server_default="", nullable=False))
        batch_op.add_column(sa.Column("owner", sa.String(length=400), nullable=True))
        batch_op.add_column(sa.Column("owner_name", sa.String(length=120), server_default="", nullable=False))
        batch_op.add_column(sa.Column("answered_at", database.UTCDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("answered_by", sa.String(length=400), nullable=True))
        batch_op.add_column(sa.Column("rating", sa.SmallInteger(), nullable=True))
        batch_op.create_index("ix_cases_thread", ["thread"], unique=False)
    op.create_table("case_posts",
    sa.Column("delivery_id", _KEY, autoincrement=False, nullable=False),
    sa.Column("case_id", _KEY, nullable=False),
    sa.Column("kind", sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_posts_case_id_cases")),
    sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_case_posts"))
    )
    with op.batch_alter_table("case_posts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_posts_case_id"), ["case_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("case_posts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_posts_case_id"))
    op.drop_table("case_posts")
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index("ix_cases_thread")
        batch_op.drop_column("rating")
        batch_op.drop_column("answered_by")
        batch_op.drop_column("answered_at")
        batch_op.drop_column("owner_name")
        batch_op.drop_column("owner")
        batch_op.drop_column("thread")
    op.drop_table("invites")
    op.drop_table("team")
