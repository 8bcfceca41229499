"""Every transcript in tests/conversations, on both databases."""

import re
from pathlib import Path

import pytest

from tests.botapi import Server
from tests.transcripts.clock import MovedClock
from tests.transcripts.email_stage import EmailStage
from tests.transcripts.linked_stage import LinkedStage
from tests.transcripts.play import play
from tests.transcripts.script import COLLEAGUES, PERSON, RESTART, STAFF, WAIT, read, rewrite
from tests.transcripts.stage import Stage
from tests.transcripts.telegram_stage import TelegramStage

_CONVERSATIONS = Path(__file__).parent / "conversations"
_ALL = sorted(_CONVERSATIONS.rglob("*.txt"))
_TELEGRAM = [path for path in _ALL if path.suffixes == [".telegram", ".txt"]]
_LETTERS = [path for path in _ALL if path.suffixes == [".email", ".txt"]]
_LINKED = [path for path in _ALL if path.suffixes == [".linked", ".txt"]]
_ANY_CHANNEL = [path for path in _ALL if path.suffixes == [".txt"]]


def _approve(path: Path) -> str:
    """Return which answers staff look at before they go."""
    return "all" if "approve" in path.parts else "marked"


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
    has_desk = not {"desk", "outreach"}.isdisjoint(path.relative_to(_CONVERSATIONS).parts)
    clock = MovedClock(script.start)
    stage = TelegramStage(database_url, tmp_path, clock, botapi, desk=has_desk, approve=_approve(path))
    try:
        await stage.opens()
        actual = await play(script, stage)
    finally:
        await stage.closes()
    if accepts:
        script = rewrite(path, actual)
    assert script.text == actual


@pytest.mark.parametrize("path", _LETTERS, ids=lambda path: str(path.relative_to(_CONVERSATIONS)))
async def test_a_correspondence_is_played_word_for_word(
    path: Path, database_url: str, tmp_path: Path, botapi: Server, *, accepts: bool
) -> None:
    """By letter: all open questions at once, answers by number or between the lines, the same flows."""
    script = read(path)
    has_staff = any(step.sign in COLLEAGUES for step in script.steps)
    server, lettered = botapi if has_staff else None, "lettered" in path.parts
    stage = EmailStage(
        database_url, tmp_path, MovedClock(script.start), server, lettered=lettered, approve=_approve(path)
    )
    try:
        await stage.opens()
        actual = await play(script, stage)
    finally:
        await stage.closes()
    if accepts:
        script = rewrite(path, actual)
    assert script.text == actual


@pytest.mark.parametrize("path", _LINKED, ids=lambda path: str(path.relative_to(_CONVERSATIONS)))
async def test_a_conversation_over_two_channels_is_played_word_for_word(
    path: Path, database_url: str, tmp_path: Path, *, accepts: bool
) -> None:
    """A person who writes letters and messages in turn, linked by a code, is answered where they spoke."""
    script = read(path)
    stage = LinkedStage(database_url, tmp_path, MovedClock(script.start))
    try:
        actual = await play(script, stage)
    finally:
        await stage.closes()
    if accepts:
        script = rewrite(path, actual)
    assert script.text == actual


async def test_the_readme_shows_a_real_conversation(sqlite_url: str, tmp_path: Path) -> None:
    """What a newcomer reads on the first screen is what they get, line for line; what staff hear is left out there."""
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"^```\n(👤.*?)^```", readme, re.MULTILINE | re.DOTALL)
    script = rewrite(tmp_path / "shown.txt", shown[0])
    stage = Stage(sqlite_url, tmp_path, MovedClock(script.start))
    try:
        actual = rewrite(tmp_path / "actual.txt", await play(script, stage))
    finally:
        await stage.closes()
    assert list(script.steps) == [step for step in actual.steps if step.sign != STAFF]


def test_the_same_scenario_is_told_alike_on_both_channels() -> None:
    """Where a scenario is played as a chat and by letter, the person says the same lines."""
    pairs = [(path, path.with_name(path.name.replace(".email.txt", ".txt"))) for path in _LETTERS]
    both = [(by_letter, in_chat) for by_letter, in_chat in pairs if in_chat.exists()]
    assert 20 < len(both)
    for by_letter, in_chat in both:
        lines, others = (
            [s for s in read(path).steps if s.sign in {PERSON, WAIT, RESTART}] for path in (by_letter, in_chat)
        )
        assert others == lines, by_letter.name
