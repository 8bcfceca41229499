"""The trees we know: the table of species, their names for people, and finding them in what people write.

The table (`species.csv`) marks what no forester has checked yet; `species.ATTRIBUTION.md` tells where it comes from.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, cast

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.found import Found
from knowledge.latvian.declension import Cases, adjective_forms, noun_forms
from knowledge.latvian.text import Word, words
from knowledge.latvian.vocabulary import listed
from knowledge.latvian.word_list import word_list
from knowledge.proper_names import is_name
from knowledge.tree_names import Form, Lexicon, Meaning, lexicon

_HERE = Path(__file__).parent
Kind = Literal["conifer", "deciduous", "fruit", "shrub"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Species:
    """A species of the table.

    `latin` is the clean binomial (a genus for `Crataegus`), `latvian` the full name (`parastais ozols`), `plain` what
    people say (`ozols`; the full name where the plain word is ambiguous). `invasive` is the judgement of dendrologists,
    not a ban by law: say so. `verified` is False where something in the row has not been checked by a forester.
    """

    latin: str
    latvian: str
    plain: str
    english: str
    kind: Kind
    native: bool
    invasive: bool
    verified: bool
    note: str


@dataclass(frozen=True, slots=True)
class SpeciesMention:
    """A tree named in a text: a species, or a genus with the species of the table it may be (`candidates`).

    `cases` are the grammatical cases the word can stand for (see `declension`); it takes no part in comparison.
    """

    latin: str
    candidates: tuple[str, ...] = ()
    cases: Cases = field(default=frozenset(), compare=False)
    misspelt: bool = field(default=False, compare=False)


def species(latin: str) -> Species | None:
    """Return the species of that Latin name, None for a genus or a name not in the table."""
    return _table().get(latin)


def all_species() -> tuple[Species, ...]:
    """Return the whole table in its order."""
    return tuple(_table().values())


def plain_name(latin: str, language: Literal["lv", "en"] = "lv") -> str:
    """Return the everyday name in the nominative singular of a species or genus: `ozols`, `kalnu priede`, `bērzs`."""
    if known := species(latin):
        return known.plain if language == "lv" else known.english or latin
    latvian, english = _genera().get(latin, (latin, latin))
    return latvian if language == "lv" else english or latin


def find_species(text: str, cut: Sequence[Word] | None = None) -> list[Found[SpeciesMention]]:
    """Return the trees named in a text, in order: any case, diminutive, spelling; also English, Russian and Latin.

    The plain word means the usual native species (ozols: Quercus robur); where there is no usual one, the genus with
    its candidates (bērzs: Betula). Surnames, farms, streets and places called after trees are left out.
    `cut` are the words of the text, if known already.
    """
    cut = words(text) if cut is None else cut
    seen = [mention for mention in _seen(text, cut) if not _named_after(text, cut, mention)]
    return [
        Found(
            SpeciesMention(mention.meaning.latin, mention.meaning.candidates, mention.cases, mention.misspelt),
            cut[mention.first].start,
            cut[mention.last].end,
        )
        for mention in seen
        if not mention.misspelt or len(cut) <= 3 or _listed(text, cut, mention, seen)
    ]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A tree's name between the words `first` and `last`, `head` being its noun."""

    meaning: Meaning
    first: int
    last: int
    head: int
    cases: Cases
    misspelt: bool = False


# An e-mail address or a link: k.ozolins@example.lv names no oak.
_NET = re.compile(r"\S+@\S+|(?:https?://|www\.)\S+")


def _seen(text: str, cut: Sequence[Word]) -> list[_Seen]:
    seen: list[_Seen] = []
    addresses = [match.span() for match in _NET.finditer(text)] if "@" in text or "//" in text or "www." in text else []
    for index, word in enumerate(cut):
        if word.is_number or any(start <= word.start < end for start, end in addresses):
            continue
        form, misspelt = _form(word.text, word.folded)
        if form is None or (form.risky and not _english(cut)):
            continue
        if mention := _qualified(text, cut, index, form, misspelt=misspelt):
            while seen and seen[-1].last >= mention.first:
                seen.pop()  # ciedru priede is one tree
            seen.append(mention)
    return seen


