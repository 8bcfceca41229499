"""The schema: the embedded database brings itself up to date, another one is upgraded by `db upgrade`."""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.database import Database

# The newest migration. Kept here so that a start that has nothing to migrate need not load Alembic.
HEAD = "0037"
_MIGRATIONS = Path(__file__).with_name("migrations")


class SchemaError(Exception):
    """The database is not at this release's schema. `python -m bot db upgrade` helps."""


def prepare(database: Database) -> None:
    """Make sure that the database has this release's schema; raises SchemaError."""
    if database.is_sqlite:
        make_place(database)
        if database.read_now(version) != HEAD:
            upgrade(database)
        return
    found = database.read_now(version)
    if found != HEAD:
        raise SchemaError(
            f"the database is at {found or 'nothing'}, this release needs {HEAD}: run `python -m bot db upgrade`"
        )


def make_place(database: Database) -> None:
    """Make the folder that the embedded database lies in."""
    if database.is_sqlite and database.url.database:
        Path(database.url.database).parent.mkdir(parents=True, exist_ok=True)


def upgrade(database: Database) -> None:
    """Run the migrations that are missing."""
    from alembic import command  # noqa: PLC0415 - 0.4 s that only an upgrade needs
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def version(tx: Connection) -> str:
    """Return the newest migration that the database has had, '' for an empty one."""
    if not sa.inspect(tx).has_table("alembic_version"):
        return ""
    return str(tx.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() or "")
