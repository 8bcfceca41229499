"""Wishes: texts that want a flow started (`gribu reģistrēt 50 ozolus`), told from questions about it by rules."""

from functools import cache
from pathlib import Path

from knowledge.acts import is_question
from knowledge.phrases import Phrasebook, line_of

_FILE = Path(__file__).with_name("wishes.yaml")


def wished_flow(sentence: str, *, asks: bool | None = None) -> str | None:
    """Return the flow a sentence wants started, or None; `kā reģistrēt kokus` asks and wants none.

    `asks`: whether it is a question, where that is known already.
    """
    line = line_of(sentence)
    asks = is_question(sentence) if asks is None else asks
    hits = [*_book("asked").anywhere(line), *(() if asks else _book("told").anywhere(line))]
    if opening := _book("opening").at(line, 0) if line.tokens and not asks else None:
        hits.append(opening)
    denied = {kind for hit in _book("not").anywhere(line) for kind in hit.kinds} if hits else set()
    return next((hit.kinds[0] for hit in hits if hit.kinds[0] not in denied), None)


def told_flow(sentence: str) -> str | None:
    """Return the flow that a sentence may want by telling of something done: `iestādīju 30 liepas`."""
    hits = _book("stated").anywhere(line_of(sentence))
    return hits[0].kinds[0] if hits else None


@cache
def _book(mode: str) -> Phrasebook:
    return Phrasebook.read(_FILE, mode)
