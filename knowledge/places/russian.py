"""Latvia's towns and municipalities as Russian names them: *в Риге*, *около Цесиса*, *Огрский край*."""

import csv
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from knowledge.latvian.text import Word, fold
from knowledge.places import gazetteer
from knowledge.places.mention import Mention, parts_of

_FILE = Path(__file__).parent / "data" / "russian.csv"
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_ENDINGS = frozenset(
    ["", "а", "я", "е", "у", "ю", "ы", "и", "ь", "ом", "ем", "ои", "еи", "ам", "ям", "ах", "ях", "ами", "ями", "ов"]
)  # folded: ой is ои
_VOWEL = re.compile(r"[аяеиыуь]$")
_ADJECTIVE = re.compile(r"ск(?:и|ого|ому|им|ом)$")  # folded: ий is one и
_LANDS = ("кра", "волост", "муниципал", "самоуправл", "раион", "област")
_NEAR = frozenset(["около", "возле", "у", "под", "близ", "рядом"])
_IN = frozenset(["в", "во", "при", "на"])


def find_russian_names(text: str, words: Sequence[Word]) -> list[Mention]:
    """Return the towns and municipalities that a Russian text names with a preposition of place, or alone."""
    if not _CYRILLIC.search(text):
        return []
    found = []
    towns, lands = _tables()
    for index, word in enumerate(words):
        before = words[index - 1].folded if index else ""
        following = words[index + 1] if index + 1 < len(words) else None
        adjective = _ADJECTIVE.search(word.folded)
        if adjective and following is not None and following.folded.startswith(_LANDS):
            hyphen = index > 0 and text[words[index - 1].end : word.start] == "-"  # Южно-Курземский
            first = index - 1 if hyphen else index
            start = words[first].start
            name = lands.get(fold(text[start : word.end])[: -len(adjective[0])])
            if name and (first == 0 or words[first - 1].folded not in {"из", "от"}):
                rows = gazetteer.units(fold(name.rpartition(" ")[0]))
                rows = tuple(row for row in rows if row.kind == "municipality")
                found.append(Mention(start=start, end=following.end, level="unit", parts=parts_of(rows)))
            continue
        near = before in _NEAR or (before == "с" and index > 1 and words[index - 2].folded == "рядом")
        if near or before in _IN or len(words) == 1:
            name = _town(word.folded, towns)
            if name and not (before in _IN and word.folded.endswith(("у", "ю"))):  # в Ригу: on the way there
                rows = tuple(row for row in gazetteer.settlements(fold(name)) if row.name == name)
                parts = parts_of(rows, near=near)
                found.append(Mention(start=word.start, end=word.end, level="settlement", parts=parts))
    return found


def _town(form: str, towns: dict[str, str]) -> str | None:
    for length in range(len(form), 1, -1):
        if form[:length] in towns and form[length:] in _ENDINGS:
            return towns[form[:length]]
    return None


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, str], dict[str, str]]:
    """Return town by stem and municipality by the stem of its adjective, both folded."""
    towns, lands = {}, {}
    with _FILE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            russian, _, land = row["russian"].partition(" ")
            if land:
                lands[_ADJECTIVE.sub("", fold(russian))] = row["name"]
            else:
                towns[_VOWEL.sub("", fold(russian))] = row["name"]
    return towns, lands
