"""The review of registrations: where they stand and by whose hand, where their trees are, what stands on boards."""

import json

import sqlalchemy as sa
from alembic import op

from bot import database


revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table("registration_changes",
    sa.Column("id", _KEY, nullable=False),
    sa.Column("registration_id", _KEY, nullable=False),
    sa.Column("kind", sa.String(length=20), nullable=False),
    sa.Column("from_state", sa.String(length=20), nullable=False),
    sa.Column("to_state", sa.String(length=20), nullable=False),
    sa.Column("who", sa.String(length=400), nullable=False),
    sa.Column("who_name", sa.String(length=120), server_default="", nullable=False),
    sa.Column("why", sa.Text(), server_default="", nullable=False),
    sa.Column("details", sa.JSON(), nullable=False),
    sa.Column("told_id", sa.BigInteger(), nullable=True),
    sa.Column("at", database.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(
        ["registration_id"], ["registrations.id"], name=op.f("fk_registration_changes_registration_id")
    ),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_changes"))
    )
    with op.batch_alter_table("registration_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registration_changes_registration_id"), ["registration_id"], unique=False)
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lat", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("lon", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("cadastre", sa.String(length=11), server_default="", nullable=False))
        batch_op.add_column(sa.Column("registered_by", sa.String(length=400), server_default="", nullable=False))
        batch_op.add_column(sa.Column("decided_by", sa.String(length=400), server_default="", nullable=False))
        batch_op.add_column(sa.Column("decided_name", sa.String(length=120), server_default="", nullable=False))
        batch_op.add_column(sa.Column("decided_at", database.UTCDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("mapmytree_ref", sa.String(length=400), server_default="", nullable=False))
        batch_op.add_column(sa.Column("entered_at", database.UTCDateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_registrations_place", ["lat", "lon"], unique=False)
        batch_op.create_index("ix_registrations_state", ["state"], unique=False)
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("message_ref", sa.String(length=200), server_default="", nullable=False))
        batch_op.create_index("ix_attachments_sha256", ["sha256"], unique=False)
    with op.batch_alter_table("board_posts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=20), server_default="", nullable=False))
    _say_where()


def downgrade() -> None:
    with op.batch_alter_table("board_posts", schema=None) as batch_op:
        batch_op.drop_column("kind")
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.drop_index("ix_attachments_sha256")
        batch_op.drop_column("message_ref")
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.drop_index("ix_registrations_state")
        batch_op.drop_index("ix_registrations_place")
        for name in (
            "entered_at", "mapmytree_ref", "decided_at", "decided_name", "decided_by", "registered_by", "cadastre",
            "lon", "lat",
        ):
            batch_op.drop_column(name)
    op.drop_table("registration_changes")


def _say_where() -> None:
    """Write down where the trees of registrations are that came before: until now only the answers said it."""
    connection = op.get_bind()
    known = connection.execute(sa.text("SELECT id, answers FROM registrations")).all()
    say = sa.text("UPDATE registrations SET lat = :lat, lon = :lon, cadastre = :cadastre WHERE id = :id")
    for row in known:
        answers = json.loads(row.answers) if isinstance(row.answers, str) else row.answers
        place = answers.get("place") or {}
        found = {"lat": place.get("lat"), "lon": place.get("lon"), "cadastre": place.get("cadastre", "")}
        connection.execute(say, {"id": row.id, **found})
