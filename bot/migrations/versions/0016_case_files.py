"""Files that pass between a person and staff where one of them writes letters."""

import sqlalchemy as sa
from alembic import op

from bot import database


revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table("case_files",
    sa.Column("id", _KEY, nullable=False),
    sa.Column("case_id", _KEY, nullable=False),
    sa.Column("contact_id", _KEY, nullable=False),
    sa.Column("bundle", sa.String(length=200), nullable=False),
    sa.Column("unique", sa.String(length=200), nullable=False),
    sa.Column("run_id", sa.String(length=16), nullable=False),
    sa.Column("text", sa.Text(), server_default="", nullable=False),
    sa.Column("by", sa.String(length=400), server_default="", nullable=False),
    sa.Column("name", sa.String(length=120), server_default="", nullable=False),
    sa.Column("passed_at", database.UTCDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_files_case_id_cases")),
    sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_case_files_contact_id_contacts")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_case_files"))
    )
    with op.batch_alter_table("case_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_files_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_files_contact_id"), ["contact_id"], unique=False)


def downgrade() -> None:
    op.drop_table("case_files")
