"""Our own process may die at any point between the mailbox and its mark: every letter is entered and heard once."""

import asyncio
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.mailroom.records import letters, mailboxes
from tests.dovecot import Dovecot
from tests.dying import POINTS
from tests.letters import letter, posted

_ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("point", POINTS)
async def test_killed_at_any_point_it_has_taken_each_letter_once(
    dovecot: Dovecot, user: str, sqlite_url: str, tmp_path: Path, point: str
) -> None:
    """What it had begun with is brought to its end by the next process, and nothing is heard twice."""
    await asyncio.to_thread(dovecot.deliver, user, letter("viens"))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.dying", point, dovecot.url(user), sqlite_url, str(tmp_path), cwd=_ROOT
    )
    async with posted(dovecot.url(user), sqlite_url, tmp_path) as post:
        await post.until_heard(1, 30)
        await asyncio.to_thread(dovecot.deliver, user, letter("divi", number=2), letter("trīs", number=3))
        assert -9 == await asyncio.wait_for(process.wait(), 30)
        async with post.watching():
            await post.until_heard(3)
            await post.until(lambda tx: tx.execute(sa.select(mailboxes.c.last_uid)).scalar() == 3)
            async with asyncio.timeout(10):
                while dovecot.flags(user) != ["$KokuPaligs"] * 3:  # noqa: ASYNC110 - the server writes it
                    await asyncio.sleep(0.02)
        assert ["divi", "trīs", "viens"] == sorted(await post.texts())
        assert ["message"] * 3 == await post.outcomes()
        keys = await post.look(lambda tx: set(tx.execute(sa.select(letters.c.object_key)).scalars()))
        assert 3 == len(keys)
