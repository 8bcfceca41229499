"""About where trees are: the middle of the place that people named, where they sent no point."""

import json

import sqlalchemy as sa
from alembic import op


revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("about_lat", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("about_lon", sa.Float(), nullable=True))
        batch_op.create_index("ix_registrations_about", ["about_lat", "about_lon"], unique=False)
    _say_where()


def downgrade() -> None:
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.drop_index("ix_registrations_about")
        batch_op.drop_column("about_lon")
        batch_op.drop_column("about_lat")


def _say_where() -> None:
    """Write down about where the trees are of registrations that came before."""
    connection = op.get_bind()
    known = connection.execute(sa.text("SELECT id, answers FROM registrations")).all()
    say = sa.text("UPDATE registrations SET about_lat = :lat, about_lon = :lon WHERE id = :id")
    for row in known:
        answers = json.loads(row.answers) if isinstance(row.answers, str) else row.answers
        place = answers.get("place") or {}
        lat, lon = (place["lat"], place["lon"]) if place.get("lat") is not None else place.get("centre") or (None, None)
        if lat is not None:
            connection.execute(say, {"id": row.id, "lat": lat, "lon": lon})
