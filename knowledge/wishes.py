"""Wishes: texts that want a flow started (`gribu reģistrēt 50 ozolus`), told from questions about it by rules."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from knowledge.acts import is_question
from knowledge.phrases import Line, Phrasebook

_FILE = Path(__file__).with_name("wishes.yaml")


def wished_flow(sentence: str, *, asks: bool | None = None) -> str | None:
    """Return the flow a sentence wants started, or None; `kā reģistrēt kokus` asks and wants none.

    `asks`: whether it is a question, where that is known already.
    """
    line = Line(sentence)
    asks = is_question(sentence) if asks is None else asks
    modes = ["asked"] if asks else ["asked", "told"]
    for mode in modes:
        if hits := _book(mode).anywhere(line):
            return hits[0].kinds[0]
    hit = _book("opening").at(line, 0) if line.tokens and len(modes) > 1 else None
    return hit.kinds[0] if hit else None


@cache
def _book(mode: str) -> Phrasebook:
    return Phrasebook({flow: modes.get(mode, ()) for flow, modes in _data().items()})


@cache
def _data() -> Mapping[str, Mapping[str, list[str]]]:
    with _FILE.open(encoding="utf-8") as file:
        data: Mapping[str, Mapping[str, list[str]]] = yaml.load(file, Loader=yaml.CSafeLoader)
    return data
