"""Certificates of thanks: who has had one for which trees, and names given before."""

import sqlalchemy as sa
from alembic import op

from bot import database


revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table("certificates",
    sa.Column("id", _KEY, nullable=False),
    sa.Column("document_id", sa.BigInteger(), nullable=False),
    sa.Column("registration_id", _KEY, nullable=False),
    sa.Column("contact_id", _KEY, nullable=False),
    sa.Column("by", sa.String(length=400), nullable=False),
    sa.Column("at", database.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(["registration_id"], ["registrations.id"], name=op.f("fk_certificates_registration_id_registrations")),
    sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_certificates_contact_id_contacts")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates"))
    )
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificates_registration_id"), ["registration_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificates_contact_id"), ["contact_id"], unique=False)
    op.create_table("certificate_names",
    sa.Column("id", _KEY, nullable=False),
    sa.Column("contact_id", _KEY, nullable=False),
    sa.Column("name", sa.String(length=400), nullable=False),
    sa.Column("at", database.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_certificate_names_contact_id_contacts")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_names"))
    )
    with op.batch_alter_table("certificate_names", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificate_names_contact_id"), ["contact_id"], unique=False)


def downgrade() -> None:
    op.drop_table("certificate_names")
    op.drop_table("certificates")
