"""The picture: the count as growth rings and a dozen trees, to be shown on a screen at an event (1920 x 1080, PNG)."""

import json
from collections.abc import Mapping
from math import log10
from pathlib import Path
from typing import Any

from bot.clock import RIGA
from bot.progress.counting import Count
from bot.progress.pace import Goal
from bot.words.rendering import Tongue

_TEMPLATE = Path(__file__).parents[2] / "templates" / "progress" / "screen.typ"

_FOREST = 12  # trees in the picture
_PLACES = 5
_BARE_RING = 0.025  # of the trunk's radius: how wide the ring of a month without trees is
_WIDEST = 900  # pixels that the number may take
_TALLEST = 270
_DIGIT = 0.52  # of the size, for a figure and, nearly, for a space


def draw(data: Mapping[str, Any]) -> bytes:
    """Set the picture. Only the fonts that come with the library are used, so that it is the same on every machine."""
    import typst  # noqa: PLC0415 - 40 MB that only a picture needs

    picture = typst.compile(
        str(_TEMPLATE),
        format="png",
        ppi=72.0,  # a point is a pixel
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data)},
    )
    return bytes(picture)


def on_screen(count: Count, goal: Goal, voice: Tongue) -> dict[str, Any]:
    """Return what the template shows: texts as they are read, lengths as shares."""
    told, number = count.told.trees, voice.number
    shown = number(told)
    next_stop, before = stops(told, goal)
    missing = number(next_stop - told)
    each = number(goal.trees // _FOREST)
    return {
        "title": "Trīs miljardi koku · Latvija",
        "heading": "Pierakstīti koki",
        "told": shown,
        "size": min(_TALLEST, int(_WIDEST / (_DIGIT * len(shown)))),
        "stop": {
            "share": (told - before) / (next_stop - before) if next_stop > told else 1.0,
            "words": f"Nākamā pietura: {number(next_stop)}. Līdz tai trūkst: {missing}."
            if next_stop > told
            else "Mērķis ir sasniegts!",
        },
        "checked": f"Pārbaudīti: {number(count.checked.trees)}",
        "entered": f"Ievadīti MapMyTree: {number(count.entered.trees)}",
        "rings": rings(count, goal),
        "rings_words": "Gadskārtas – pēdējie divpadsmit mēneši" if told else "Pirmā gadskārta vēl priekšā",
        "places_title": "Visvairāk koku",
        "places": [
            {"name": name, "trees": number(sum_.trees)} for name, sum_ in list(count.municipalities.items())[:_PLACES]
        ],
        "forest": forest(count, goal),
        "goal": f"Mērķis {goal.day.year}. gadā: {number(goal.trees)}. Viens koks attēlā: {each}.",
        "share": share(told, goal, voice),
        "source": "„Pierakstīts” vēl nenozīmē „ievadīts MapMyTree”. Avots: Koku palīgs.",
        "day": f"{count.at.astimezone(RIGA):%d.%m.%Y}.",
    }


def share(trees: int, goal: Goal, voice: Tongue) -> str:
    """Say which part of the goal some trees are: „0,2 %”; whatever is there is more than nothing."""
    part = 100 * trees / goal.trees
    digits = 0 if part >= 10 or not trees else 1 if part >= 0.1 else 3
    cut = int(part * 10**digits) / 10**digits
    if trees and not cut:
        return f"<\u00a0{voice.number(0.001)}\u00a0%"
    return f"{voice.number(cut if digits else int(cut))}\u00a0%"


def stops(trees: int, goal: Goal) -> tuple[int, int]:
    """Return the next round number on the way and the one before it; at the goal both are the goal."""
    before = 0
    for power in range(2, 9):
        for first in (1, 2.5, 5):
            stop = min(goal.trees, int(first * 10**power))
            if stop > trees:
                return stop, before
            before = stop
    return goal.trees, goal.trees


def rings(count: Count, goal: Goal) -> list[float]:
    """Return how wide the ring of each of the last months is, of the largest trunk's radius.

    A month without trees leaves a thin ring, and the trunk grows with the number of digits of what is told.
    """
    months = [month.trees for month in count.months.values()]
    together = sum(months)
    grown = 0.5 + 0.5 * min(1.0, log10(1 + count.told.trees) / log10(1 + goal.trees))
    wood = 1 - _BARE_RING * len(months)
    return [grown * (_BARE_RING + (wood * trees / together if together else 0)) for trees in months]


def forest(count: Count, goal: Goal) -> list[dict[str, float]]:
    """Return how far each tree of the picture is filled, from 0 to 1, for what is told, checked and entered."""
    each = goal.trees / _FOREST
    known = {"told": count.told, "checked": count.checked, "entered": count.entered}
    return [
        {name: min(1.0, max(0.0, sum_.trees / each - number)) for name, sum_ in known.items()}
        for number in range(_FOREST)
    ]
