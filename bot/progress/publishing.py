"""Publishing: what everybody may know of the count, as JSON and as a small page to be embedded. Pure.

Where fewer than three registrations came from a municipality it is not named: one could tell whose they are.
"""

import base64
import hashlib
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.clock import RIGA
from bot.progress import picture
from bot.progress.counting import Count, Sum
from bot.progress.pace import Goal
from bot.words.rendering import Tongue

FEWEST = 3  # registrations of a municipality that is named
PLACES = 5  # municipalities on the page; the JSON has all

_TEMPLATES = Path(__file__).parents[2] / "templates" / "progress"


def facts(count: Count, goal: Goal) -> dict[str, Any]:
    """Return what the JSON holds. It tells the day and no hour, so that it stays the same while nothing changes."""
    return {
        "day": count.at.astimezone(RIGA).date().isoformat(),
        "goal": {"trees": goal.trees, "day": goal.day.isoformat()},
        "told": _sum(count.told),
        "checked": _sum(count.checked),
        "entered": _sum(count.entered),
        "municipalities": [{"name": name, **_sum(sum_)} for name, sum_ in _named(count).items()],
        "about": "told: pierakstīts pie mums; checked: no tiem pārbaudīti; entered: no tiem ievadīti MapMyTree",
        "source": "Koku palīgs",
    }


class Page:
    """The page, and the policy that lets a browser use its own style and nothing from anywhere else."""

    def __init__(self, voice: Tongue) -> None:
        self._voice = voice
        templates = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        templates.filters["number"] = voice.number
        self._style = (_TEMPLATES / "page.css").read_text(encoding="utf-8")
        self._template = templates.get_template("page.html.j2")

    @property
    def policy(self) -> str:
        """The Content-Security-Policy, but for who may embed the page."""
        digest = base64.b64encode(hashlib.sha256(self._style.encode()).digest()).decode()
        return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"

    def render(self, count: Count, goal: Goal) -> str:
        """Write the page."""
        return self._template.render(
            style=self._style,
            count=count,
            goal=goal,
            share=picture.share(count.told.trees, goal, self._voice),
            widths={
                name: _width(sum_, goal)
                for name, sum_ in (("told", count.told), ("checked", count.checked), ("entered", count.entered))
            },
            places=list(_named(count).items())[:PLACES],
            day=f"{count.at.astimezone(RIGA):%d.%m.%Y}.",
        )


def _sum(sum_: Sum) -> dict[str, int]:
    return {"registrations": sum_.registrations, "trees": sum_.trees}


def _named(count: Count) -> dict[str, Sum]:
    return {name: sum_ for name, sum_ in count.municipalities.items() if sum_.registrations >= FEWEST}


def _width(sum_: Sum, goal: Goal) -> float:
    """Return how much of the bar is filled, in percent; whatever is there can be seen."""
    return round(min(100.0, max(0.6, 100 * sum_.trees / goal.trees)), 2) if sum_.trees else 0.0
