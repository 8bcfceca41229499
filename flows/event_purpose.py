"""Kind of question about an event to come: whether trees are planted at it, or whether it informs.

Whoever pays counts the two apart: information events, and municipalities with planting events.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flows.grammar import Reading, Understood
from flows.kinds import Choice
from flows.said import Said
from knowledge.latvian.text import words

PLANTING, INFORMATION = "planting", "information"
NAMES: Mapping[str, str] = {PLANTING: "stādīšana", INFORMATION: "informatīvs pasākums"}

_LONGEST = 12  # words: what says it without being asked is a title, not a text that speaks of this and that
_PLANTS = ("stadam", "stadisim", "iestadisim", "stadisana")
_INFORMS = (
    *("informativ", "seminar", "vebinar", "lekcij", "sanaksm", "sapulc", "apmacib", "konferenc", "diskusij"),
    *("konsultacij", "stastam", "stastisim", "pastastisim"),
)
_SPOKEN_OF = frozenset({"par", "ka", "kapec", "ko", "vai"})  # „Par stādīšanu”: it is spoken of, not done


@dataclass(frozen=True, kw_only=True)
class Purpose(Choice):
    """What an event is for; a title that says so is not asked about."""

    def find(self, said: Said, today: date) -> Reading[str] | None:
        """Find it in a title: „Stādām ozolus”, „Seminārs mežu īpašniekiem”. The words stay the title's as well."""
        told = purpose_in(said.text)
        return Understood(value=told) if told else None


def purpose_in(text: str) -> str:
    """Return what a title says an event is for, where it is certain; '' where it is not."""
    typed = [word.folded for word in words(text)]
    if len(typed) > _LONGEST:
        return ""
    plants = any(word.startswith(_PLANTS) for word in typed)
    informs = any(word.startswith(_INFORMS) for word in typed)
    if plants == informs:
        return ""
    if informs:
        return INFORMATION
    return "" if _SPOKEN_OF.intersection(typed) else PLANTING
