"""Which language a text is in: Latvian, English or Russian, told by its letters and its smallest words.

Cheap and careful: without a clear sign of another language a text is Latvian, so names, numbers and single words
stay Latvian.
"""

import re
from functools import lru_cache
from typing import Literal

from knowledge.latvian.text import words
from knowledge.latvian.word_list import word_list

Language = Literal["lv", "en", "ru"]

# Names people write in any language; their English words say nothing about the language around them.
_NAMES = re.compile(r"map\s*my\s*trees?|eu\s*login|reportne[trs]\s*3?|https?://\S+|www\.\S+|\S+@\S+", re.IGNORECASE)
_LATVIAN_LETTER = re.compile(r"[āčēģīķļņšūž]", re.IGNORECASE)

# Small words (folded, so `which` is `whic`) that are not also Latvian words, folded or not.
_ENGLISH = frozenset(
    word_list(
        "the of and or as at an in on up by i is are was were be been do does did don't doesn't didn't can't "
        "isn't aren't i'm i've i'd what's how what where when who whose whic why can could should would will "
        "may must my your you we they them it its this that these those there here have has had with without "
        "for from into about not if but any some need want please trees tre plant planted planting register "
        "registered add count mean know find make get take see show tell talk speak write hello hey thank "
        "thanks thankyou yes sory cancel delete stop help english language person human data land school "
        "company species map fruit aply forest date year apple berry bushes shrubs free account login "
        "unsubscribe email website tres sponsor shows using name mismatch error erors "
        "every everything out after open new big throws turns near nearby nearest event events"
    )
)
_LATVIAN = frozenset(
    word_list(
        "vai ka kas kur kad kapec kads kada kadi kadas cik un ar par uz pie ir nav esmu esam bija bus var "
        "varu varat man mums mani manu manas jus jusu jums es mes tas ta tie si sis so ja ne bet jo lai tad "
        "ari vel jau tikai gribu gribetu velos vajag ludzu paldies koks koki koku kokus kokiem registret "
        "stadiju stadit labdien ko dara"
    )
)
# Russian typed with Latin letters: words that mean nothing in Latvian or English.
_RUSSIAN = frozenset(
    word_list(
        "zdravstvuite zdravstvujte zdravstvuyte privet spasibo pozalusta pozaluista pozaluysta kak gde kogda "
        "pocemu mozno nuzno derevo dereva derevya derevja derevev derevjev skolko hocu xocu hotel "
        "zaregistrirovat posadil posadila posadili eto cto kto menya menja vy mne nas moi svoi sazat dobry "
        "dobryi den izvinite ponimayu ponimaju govorite ruski"
    )
)


@lru_cache(maxsize=8)  # several readers ask about the same message
def detect(text: str) -> Language:
    """Return the language of a text: `ru` where half its words are Cyrillic, `en` by its function words, else `lv`."""
    text = _NAMES.sub(" ", text)
    typed = re.findall(r"[^\W\d_]+", text)
    cyrillic = sum("\u0400" <= word[0] <= "\u04ff" for word in typed)
    if cyrillic and cyrillic * 2 >= len(typed):
        return "ru"
    folded = [word.folded for word in words(text) if not word.is_number]
    if len(folded) < 2:
        return "lv"
    latvian = sum(word in _LATVIAN for word in folded) + 2 * bool(_LATVIAN_LETTER.search(text))
    if sum(word in _RUSSIAN for word in folded) >= max(2, latvian + 1):
        return "ru"
    english = sum(word in _ENGLISH for word in _not_names(text))
    return "en" if english > latvian else "lv"


def clearly_latvian(text: str) -> bool:
    """Whether a text has Latvian function words and no English ones: a name or a place alone tells nothing."""
    folded = {word.folded for word in words(_NAMES.sub(" ", text))}
    return bool(folded & _LATVIAN) and detect(text) == "lv"


def _not_names(text: str) -> list[str]:
    """The folded words that don't look like part of a name: in `SIA The Trees` none but the first."""
    shouted = text.isupper()
    return [
        word.folded.replace("’", "'")
        for index, word in enumerate(words(text))
        if index == 0 or shouted or not word.text[0].isupper() or word.text in {"I", "I'm", "I'd", "I've"}
    ]
