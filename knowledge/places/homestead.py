"""Homesteads: the name of a house in an answer to „where”, as a phone types it: no capital, no quotes, no comma.

In other texts a name needs one of those (`addresses`), since any word could be one.
"""

from collections.abc import Sequence

from knowledge.latvian.text import Word, fold, words
from knowledge.places.place import Span
from knowledge.places.vocabulary import CLOSE, FILLERS, HOUSES, NO_HOUSES, OTHER_PREPOSITIONS, PLACE_PREPOSITIONS

_SHORTEST = 3  # letters
_MOST = 2  # words of a name: „Lejas Jaunzemi”
_CUES = HOUSES | {"nosaukums", "nosaukuma", "nosaukumu", "saucas"}
_ENDINGS = ("i", "as", "es")  # of names that stand without a word for a house: Kalniņi, Liepas, Egles
# Words with such an ending that say something else about a place, or nothing.
_NO_NAMES = NO_HOUSES | frozenset(
    fold(
        "tikai tieši precīzi aptuveni apmēram gandrīz paši visi mūsi savi vieni labi tādi gluži tuvumi tepat"
        " mēs viņas viņi savas mūsas jūsas visas dažas zemes zemi lauki mežs meži pļavas ganības upes ezeri"
        " malas puses pusi daļas daļi kādas kādi dīķis dīķi krasti krastmalas nami ēkas kūtis klētis stādi"
        " stādījumi rindas parki dārzi dārziņi mazdārziņi siltumnīcas paldies sveiki ziemas vasaras pavasarī"
        " rudenī gadi dienas reizes vairākas dažādas citas citi tas tādas kuras kuri pilsētas ciemi pagasti"
        " novadi robežas skolas pamatskolas vidusskolas baznīcas kapi"
    ).split()
)
_AROUND = PLACE_PREPOSITIONS | OTHER_PREPOSITIONS | CLOSE | {"gar", "starp", "virs", "zem", "pret", "kur", "blakam"}


def find_homestead(text: str, spans: Sequence[Span]) -> tuple[int, int, str] | None:
    """Return start, end and name of a house in what an answer says beside the parish that was read at `spans`."""
    rest = [word for word in words(text) if not any(start <= word.start < end for start, end in spans)]
    cued = any(word.folded in _CUES for word in rest)
    # „Pie skolas” says where; „pie mājām Kalniņi” names the house.
    around = [at for at, word in enumerate(rest) if word.folded in _AROUND]
    if any(at + 1 == len(rest) or rest[at + 1].folded not in _CUES for at in around):
        return None
    name = _trimmed(rest)
    if not 0 < len(name) <= _MOST or text[name[0].start : name[-1].end] != " ".join(word.text for word in name):
        return None
    if any(word.is_number or word.folded in _NO_NAMES for word in name):
        return None
    said = text[name[0].start : name[-1].end]
    if len(name[0].folded) < _SHORTEST or (not cued and not name[-1].folded.endswith(_ENDINGS)):
        return None
    if _says_something_else(said, cued=cued or said[0].isupper()):
        return None
    return name[0].start, name[-1].end, " ".join(word.text[0].upper() + word.text[1:] for word in name)


def _says_something_else(said: str, *, cued: bool) -> bool:
    """Whether it is a word like „paldies”; „drustu pagasts, ozoli” may tell what was planted."""
    from knowledge.acts import acts  # noqa: PLC0415 - brings rapidfuzz
    from knowledge.species import find_species  # noqa: PLC0415 - see above

    return bool(acts(said) or (not cued and find_species(said)))


def _trimmed(rest: list[Word]) -> list[Word]:
    """Leave words for a house, and such that say nothing, away at both ends."""
    idle = _CUES | FILLERS | _AROUND
    while rest and rest[0].folded in idle:
        rest = rest[1:]
    while rest and rest[-1].folded in idle:
        rest = rest[:-1]
    return rest
