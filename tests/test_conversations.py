"""Every transcript in tests/conversations, on both databases."""

from pathlib import Path

import pytest

from tests.botapi import Server
from tests.transcripts.clock import MovedClock
from tests.transcripts.play import play
from tests.transcripts.script import read, rewrite
from tests.transcripts.stage import Stage
from tests.transcripts.telegram_stage import TelegramStage

_CONVERSATIONS = Path(__file__).parent / "conversations"
_ALL = sorted(_CONVERSATIONS.rglob("*.txt"))
_TELEGRAM = [path for path in _ALL if path.suffixes == [".telegram", ".txt"]]
_ANY_CHANNEL = [path for path in _ALL if path.suffixes == [".txt"]]


@pytest.mark.parametrize("path", _ANY_CHANNEL, ids=lambda path: str(path.relative_to(_CONVERSATIONS)))
async def test_a_transcript_is_played_word_for_word(
    path: Path, database_url: str, tmp_path: Path, *, accepts: bool
) -> None:
    """The assistant answers each line of the person as written, and leaves in the database what ✔ lines say."""
    script = read(path)
    stage = Stage(database_url, tmp_path, MovedClock(script.start))
    try:
        actual = await play(script, stage)
    finally:
        await stage.closes()
    if accepts:
        script = rewrite(path, actual)
    assert script.text == actual


@pytest.mark.parametrize("path", _TELEGRAM, ids=lambda path: str(path.relative_to(_CONVERSATIONS)))
async def test_a_telegram_transcript_is_played_word_for_word(
    path: Path, database_url: str, tmp_path: Path, botapi: Server, *, accepts: bool
) -> None:
    """The same over HTTP, through the Bot API: the person's phone shows what is written, no rule is broken."""
    script = read(path)
    stage = TelegramStage(database_url, tmp_path, MovedClock(script.start), botapi)
    try:
        await stage.opens()
        actual = await play(script, stage)
    finally:
        await stage.closes()
    if accepts:
        script = rewrite(path, actual)
    assert script.text == actual