def _qualified(text: str, cut: Sequence[Word], index: int, form: Form, *, misspelt: bool) -> _Seen | None:
    """Read the words around a head noun: `sarkanais ozols`, `silver birch`, `kļava ošlapu`, `zilā egle`."""
    head = form.head
    for reach in (2, 1):
        if index < reach or not head.qualified:
            continue
        before = cut[index - reach : index]
        for spelt in (" ".join(word.folded for word in before), " ".join(word.text.lower() for word in before)):
            meaning = head.qualified.get(spelt.replace("ё", "е"))
            if meaning and _apart(text, cut, index - reach, index) in ("", "-", "×", "x"):
                return _Seen(meaning, index - reach, index, index, form.cases, misspelt)
    if index + 1 < len(cut) and not _apart(text, cut, index, index + 1) and _describes(cut[index + 1]):
        meaning = head.qualified.get(cut[index + 1].folded)
        if meaning:
            return _Seen(meaning, index, index + 1, index, form.cases, misspelt)
    if index and head.otherwise and cut[index - 1].folded in _OTHER_TREES and not _apart(text, cut, index - 1, index):
        return _Seen(head.otherwise, index - 1, index, index, form.cases, misspelt)
    return _Seen(head.plain, index, index, index, form.cases, misspelt) if head.plain else None


def _describes(word: Word) -> bool:
    """Whether a word after a noun can belong to it, as in a price list: `kļava ošlapu`, but not `bērzi purva malā`."""
    return word.folded.endswith("lapu") or word.text.endswith(("ais", "ā", "ie", "ās"))


def _apart(text: str, cut: Sequence[Word], left: int, right: int) -> str:
    return text[cut[left].end : cut[right].start].strip() if right == left + 1 else ""


def _named_after(text: str, cut: Sequence[Word], mention: _Seen) -> bool:
    if mention.first != mention.last:
        return False
    counted = _number_beside(text, cut, mention)
    if mention.misspelt and cut[mention.head].text[0].isupper() and (mention.head or len(cut) == 1) and not counted:
        return True  # Alksnes
    return is_name(text, cut, mention.head, mention.cases, counted=counted)


def _number_beside(text: str, cut: Sequence[Word], mention: _Seen) -> bool:
    before = mention.first and cut[mention.first - 1].is_number and "\n" not in _between(text, cut, mention.first - 1)
    after = mention.last + 1 < len(cut) and cut[mention.last + 1].is_number
    return bool(before or (after and _between(text, cut, mention.last).strip() in ("", "-", "–", "—", ":", "(")))


def _between(text: str, cut: Sequence[Word], left: int) -> str:
    return text[cut[left].end : cut[left + 1].start]


def _listed(text: str, cut: Sequence[Word], mention: _Seen, seen: Sequence[_Seen]) -> bool:
    """Whether a misspelt name stands where trees are counted or listed: `20 ozlus`, `liepas un ozlus`."""
    if len(cut[mention.head].folded) >= 8 or _number_beside(text, cut, mention):
        return True
    return any(other is not mention and abs(other.head - mention.head) <= 2 for other in seen)


@lru_cache(maxsize=8192)
def _form(typed: str, folded: str) -> tuple[Form | None, bool]:
    """Return the head noun a word is a form of, and whether a letter of it had to be forgiven."""
    known = _lexicon()
    form = known.latvian.get(folded) or known.others.get(typed.lower().replace("ё", "е")) or _compound(folded)
    return (form, False) if form else (_misspelt(folded), True)


