"""A certificate of thanks: whose name is to stand on it."""

import unicodedata
from dataclasses import dataclass
from datetime import date

from flows.grammar import Flow, L, NotUnderstood, Reading
from flows.kinds import Text
from flows.said import Said

_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK")  # what the page can be set in
_MOST_LINES = 3


@dataclass(frozen=True, kw_only=True)
class Honoured(Text):
    """A name as it is to stand on the page, on up to three lines."""

    def read(self, said: Said, today: date) -> Reading[str] | None:
        """Take it as it is written, unless the page can't be set in these letters."""
        text = said.text.strip()
        if odd := [char for char in text if char.isalpha() and not _can_be_set(char)]:
            return NotUnderstood(
                why=L("Uz lapas var rakstīt ar latīņu, kirilicas vai grieķu burtiem, bet ne ar „%(given)s”."),
                given="".join(dict.fromkeys(odd))[:10],
            )
        if any(unicodedata.category(char) in {"So", "Cs", "Co"} for char in text):
            return NotUnderstood(why=L("Emocijzīmes uz lapas nevar uzrakstīt. Uzrakstiet, lūdzu, tikai vārdus."))
        if len([line for line in text.splitlines() if line.strip()]) > _MOST_LINES:
            return NotUnderstood(why=L("Uz lapas ir vieta trim rindām."))
        return super().read(said, today)


def _can_be_set(char: str) -> bool:
    return unicodedata.name(char, "").startswith(_SCRIPTS) or unicodedata.category(char) == "Lm"


CERTIFICATE = Flow(
    name="certificate",
    title=L("Pateicības raksts"),
    opening=L("Labi, sagatavosim pateicības rakstu."),
    ends_with="certificate.wanted",
    submit=L("Viss pareizi, nosūtīt"),
    questions=(
        Honoured(
            key="name",
            ask=L("Kam rakstīt pateicību? Uzrakstiet tā, kā jābūt uz lapas."),
            again=L("kam rakstīt pateicību?"),
            label=L("Vārds uz lapas"),
            change=L("Mainīt vārdu"),
            why=L("Vārdu uz lapas rakstīšu tieši tā, kā uzrakstīsiet Jūs."),
            example=L("Piemēram: Anna Kalniņa, Kalniņu ģimene vai Drustu pamatskolas 7. klase."),
            things=("vard", "nosaukum", "name"),
            longest=150,
        ),
    ),
)
