"""Latvian written by the book, with its marks: numbers in words, nouns and adjectives in every case, months.

The readers fold all marks away and know their forms from tables of their own; this is the other side of the comparison.
"""

import unicodedata
from collections.abc import Mapping
from functools import cache

CASES = ("sn", "sg", "sd", "sa", "sl", "pn", "pg", "pd", "pa", "pl")
_ENDINGS: Mapping[str, tuple[str, ...]] = {
    "is": ("is", "a", "im", "i", "ī", "i", "u", "iem", "us", "os"),
    "s": ("s", "a", "am", "u", "ā", "i", "u", "iem", "us", "os"),
    "a": ("a", "as", "ai", "u", "ā", "as", "u", "ām", "as", "ās"),
    "e": ("e", "es", "ei", "i", "ē", "es", "u", "ēm", "es", "ēs"),
}
_DEFINITE = {
    "ais": ("ais", "ā", "ajam", "o", "ajā", "ie", "o", "ajiem", "os", "ajos"),
    "ā": ("ā", "ās", "ajai", "o", "ajā", "ās", "o", "ajām", "ās", "ajās"),
}
_SOFTENING = {"is": {"sg", "pn", "pg", "pd", "pa", "pl"}, "e": {"pg"}}
_SOFT = (
    ("dz", "dž"), ("sn", "šņ"), ("zn", "žņ"), ("ll", "ļļ"), ("t", "š"), ("d", "ž"), ("l", "ļ"), ("n", "ņ"),
    ("s", "š"), ("z", "ž"), ("c", "č"), ("b", "bj"), ("p", "pj"), ("m", "mj"), ("v", "vj"),
)  # fmt: skip

MONTHS = tuple(
    tuple(forms.split())
    for forms in (
        "janvāris janvāra janvārim janvāri janvārī",
        "februāris februāra februārim februāri februārī",
        "marts marta martam martu martā",
        "aprīlis aprīļa aprīlim aprīli aprīlī",
        "maijs maija maijam maiju maijā",
        "jūnijs jūnija jūnijam jūniju jūnijā",
        "jūlijs jūlija jūlijam jūliju jūlijā",
        "augusts augusta augustam augustu augustā",
        "septembris septembra septembrim septembri septembrī",
        "oktobris oktobra oktobrim oktobri oktobrī",
        "novembris novembra novembrim novembri novembrī",
        "decembris decembra decembrim decembri decembrī",
    )
)
SEASONS = tuple(
    tuple(forms.split())
    for forms in (
        "pavasaris pavasara pavasarim pavasari pavasarī",
        "vasara vasaras vasarai vasaru vasarā",
        "rudens rudenim rudeni rudenī",
        "ziema ziemas ziemai ziemu ziemā",
    )
)

_UNITS = ("", "viens", "divi", "trīs", "četri", "pieci", "seši", "septiņi", "astoņi", "deviņi")
_FEMININE = ("", "viena", "divas", "trīs", "četras", "piecas", "sešas", "septiņas", "astoņas", "deviņas")
_STEMS = ("", "vien", "div", "trīs", "četr", "piec", "seš", "septiņ", "astoņ", "deviņ")
_DIGRAPHS = {
    "ā": "aa", "ē": "ee", "ī": "ii", "ū": "uu", "š": "sh", "č": "ch", "ž": "zh",
    "ņ": "nj", "ļ": "lj", "ķ": "kj", "ģ": "gj",
}  # fmt: skip


def number(value: int, *, feminine: bool = False, short: bool = False) -> str:
    """Write a number from 1 to 999,999 in the nominative; `short` is `divsimt` for `divi simti`."""
    thousands, rest = divmod(value, 1000)
    words = []
    if thousands == 1:
        words.append("tūkstoš" if short else "tūkstotis")
    elif thousands:
        one = thousands % 10 == 1 and thousands % 100 != 11
        words += [_below_thousand(thousands, feminine=False, short=short), "tūkstotis" if one else "tūkstoši"]
    if rest:
        words.append(_below_thousand(rest, feminine=feminine, short=short))
    return " ".join(words)


def noun(nominative: str) -> dict[str, str]:
    """Return a noun in every case, by the names of `CASES`."""
    ending = "is" if nominative.endswith("is") else nominative[-1]
    stem = nominative[: -len(ending)]
    if ending == "š":  # bērziņš
        return {case: stem + ("š" if case == "sn" else end) for case, end in zip(CASES, _ENDINGS["s"], strict=True)}
    softening = _SOFTENING.get(ending, set())
    ends = zip(CASES, _ENDINGS[ending], strict=True)
    return {case: (_softened(stem) if case in softening else stem) + end for case, end in ends}


def name(words: str) -> dict[str, str]:
    """Return a name of several words in every case; what stands before the noun agrees with it, or is a genitive."""
    *before, last = words.split()
    forms = noun(last)
    return {case: " ".join([*(_agreeing(word, last, case) for word in before), form]) for case, form in forms.items()}


def diminutive(nominative: str) -> str:
    """Return the everyday diminutive: ozoliņš, eglīte, kadiķītis, kociņš."""
    if nominative.endswith("is"):
        return f"{_softened(nominative[:-2]) if nominative.endswith('ņis') else nominative[:-2]}ītis"
    stem = nominative[:-1]
    if nominative[-1] == "e":
        return f"{stem}īte"
    stem = f"{stem[:-1]}{ {'k': 'c', 'g': 'dz'}.get(stem[-1], stem[-1]) }"
    return f"{stem}iņ{'a' if nominative[-1] == 'a' else 'š'}"


def stripped(text: str) -> str:
    """Write a text without its marks."""
    return "".join(ch for ch in unicodedata.normalize("NFD", text) if not unicodedata.combining(ch))


def digraphs(text: str) -> str:
    """Write a text as people did without Latvian letters: kljava, beerzs, priezhu."""
    return "".join(_DIGRAPHS.get(ch, ch) for ch in text)


@cache
def _below_thousand(value: int, *, feminine: bool, short: bool) -> str:
    hundreds, rest = divmod(value, 100)
    words = []
    if hundreds == 1:
        words.append("simt" if short else "simts")
    elif hundreds:
        words.append(f"{_STEMS[hundreds]}simt" if short else f"{_UNITS[hundreds]} simti")
    if rest == 10:
        words.append("desmit")
    elif 10 < rest < 20:
        words.append(f"{_STEMS[rest - 10]}padsmit")
    else:
        tens, units = divmod(rest, 10)
        words += [f"{_STEMS[tens]}desmit"] if tens else []
        words += [(_FEMININE if feminine else _UNITS)[units]] if units else []
    return " ".join(words)


def _softened(stem: str) -> str:
    return next((stem.removesuffix(hard) + soft for hard, soft in _SOFT if stem.endswith(hard)), stem)


def _agreeing(word: str, with_noun: str, case: str) -> str:
    ending = "ais" if word.endswith("ais") else "ā" if word.endswith("ā") else ""
    if not ending:
        return word  # Eiropas, meža
    ends = _DEFINITE["ā" if with_noun[-1] in "ae" else "ais"]
    return word.removesuffix(ending) + ends[CASES.index(case)]
