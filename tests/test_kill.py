"""Nothing is lost and nothing is done twice when processes are killed at any moment."""

import os
import random
from pathlib import Path

import pytest

from tests.botapi import Server
from tests.killing import Books, Crowd, Herd, environment, kill_while_talking

_KILLS = int(os.environ.get("KILLS", "25"))


@pytest.mark.parametrize(("kind", "role", "processes"), [("sqlite", "run", 1), ("postgresql", "worker", 3)])
async def test_every_update_is_answered_once_though_processes_are_killed(  # noqa: PLR0917 - fixtures
    kind: str, role: str, processes: int, request: pytest.FixtureRequest, tmp_path: Path, botapi: Server
) -> None:
    """After random SIGKILLs everybody has seen what they would have seen in peace, in that order.

    Every update stands in the database once; a reply is at most repeated, where its fate was unknown.
    """
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    print(f"seed {seed}")  # noqa: T201 - to repeat a failure with SEED=
    database_url = request.getfixturevalue(f"{kind}_url")
    crowd = Crowd.of(botapi, 24)
    herd = Herd(role, processes, environment(botapi, database_url, tmp_path), tmp_path / "log")
    try:
        await kill_while_talking(crowd, herd, kills=_KILLS, dice=random.Random(seed))
        complete = await crowd.answered(30)
    finally:
        await herd.stop()
    log = (tmp_path / "log").read_text()[-3000:]
    assert [] == crowd.differences(), log
    assert complete, log
    assert Books(received=crowd.written, failed=0, unfinished=0) == Books.of(database_url), log
    # A reply is repeated only when its process died between sending and recording: at most a few for each kill.
    assert crowd.repeats() <= 4 * herd.kills
