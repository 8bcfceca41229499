"""Outreach: events, who comes, what is announced to whom; a prompt may be anybody's."""

import sqlalchemy as sa
from alembic import op

from bot import database


revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_HELD = sa.text("state = 'held'")
_RELEASED = sa.text("state IN ('queued', 'sending') AND broadcast_id IS NOT NULL")


def upgrade() -> None:
    op.create_table("contents",
    sa.Column("id", _KEY, nullable=False),
    sa.Column("broadcast_id", sa.BigInteger(), nullable=False),
    sa.Column("language", sa.String(length=8), nullable=False),
    sa.Column("channel", sa.String(length=40), nullable=False),
    sa.Column("body", sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_contents")),
    sa.UniqueConstraint("broadcast_id", "language", "channel", name=op.f("uq_contents_broadcast_id_language_channel"))
    )
    op.create_table("events",
    sa.Column("id", _KEY, nullable=False),
    sa.Column("key", sa.String(length=16), nullable=False),
    sa.Column("contact_id", _KEY, nullable=False),
    sa.Column("chat", sa.String(length=400), nullable=False),
    sa.Column("state", sa.String(length=12), nullable=False),
    sa.Column("sequence", sa.Integer(), server_default="0", nullable=False),
    sa.Column("title", sa.String(length=200), nullable=False),
    sa.Column("words", sa.JSON(), nullable=False),
    sa.Column("answers", sa.JSON(), nullable=False),
    sa.Column("audience", sa.JSON(), nullable=False),
    sa.Column("municipality", sa.String(length=80), nullable=True),
    sa.Column("lat", sa.Float(), nullable=True),
    sa.Column("lon", sa.Float(), nullable=True),
    sa.Column("places", sa.Integer(), nullable=False),
    sa.Column("starts_at", database.UTCDateTime(timezone=True), nullable=False),
    sa.Column("ends_at", database.UTCDateTime(timezone=True), nullable=True),
    sa.Column("planned_at", database.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_events_contact_id")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    sa.UniqueConstraint("key", name=op.f("uq_events_key"))
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_events_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_events_starts_at"), ["starts_at"], unique=False)

    op.create_table("preferences",
    sa.Column("id", _KEY, nullable=False),
    sa.Column("contact_id", _KEY, nullable=False),
    sa.Column("municipality", sa.String(length=80), nullable=True),
    sa.Column("quiet_until", database.UTCDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_preferences_contact_id")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_preferences")),
    sa.UniqueConstraint("contact_id", name=op.f("uq_preferences_contact_id"))
    )
    op.create_table("attendance",
    sa.Column("id", _KEY, nullable=False),
    sa.Column("event_id", _KEY, nullable=False),
    sa.Column("contact_id", _KEY, nullable=True),
    sa.Column("chat", sa.String(length=400), server_default="", nullable=False),
    sa.Column("name", sa.String(length=120), server_default="", nullable=False),
    sa.Column("people", sa.Integer(), nullable=False),
    sa.Column("word", sa.String(length=500), server_default="", nullable=False),
    sa.Column("state", sa.String(length=10), nullable=False),
    sa.Column("said_at", database.UTCDateTime(timezone=True), nullable=False),
    sa.Column("offered_until", database.UTCDateTime(timezone=True), nullable=True),
    sa.Column("arrived", sa.Integer(), server_default="0", nullable=False),
    sa.Column("inbound_id", sa.BigInteger(), server_default="0", nullable=False),
    sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_attendance_contact_id")),
    sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_attendance_event_id")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
    sa.UniqueConstraint("event_id", "contact_id", name=op.f("uq_attendance_event_id_contact_id"))
    )
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attendance_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attendance_event_id"), ["event_id"], unique=False)

    op.create_table("broadcasts",
    sa.Column("id", _KEY, nullable=False),
    sa.Column("key", sa.String(length=16), nullable=False),
    sa.Column("kind", sa.String(length=12), nullable=False),
    sa.Column("event_id", _KEY, nullable=True),
    sa.Column("contact_id", _KEY, nullable=False),
    sa.Column("chat", sa.String(length=400), nullable=False),
    sa.Column("state", sa.String(length=10), nullable=False),
    sa.Column("urgent", sa.Boolean(), nullable=False),
    sa.Column("audience", sa.JSON(), nullable=False),
    sa.Column("prompt_id", sa.String(length=16), nullable=False),
    sa.Column("control_id", sa.String(length=16), nullable=False),
    sa.Column("starts_at", database.UTCDateTime(timezone=True), nullable=False),
    sa.Column("reached", sa.BigInteger(), server_default="0", nullable=False),
    sa.Column("total", sa.Integer(), server_default="0", nullable=False),
    sa.Column("ours", sa.Integer(), server_default="0", nullable=False),
    sa.Column("released", sa.Integer(), server_default="0", nullable=False),
    sa.Column("gone", sa.Integer(), server_default="0", nullable=False),
    sa.Column("faults", sa.Integer(), server_default="0", nullable=False),
    sa.Column("progress_id", sa.BigInteger(), nullable=True),
    sa.Column("progress_at", database.UTCDateTime(timezone=True), nullable=True),
    sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
    sa.Column("approved_by", sa.String(length=400), nullable=True),
    sa.Column("made_at", database.UTCDateTime(timezone=True), nullable=False),
    sa.Column("finished_at", database.UTCDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_broadcasts_contact_id")),
    sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_broadcasts_event_id")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
    sa.UniqueConstraint("key", name=op.f("uq_broadcasts_key"))
    )
    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_broadcasts_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_broadcasts_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_broadcasts_state"), ["state"], unique=False)

    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index("ix_deliveries_held", ["broadcast_id", "id"], unique=False, sqlite_where=_HELD, postgresql_where=_HELD)
        batch_op.create_index("ix_deliveries_released", ["broadcast_id", "id"], unique=False, sqlite_where=_RELEASED, postgresql_where=_RELEASED)

    with op.batch_alter_table("prompts", schema=None) as batch_op:
        batch_op.alter_column("contact_id", existing_type=_KEY, nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM prompts WHERE contact_id IS NULL")
    with op.batch_alter_table("prompts", schema=None) as batch_op:
        batch_op.alter_column("contact_id", existing_type=_KEY, nullable=False)
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index("ix_deliveries_released")
        batch_op.drop_index("ix_deliveries_held")
    op.drop_table("broadcasts")
    op.drop_table("attendance")
    op.drop_table("preferences")
    op.drop_table("events")
    op.drop_table("contents")
