"""Forms of Latvian nouns and adjectives, folded: a word in any case is then found by one look-up.

Everything works on folded spelling (`text.fold`), where `ņ` is `n` and `ā` is `a`; so the six declensions shrink to
four patterns, and what differs only in its marks shares a form. A case is named by two letters: number (`s`, `p`)
and case (`n` nominative, `g` genitive, `d` dative, `a` accusative, `l` locative): `sa` is the accusative singular.
"""

from knowledge.latvian.text import fold

Cases = frozenset[str]

# Declension 1 (ozols, bērziņš), 2 (osis), 4 (liepa), 5 (egle): what follows the stem, in the order of _ORDER.
_ORDER = ("sn", "sg", "sd", "sa", "sl", "pn", "pg", "pd", "pa", "pl")
_ENDINGS = {
    "s": ("s", "a", "am", "u", "a", "i", "u", "iem", "us", "os"),
    "is": ("is", "a", "im", "i", "i", "i", "u", "iem", "us", "os"),
    "a": ("a", "as", "ai", "u", "a", "as", "u", "am", "as", "as"),
    "e": ("e", "es", "ei", "i", "e", "es", "u", "em", "es", "es"),
}
# Where the stem softens (osis - oša, egle - egļu): only these cases, and in folding only these letters show it.
_SOFT = {"is": {"sg", "pn", "pg", "pd", "pa", "pl"}, "e": {"pg"}}
_SOFTENED = {"t": "s", "d": "z", "m": "mj", "v": "vj", "b": "bj", "p": "pj"}

# Indefinite and definite endings of adjectives, participles and ordinals in both genders.
_ADJECTIVE = (
    *("s", "a", "am", "u", "i", "iem", "us", "os", "as", "ai"),
    *("ais", "ajam", "o", "aja", "ie", "ajiem", "ajos", "ajai", "ajam", "ajas"),
)


def noun_forms(nominative: str) -> dict[str, Cases]:
    """Return every folded form of a regular noun (declension 1, 2, 4 or 5) with the cases it can stand for.

    A genitive that people leave hard (`priedu`) is listed beside the right one (`priežu`). Raises KeyError for a
    word that ends otherwise: names in our own data are checked by their tests.
    """
    stem, ending = _parted(fold(nominative))
    forms: dict[str, set[str]] = {}
    soft = stem[:-1] + _SOFTENED.get(stem[-1], stem[-1])
    for case, suffix in zip(_ORDER, _ENDINGS[ending], strict=True):
        forms.setdefault(stem + suffix, set()).add(case)
        if case in _SOFT.get(ending, ()):
            forms.setdefault(soft + suffix, set()).add(case)
    return {form: frozenset(cases) for form, cases in forms.items()}


def diminutive(nominative: str) -> str:
    """Return the folded nominative of the everyday diminutive: ozols - ozoliņš, egle - eglīte, koks - kociņš."""
    stem, ending = _parted(fold(nominative))
    if ending in ("s", "a"):
        if stem[-1] == "k":
            stem = stem[:-1] + "c"
        elif stem[-1] == "g":
            stem = stem[:-1] + "dz"
        return f"{stem}in{ending}"
    return f"{stem}it{ending}"


def adjective_forms(nominative: str) -> frozenset[str]:
    """Return every folded form, definite and indefinite, of an adjective given as `-ais`, `-ā` or `-s`."""
    folded = fold(nominative)
    stem = folded[:-3] if folded.endswith("ais") else folded[:-1]
    return frozenset(stem + ending for ending in _ADJECTIVE)


def _parted(folded: str) -> tuple[str, str]:
    ending = folded[-2:] if folded.endswith("is") else folded[-1]
    if ending not in _ENDINGS:
        raise KeyError(f"not a noun of declension 1, 2, 4 or 5: {folded}")
    return folded[: -len(ending)], ending
