"""What people asked and nobody knew: told once a week, like with like, without who asked; and drafts of new topics."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml

from bot.clock import RIGA
from bot.delivery.outbox import deliveries
from bot.desk.anonymous import anonymous
from bot.desk.boards import posts
from bot.desk.cases import cases
from bot.desk.suggesting import draft
from knowledge import topic
from tests.botapi import Server
from tests.transcripts.clock import MovedClock
from tests.transcripts.telegram_stage import TelegramStage

_THURSDAY = datetime(2026, 4, 2, 10, 0, tzinfo=RIGA)  # before Easter
_EASTER_MONDAY, _TUESDAY = datetime(2026, 4, 6, 9, 0, tzinfo=RIGA), datetime(2026, 4, 7, 9, 0, tzinfo=RIGA)


@pytest.fixture
async def stage(database_url: str, tmp_path: Path, botapi: Server) -> AsyncIterator[TelegramStage]:
    """Return a house with a desk, before Easter."""
    made = TelegramStage(database_url, tmp_path, MovedClock(_THURSDAY), botapi, desk=True)
    await made.opens()
    yield made
    await made.closes()


async def _told(stage: TelegramStage, at: datetime) -> list[str]:
    """Let it be told at a time, and return all that was told so far."""
    house = stage.app.answering
    assert house is not None
    await stage.app.database.write(lambda tx: house.unanswered.tell(tx, at))
    query = sa.select(deliveries.c.body).join(posts, posts.c.delivery_id == deliveries.c.id)
    mine = query.where(posts.c.kind == "unanswered").order_by(deliveries.c.id)
    return [body["text"] for body in await stage.app.database.read(lambda tx: list(tx.execute(mine).scalars()))]


async def test_a_week_is_told_once_on_its_first_working_morning(stage: TelegramStage) -> None:
    """On a holiday it waits for the day after; like questions stand together, and nobody can be known by them."""
    for line in (
        "Gribu runāt ar cilvēku, vai drīkst stādīt kokus kapsētā? Mans tālrunis ir 26 123 456",
        "Gribu runāt ar cilvēku: vai kapsētā drīkst stādīt kokus?",
        "Gribu runāt ar cilvēku",
    ):
        await stage.says(line)
    rated = sa.update(cases).where(cases.c.id == 1).values(rating=1, closed_at=_THURSDAY, state="closed")
    await stage.app.database.write(lambda tx: tx.execute(rated))
    assert [] == await _told(stage, _EASTER_MONDAY)
    (text,) = await _told(stage, _TUESDAY)
    assert "bez palīga atbildes: 2" in text
    assert "• 2× " in text
    assert "#1 (1 no 5)" in text
    assert "123" not in text
    assert [text] == await _told(stage, _TUESDAY)


async def test_a_week_in_which_all_was_answered_is_not_told_of(stage: TelegramStage) -> None:
    """Nothing is said about nothing."""
    await stage.says("Vai augļu koki skaitās?")
    assert [] == await _told(stage, _TUESDAY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Labdien!\n\nVai drīkst kapsētā?\n\nAr cieņu,\nAnna Kalniņa\nTālr. 26123456", "Vai drīkst kapsētā?"),
        ("Zvaniet 26 123 456 vai rakstiet anna@example.lv", "Zvaniet … vai rakstiet …"),
        ("Mani sauc Anna Kalniņa. Vai drīkst kapsētā?", "Mani sauc …. Vai drīkst kapsētā?"),
    ],
)
def test_what_is_told_names_nobody(text: str, expected: str) -> None:
    """Greeting, signature, names, telephones and addresses are left out."""
    assert expected == anonymous(text)


def test_a_draft_is_a_topics_file_with_what_is_known(tmp_path: Path) -> None:
    """It is read as the other topics are; what nobody has said, its certainty above all, is to be done."""
    written = draft(
        "Vai drīkst: kapsētā? Mans tālrunis ir 26123456", "Jautājiet pašvaldībai.\n\nTā „piekrišana” – vajadzīga."
    )
    known = yaml.safe_load(written)
    assert "Jautājiet pašvaldībai.\n\nTā „piekrišana” – vajadzīga." == known["answer"]["lv"]
    assert "Vai drīkst: kapsētā? Mans tālrunis ir …" == known["questions"]["lv"][0]
    assert ["TODO"] * 3 == [known[part] for part in ("certainty", "source", "checked")]
    (tmp_path / "tema.yaml").write_text(written, encoding="utf-8")
    assert ["“checked” is not a date"] == [problem.what for problem in topic.read(tmp_path)[1]]
