"""Every transcript in tests/conversations, on both databases."""

from pathlib import Path

import pytest

from tests.transcripts.clock import MovedClock
from tests.transcripts.play import play
from tests.transcripts.script import read, rewrite, write
from tests.transcripts.stage import Stage

_CONVERSATIONS = Path(__file__).parent / "conversations"
_TRANSCRIPTS = sorted(path for path in _CONVERSATIONS.rglob("*.txt") if path.suffixes == [".txt"])


@pytest.mark.parametrize("path", _TRANSCRIPTS, ids=lambda path: str(path.relative_to(_CONVERSATIONS)))
async def test_a_transcript_is_played_word_for_word(
    path: Path, database_url: str, tmp_path: Path, *, accepts: bool
) -> None:
    """The assistant answers each line of the person as written, and leaves in the database what ✔ lines say."""
    script = read(path)
    stage = Stage(database_url, tmp_path, MovedClock(script.start))
    try:
        actual = write(await play(script, stage))
    finally:
        await stage.closes()
    if accepts:
        script = rewrite(path, actual)
    assert script.text == actual
