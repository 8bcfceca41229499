"""The mailbox: how letters are read, and what in them is ours."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.channels.email.letter import Ours
from bot.database import Database
from bot.mailroom.records import CHANNEL
from bot.settings import Settings
from bot.words import Words
from bot.words.catalogs import LANGUAGES
from flows.catalogue import FLOWS

if TYPE_CHECKING:
    from bot.mailroom.source import LetterSource


def letters_of(settings: Settings, database: Database, words: Words) -> "LetterSource":
    """Return what reads letters and hands out their files."""
    from bot.attachments.store import ObjectStore  # noqa: PLC0415 - slow to load
    from bot.channels.email.reading import read_letter  # noqa: PLC0415 - brings what letters are read with
    from bot.channels.email.reading.quoting import phrase  # noqa: PLC0415
    from bot.mailroom.source import LetterSource  # noqa: PLC0415

    ours = Ours(
        address=settings.mail_address,
        authserv_id=settings.mail_authserv_id,
        phrases=frozenset(phrase(sentence) for sentence in _asked(words)),
    )
    return LetterSource(
        keeper=f"{CHANNEL}:{settings.mail_address}"[:80],
        database=database,
        store=ObjectStore(settings.objects),
        read=lambda raw: read_letter(raw, ours),
    )


def _asked(words: Words) -> Iterator[str]:
    """Yield what letters ask, in every language: quoted without a mark it is still no answer."""
    questions = [question for flow in FLOWS.values() for question in flow.questions]
    for question in questions:
        for sentence in (question.ask, question.by_letter, question.example):
            if sentence:
                yield from (words.tongue(language).text(sentence) for language in LANGUAGES)
