"""An audience: which of those who take our news something is for, as it is stored and as it is said."""

from dataclasses import dataclass, fields
from typing import NamedTuple

from flows.grammar import Json

# What people have done, who they are and how they write: as a sentence says it, and how it is typed.
DONE = {
    "registered": ("kas reģistrējuši kokus", ("registrejus", "registreja", "registreti", "pieteikus")),
    "begun": ("kas sākuši reģistrēt, bet nav pabeiguši", ("nepabeig", "iesakus", "sakus", "pusce")),
    "never": ("kas vēl nav reģistrējuši", ("nav reg", "nereg", "vel nav")),
}
WHO = {
    "person": ("privātpersonas", ("privatperson", "gimen")),
    "company": ("uzņēmumi un saimniecības", ("uznem", "saimnie", "lauksaimnie", "zemniek", "firm")),
    "municipality": ("pašvaldības", ("pasvaldib",)),
    "school": ("skolas", ("skol", "bernudarz")),
    "association": ("biedrības", ("biedrib",)),
    # Who register nothing, and have said so: „esam laikraksts”.
    "media": ("mediji", ("medij", "laikrakst", "avize", "zurnal", "radio", "televiz", "redakcij", "prese", "presi")),
}
LANGUAGE = {
    "lv": ("kas raksta latviski", ("latvisk", "latviesu")),
    "en": ("kas raksta angliski", ("anglisk", "anglu")),
}


class Circle(NamedTuple):
    """So many kilometres around a place, WGS 84 degrees; without a place it is that of the event."""

    km: int
    name: str = ""
    lat: float | None = None
    lon: float | None = None

    def in_words(self) -> str:
        """Say it: „Cēsis un 30 km apkārt”."""
        return f"{self.name or 'pasākuma vieta'} un {self.km} km apkārt"


@dataclass(frozen=True, kw_only=True, slots=True)
class Audience:
    """Whom of those who take our news it goes to; what is empty does not narrow it.

    Municipalities and circles are one list: whoever is in any of them. `unread` are words that were not understood:
    an audience that has any is not whole.
    """

    municipalities: tuple[str, ...] = ()
    circles: tuple[Circle, ...] = ()
    done: str = ""  # registered | begun | never
    who: tuple[str, ...] = ()  # as registrations tell, or they themselves: any of WHO
    language: str = ""  # lv | en
    unread: str = ""

    def in_words(self) -> str:
        """Say it: „ziņu saņēmēji: Ogres novads, Cēsis un 30 km apkārt; skolas, pašvaldības”."""
        parts = [
            ", ".join((*self.municipalities, *(circle.in_words() for circle in self.circles))),
            ", ".join(WHO[code][0] for code in self.who if code in WHO),
        ]
        for code, known in ((self.done, DONE), (self.language, LANGUAGE)):
            parts += [known[code][0]] if code in known else []
        narrowed = "; ".join(part for part in parts if part)
        return f"ziņu saņēmēji: {narrowed}" if narrowed else "visi, kas saņem ziņas"


def audience_of(stored: Json) -> Audience:
    """Read a stored audience; raises TypeError for what is none."""
    if not isinstance(stored, dict):
        raise TypeError(stored)
    known = {f.name for f in fields(Audience)}
    given = {key: value for key, value in stored.items() if key in known}
    who = given.get("who", ())
    return Audience(
        **{
            **given,
            "municipalities": tuple(given.get("municipalities", ())),
            "circles": tuple(Circle(*circle) for circle in given.get("circles", ())),
            "who": (who,) if isinstance(who, str) else tuple(who),  # earlier releases knew one
        }
    )
