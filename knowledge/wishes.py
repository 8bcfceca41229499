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
    modes = ["asked"] if asks else ["asked", "told"]
    for mode in modes:
        if hits := _book(mode).anywhere(line):
            return hits[0].kinds[0]
    hit = _book("opening").at(line, 0) if line.tokens and len(modes) > 1 else None
    return hit.kinds[0] if hit else None


def told_flow(sentence: str) -> str | None:
    """Return the flow that a sentence may want by telling of something done: `iestādīju 30 liepas`."""
    hits = _book("stated").anywhere(line_of(sentence))
    return hits[0].kinds[0] if hits else None


@cache
def _book(mode: str) -> Phrasebook:
    return Phrasebook.read(_FILE, mode)
