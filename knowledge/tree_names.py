"""Every form a tree's name takes: Latvian in all cases with diminutives, English, Russian and Latin.

A name is a head noun with or without words before it: in `kalnu priede` the head is `priede`. Latvian is looked up
folded, the other languages as typed in small letters, or English `ash` would be any Latvian `as`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from knowledge.latvian.declension import Cases, adjective_forms, diminutive, noun_forms
from knowledge.latvian.text import fold


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name means: a species, or a genus with the species it may be."""

    latin: str
    candidates: tuple[str, ...] = ()


@dataclass(slots=True)
class Head:
    """A head noun: what it means alone, with the words people put before it, and with words that say another tree."""

    plain: Meaning | None = None
    qualified: dict[str, Meaning] = field(default_factory=dict)
    otherwise: Meaning | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a head noun with the cases it can stand for; `risky` where only an English text may mean it."""

    head: Head
    cases: Cases
    risky: bool = False
    english: bool = False


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Forms by folded Latvian and by small letters of other languages."""

    latvian: Mapping[str, Form]
    others: Mapping[str, Form]


def lexicon(species: Iterable[Mapping[str, str]], genera: Iterable[Mapping[str, str]]) -> Lexicon:
    """Build the lexicon from the rows of `species.csv` and `genera.csv`."""
    species, genera = list(species), list(genera)
    latvian = _latvian_heads(species, genera)
    forms: dict[str, Form] = {}
    for name, head in latvian.items():
        for noun in (name, diminutive(name)):
            for form, cases in noun_forms(noun).items():
                known = forms.get(form)
                forms[form] = Form(head, cases | known.cases if known and known.head is head else cases)
    others: dict[str, Form] = {}
    for language, declined in (("english", _english_forms), ("russian", _russian_forms)):
        for name, head in _heads(species, genera, language).items():
            for form, cases in declined(name).items():
                others.setdefault(form, Form(head, cases, risky=name in _RISKY, english=language == "english"))
    for form, entry in _latin(species).items():
        others.setdefault(form, entry)
    return Lexicon(forms, others)


# English names that are also Latvian words typed without marks (līme, pīne) or everyday English ones.
_RISKY = frozenset(("lime", "ash", "pine", "elder", "fir", "rose", "apple", "spruce", "plum"))


def _names(cell: str) -> list[str]:
    return [name.strip() for name in cell.split(";") if name.strip()]


def _latvian_heads(species: list[Mapping[str, str]], genera: list[Mapping[str, str]]) -> dict[str, Head]:
    heads: dict[str, Head] = {}
    for row in species:
        meaning = Meaning(row["latin"])
        for name in _names(";".join((row["latvian"], row["plain"], row["other"]))):
            *before, noun = name.split()
            head = heads.setdefault(fold(noun), Head())
            if not before:
                head.plain = meaning
            elif before[0].endswith(("ais", "ā")):
                head.qualified |= dict.fromkeys(adjective_forms(before[0]), meaning)
            else:
                head.qualified[fold(" ".join(before))] = meaning
    for row in genera:
        meaning = Meaning(row["genus"], tuple(_names(row["candidates"])))
        for noun in [row["latvian"], *_names(row["words"])]:
            if " " in noun:
                continue  # goba vai vīksna: a name to show, not to read
            head = heads.setdefault(fold(noun), Head())
            head.plain = head.plain or meaning
            head.otherwise = Meaning(row["genus"])
    return heads


def _heads(species: list[Mapping[str, str]], genera: list[Mapping[str, str]], language: str) -> dict[str, Head]:
    heads: dict[str, Head] = {}
    rows = [(row, Meaning(row["latin"])) for row in species]
    rows += [(row, Meaning(row["genus"], tuple(_names(row["candidates"])))) for row in genera]
    for row, meaning in rows:
        for name in _names(row[language]):
            *before, noun = name.lower().replace("ё", "е").replace("-", " ").split()
            head = heads.setdefault(noun, Head())
            if not before:
                head.plain = meaning
            elif language == "russian":
                head.qualified |= dict.fromkeys(_russian_adjective(before[0]), meaning)
            else:
                head.qualified[" ".join(before)] = meaning
    return heads


def _english_forms(name: str) -> dict[str, Cases]:
    if name.endswith(("ch", "sh", "x", "s")):
        plural = name + "es"
    else:
        plural = name[:-1] + "ies" if name.endswith("y") else name + "s"
    return {name: frozenset({"sn"}), plural: frozenset({"pn"})}


_RUSSIAN_ENDINGS = (
    *("а", "у", "ом", "е", "ы", "и", "ов", "ев", "ей", "ам", "ям", "ами", "ями"),
    *("ах", "ях", "ой", "ью", "ь", "я", "ю", "й"),
)
_RUSSIAN_IRREGULAR = {
    "ель": "ели елью елей елям елями",
    "елка": "елок",
    "сосна": "сосен",
    "вишня": "вишен",
    "черешня": "черешен",
    "липка": "липок",
    "березка": "березок",
    "дубок": "дубки дубков дубками",
    "рябинка": "рябинок",
    "черноплодка": "черноплодок",
}


def _russian_forms(name: str) -> dict[str, Cases]:
    irregular = dict.fromkeys(_RUSSIAN_IRREGULAR.get(name, "").split(), frozenset({"pg"}))
    if name in ("ель", "дубок"):
        return {name: frozenset({"sn"})} | irregular
    stem = name[:-1] if name[-1] in "аяьй" else name
    forms = {stem + ending: frozenset({"pg"}) for ending in _RUSSIAN_ENDINGS}
    forms |= {stem: frozenset({"pg"})} if len(stem) > 2 else {}
    forms |= {stem + "у": frozenset({"sa"}), stem + "ю": frozenset({"sa"})} if name[-1] in "ая" else {}
    return forms | irregular | {name: frozenset({"sn"})}


_ADJECTIVE_ENDINGS = (
    *("ый", "ий", "ой", "ая", "яя", "ое", "ее", "ого", "его", "ому", "ему", "ым", "им", "ом", "ем"),
    *("ей", "ую", "юю", "ые", "ие", "ых", "их", "ыми", "ими"),
)


def _russian_adjective(name: str) -> list[str]:
    return [name[:-2] + ending for ending in _ADJECTIVE_ENDINGS]


def _latin(species: list[Mapping[str, str]]) -> dict[str, Form]:
    """Find `Quercus robur` by its last word, synonyms too, and a genus alone."""
    heads: dict[str, Head] = {}
    for row in species:
        for name in [row["latin"], *_names(row["synonyms"])]:
            *before, last = name.lower().split()
            if before:
                head = heads.setdefault(last, Head())
                head.qualified[before[0]] = head.qualified[f"{before[0]} x"] = Meaning(row["latin"])
    candidates: dict[str, list[str]] = {}
    for row in species:
        candidates.setdefault(row["latin"].split()[0], []).append(row["latin"])
    for genus, members in candidates.items():
        heads.setdefault(genus.lower(), Head()).plain = Meaning(genus, () if members == [genus] else tuple(members))
    return {form: Form(head, frozenset({"sn"})) for form, head in heads.items()}
