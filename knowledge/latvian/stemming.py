"""Stemming of folded words: the forms of a word become one string, so that a search finds them all.

A light suffix stripper: it knows the endings of Latvian nouns, adjectives and verbs, not the words. It works on
folded text only, so that it gives the same stem with and without diacritics. Russian gets a handful of endings;
English words pass almost unchanged.
"""

from functools import lru_cache

from knowledge.latvian.word_list import word_list

_MIN_STEM = 3
_MIN_STEM_OF_NOUN = 2  # os-is, og-as, up-em
_VOWELS = "aeiou"

# Endings of nouns and adjectives, definite forms included (folded: ā is a, š is s).
_CASES = frozenset(word_list("a e i u o s is us as es os am em im um ai ei iem ie ais aja ajam ajai ajas ajos ajiem"))

# What follows the theme vowel of a verb: registr-e-t, stad-i-t, pievien-o-t, mais-a-t.
_AFTER_THEME = [
    *word_list("t ts ta ti tu tus tas tai to tos tam tiem tie tais taja tajam tajai tajas tajos tajiem ties"),
    *word_list("ju ja ji jai jam jat jiet jis jusi jusas jos jas jies jamies jaties jieties jot joties"),
    *word_list("jams jama jami jamas jamo"),
    *word_list("su s sim siet sot sos sies simies sieties"),
    *word_list("sana sanas sanu sanai sanam sanos"),
    *word_list("dams dama dami damas damies"),
    *word_list("tajs taji tajus tajiem"),
]
# What a verb without a theme vowel ends with, where it can't be taken for a noun.
_BARE_VERB = word_list("iet ot at ies amies aties simies sieties iju ija ijam ijat ijis ijusi sana sanas sanu sanai")

_ENDINGS = frozenset(
    {
        *_CASES,
        *_BARE_VERB,
        *(theme + ending for theme in "eiao" for ending in _AFTER_THEME),
        # nouns made from verbs: stadijums
        *("ij" + case for case in ("ums", "uma", "umam", "umu", "umi", "umus", "umiem", "umos")),
        # degrees of comparison: lielakais
        *("ak" + case for case in _CASES),
        # diminutives: kocins, liepina, eglite
        *("in" + case for case in ("s", "a", "i", "u", "as", "us", "am", "iem", "ai", "os")),
        *("it" + case for case in ("is", "e", "i", "es", "em", "im", "ei")),
        *("is" + case for case in ("a", "u", "i", "us", "iem")),
    }
)
_LONGEST = max(map(len, _ENDINGS))

# Roots whose last consonant changes in a way that no rule tells from another word.
_CHANGED = {"koc": "kok", "priez": "pried", "briez": "bried", "kars": "kart"}

_RUSSIAN_ENDINGS = frozenset(
    word_list(
        "ами ями ого его ому ему ыми ими ать ять ить еть ала ила али или аю ую яю ов ев ом ем ам ям ах ях "
        "ьям ья ьев ии ыи ои еи ая яя ое ее ые ие ую юю ет ит ут ют ат ят ал ил ть а я о е и ы у ю ь"
    )
)


@lru_cache(maxsize=65_536)
def stem(folded: str) -> str:
    """Return the stem of one folded word; short words and numbers come back as they are."""
    if len(folded) <= _MIN_STEM or not folded.isalpha():
        return folded
    if folded[0] > "z":  # beyond the Latin letters: Cyrillic
        return _stripped_russian(folded)
    for length in range(min(_LONGEST, len(folded) - _MIN_STEM_OF_NOUN), 0, -1):
        ending, kept = folded[-length:], folded[:-length]
        if ending in _ENDINGS and kept[-1] not in _VOWELS and len(kept) >= _least(ending):
            return _root(kept)
    return folded


def _least(ending: str) -> int:
    return _MIN_STEM_OF_NOUN if ending in _CASES else _MIN_STEM


def _root(kept: str) -> str:
    """Undo the softening before an ending: plumj- -> plum-, priez- -> pried-."""
    if kept[-1] == "j" and kept[-2] in "bmpv":
        kept = kept[:-1]
    return _CHANGED.get(kept, kept)


def _stripped_russian(folded: str) -> str:
    for length in (3, 2, 1):
        if len(folded) - length >= _MIN_STEM and folded[-length:] in _RUSSIAN_ENDINGS:
            return folded[:-length]
    return folded
