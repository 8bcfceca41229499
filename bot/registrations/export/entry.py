"""Entry: one planting site of a registration as it leaves the house, and the words that files say it in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from flows.contact_kinds import Contact
from flows.planting_kind import Trees
from flows.when_kind import Planted
from flows.where_kind import Site
from knowledge.species import plain_name

NOBODY = Contact()

PLANTERS: Mapping[str, str] = MappingProxyType(
    {
        "person": "privātpersona",
        "company": "uzņēmums vai saimniecība",
        "municipality": "pašvaldība",
        "school": "skola",
        "association": "biedrība vai nodibinājums",
    }
)
LANDS: Mapping[str, str] = MappingProxyType(
    {
        "field": "lauks vai pļava",
        "homestead": "pie mājas vai dārzā",
        "town": "pilsētā vai ciemā",
        "roadside": "gar ceļu vai ūdeni",
        "forest": "mežā",
        "other": "cita vieta",
    }
)
STATES: Mapping[str, str] = MappingProxyType(
    {
        "accepted": "pārbaudīts",
        "entered": "ievadīts MapMyTree",
        "reported": "nodots Reportnet 3",
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One planting site. What tells who or exactly where somebody lives is in `contact` and `place` only.

    `planter` and `land` are codes of the flow's choices; `site` counts the places of one registration from 1.
    """

    reference: str
    received_on: date  # in Riga
    state: str
    planter: str
    organisation: str = ""
    trees: tuple[Trees, ...] = ()
    planted: Planted = field(default_factory=Planted)
    place: Site = field(default_factory=Site)
    land: str = ""
    campaign: str = ""
    site: int = 1
    contact: Contact = NOBODY

    @property
    def count(self) -> int | None:
        """How many trees there are at least; None where nothing is known."""
        known = [number for tree in self.trees if (number := least(tree)) is not None]
        return sum(known) if known else None


def least(tree: Trees) -> int | None:
    """Return the number of trees of a kind, or the least there are."""
    return tree.count if tree.count is not None else tree.least


def kind(tree: Trees) -> str:
    """Say in Latvian which trees they are."""
    names = [plain_name(latin) for latin in (tree.species, *tree.kinds) if latin]
    return "/".join(names) or "dažādi koki"


def latin(tree: Trees) -> str:
    """Return the Latin names, '' where no kind is named."""
    return "/".join(name for name in (tree.species, *tree.kinds) if name)


def about(tree: Trees) -> str:
    """Say how sure the number of trees is; '' for one that is exact."""
    if tree.count is not None:
        return "aptuveni" if tree.about else ""
    if tree.least is None:
        return "skaits nav zināms"
    return "vismaz" if tree.most is None else f"{tree.least}–{tree.most}"


def days(planted: Planted) -> tuple[date | None, date | None]:
    """Return the first and the last day of planting, as far as they are known."""
    first = None if planted.first == date.min else planted.first
    return first, planted.last


def plain(text: str) -> str:
    """Return text that a spreadsheet takes for text: nothing that begins a formula, no control characters."""
    kept = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(kept.split()).lstrip(FORMULA + " ")


FORMULA = "=+-@＝＋－＠|%"  # what begins a formula or a command in one spreadsheet or another