def _compound(folded: str) -> Form | None:
    """Return the tree of a name written together with `koki`, `krūmi`, `stādi`: ķiršukoki, lazdukrūmi."""
    for at in range(3, len(folded) - 3):
        cases = _tree_nouns().get(folded[at:])
        tree = _lexicon().latvian.get(folded[:at]) if cases else None
        if cases and tree and "pg" in tree.cases:
            return Form(tree.head, cases)
    return None


@cache
def _tree_nouns() -> dict[str, Cases]:
    return {form: cases for noun in ("koks", "kociņš", "krūms", "stāds") for form, cases in noun_forms(noun).items()}


def _misspelt(folded: str) -> Form | None:
    """Return the tree whose name differs by one letter (by two in long names), if no other name or word is as near."""
    if len(folded) < 5 or folded in _not_trees():
        return None
    known, limit = _lexicon().latvian, 2 if len(folded) >= 11 else 1
    choices = _forms_by_letter().get(folded[0], ())
    near = process.extract(folded, choices, scorer=OSA.distance, score_cutoff=limit, limit=None)
    nearest = [known[form] for form, distance, _ in near if distance == near[0][1]]
    return nearest[0] if nearest and all(form.head.plain == nearest[0].head.plain for form in nearest) else None


def _english(cut: Sequence[Word]) -> bool:
    """Whether a text is English: by its small words, or by a tree whose English name is no Latvian word."""
    lowered = [word.text.lower() for word in cut]
    if any(word in _ENGLISH_WORDS for word in lowered):
        return True
    known = (_lexicon().others.get(word) for word in lowered if word.isascii())
    return any(form is not None and form.english and not form.risky for form in known)


_ENGLISH_WORDS = frozenset(
    word_list(
        "and the of planted plant trees tree have we i my our are is some with last about around than over near"
        " between spring summer autumn year yesterday seedlings saplings"
    )
)

# Words before a plain name that make it a tree the table does not hold (zilā egle, Japānas ķirsis).
_DEFINITE = ("ais", "aja", "o", "ajam", "ajai", "ie", "ajiem", "ajos", "ajas")
_OTHER_TREES = (
    adjective_forms("zilais")
    | adjective_forms("asais")
    | frozenset(
        form
        for colour in ("sarkanais", "melnais", "baltais", "dzeltenais", "sudrabainais", "dekoratīvais")
        for form in adjective_forms(colour)
        if form.endswith(_DEFINITE)
    )
    | listed(
        "Japānas Ķīnas Serbijas Amerikas Kanādas Korejas Mandžūrijas Sibīrijas Krievijas Itālijas Himalaju"
        " Ungārijas Austrijas Francijas Spānijas Turcijas Eiropas Holandes Zviedrijas Somijas sudraba zelta"
        " papīra"
    )
)


@cache
def _rows(name: str) -> list[dict[str, str]]:
    with (_HERE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))


@cache
def _table() -> dict[str, Species]:
    return {
        row["latin"]: Species(
            latin=row["latin"],
            latvian=row["latvian"],
            plain=row["plain"] or row["latvian"],
            english=row["english"].split(";")[0].strip(),
            kind=cast("Kind", row["kind"]),
            native=row["native"] == "yes",
            invasive=row["invasive"] == "yes",
            verified=row["verified"] == "yes",
            note=row["note"],
        )
        for row in _rows("species.csv")
    }


@cache
def _genera() -> dict[str, tuple[str, str]]:
    return {row["genus"]: (row["latvian"], row["english"].split(";")[0].strip()) for row in _rows("genera.csv")}


@cache
def _lexicon() -> Lexicon:
    return lexicon(_rows("species.csv"), _rows("genera.csv"))


@cache
def _forms_by_letter() -> dict[str, list[str]]:
    forms: dict[str, list[str]] = {}
    for form in _lexicon().latvian:
        if len(form) >= 5:
            forms.setdefault(form[0], []).append(form)
    return forms


@cache
def _not_trees() -> frozenset[str]:
    lines = (_HERE / "not_trees.txt").read_text("utf-8").splitlines()
    return frozenset(" ".join(line for line in lines if not line.startswith("#")).split())
