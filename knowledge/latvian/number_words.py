"""The words numbers are made of: every folded Latvian form, and the simple English and Russian ones."""

from dataclasses import dataclass
from typing import Literal

from knowledge.latvian.declension import noun_forms
from knowledge.latvian.vocabulary import listed

Kind = Literal["digits", "rest", "unit", "teen", "tens", "hundreds", "scale", "part", "whole", "few"]


@dataclass(frozen=True, slots=True)
class Numeral:
    """One part of a number: `least` to `most`, the same but for vague words.

    `digits` and `rest` are typed figures and their further groups, `unit` 1-9, `teen` 10-19, `tens` 20-90,
    `hundreds` 100-900 in one word, `scale` a word that multiplies (desmits, simts, tūkstotis), `part` one with a
    half, `whole` a word that stands for all of a number (ducis, pussimts), `few` pāris, daži, vairāki.
    `plural` tells `simti` from `simts`.
    """

    kind: Kind
    least: float
    most: float
    plural: bool = False


SHORT = {"k": 1000, "tukst": 1000, "mil": 10**6}  # k, tūkst., milj.: only after a number
_STEMS = ("vien", "div", "tris", "cetr", "piec", "ses", "septin", "aston", "devin")
_PLURAL = ("i", "as", "u", "us", "iem", "am", "os")


def _latvian() -> dict[str, Numeral]:
    forms = {"nule": _exactly("unit", 0), "desmit": _exactly("teen", 10)}
    for value, spelt in (
        (1, "viens viena vienam vienai vienu vienā vieni vienas vieniem vienām vienus vienos vienās"),
        (2, "divējus divējas divēju"),
        (3, "trīs triju trijiem trijām trim trijos trijās triji trijus trijas trejus trejas treju"),
    ):
        forms |= dict.fromkeys(listed(spelt), _exactly("unit", value))
    for value, stem in enumerate(_STEMS, start=1):
        if value not in (1, 3):
            forms |= dict.fromkeys((stem + ending for ending in _PLURAL), _exactly("unit", value))
        for ending in ("", "u", "iem", "am", "os"):
            forms[f"{stem}padsmit{ending}"] = _exactly("teen", 10 + value)
            forms[f"{stem}desmit{ending}"] = _exactly("tens" if value > 1 else "teen", 10 * value)
        for ending in ("", "s", "a", "i", "u", "us", "iem", "os"):
            forms[f"{stem}simt{ending}"] = _exactly("hundreds", 100 * value)
        for ending in ("", "is", "i", "u", "us", "iem"):
            forms[f"{stem}tukstos{ending}"] = _exactly("whole", 1000 * value)
    # Folding joins the two s of `sešsimt` and of `trīssimt`; `div simti` is often written apart.
    for ending in ("", "s", "a", "i", "u", "us", "iem", "os"):
        forms |= {f"trisimt{ending}": _exactly("hundreds", 300), f"sesimt{ending}": _exactly("hundreds", 600)}
    forms |= {"div": _exactly("unit", 2), "cetr": _exactly("unit", 4), "piec": _exactly("unit", 5)}
    return forms | _scales() | _wholes()


def _scales() -> dict[str, Numeral]:
    forms: dict[str, Numeral] = {}
    sizes = (
        ("desmits", 10),
        ("ducis", 12),
        ("simts", 100),
        ("simtiņš", 100),
        ("tūkstotis", 1000),
        ("miljons", 10**6),
        ("miljards", 10**9),
    )
    for nominative, value in sizes:
        for form, cases in noun_forms(nominative).items():
            plural = all(case[0] == "p" for case in cases)
            forms[form] = Numeral("scale", value, value, plural=plural)
    # `tūkstošu` is also the everyday accusative singular.
    forms |= dict.fromkeys(("tukstos", "tukstosu", "tukstosam"), Numeral("scale", 1000, 1000))
    forms["simt"] = Numeral("scale", 100, 100)
    return forms | {form: Numeral("scale", value, value) for form, value in SHORT.items()}


def _wholes() -> dict[str, Numeral]:
    forms: dict[str, Numeral] = {}
    for nominative, value in (("pusducis", 6), ("pussimts", 50), ("pustūkstotis", 500), ("pusdesmits", 5)):
        forms |= dict.fromkeys(noun_forms(nominative), Numeral("whole", value, value))
    forms |= {"pusimt": Numeral("whole", 50, 50)}
    forms |= dict.fromkeys(("pustukstosa", "pustukstosi", "pustukstos"), Numeral("whole", 500, 500))
    for stem, half in (("pusotr", 1.5), ("divarpus", 2.5), ("trisarpus", 3.5), ("cetrarpus", 4.5), ("piecarpus", 5.5)):
        endings = ("s", "a", "u", "am", "ai") if stem == "pusotr" else ("",)
        forms |= dict.fromkeys((stem + ending for ending in endings), Numeral("part", half, half))
    forms |= dict.fromkeys(("paris", "pariti", "paritis"), Numeral("few", 2, 3))
    forms["parsimt"] = Numeral("few", 200, 300)
    forms["pardesmit"] = Numeral("few", 20, 30)
    forms |= dict.fromkeys(("dazi", "dazas", "dazu", "dazus", "daziem", "dazam"), Numeral("few", 2, 9))
    several = ("vairaki", "vairakas", "vairaku", "vairakus", "vairakiem", "vairakam")
    return forms | dict.fromkeys(several, Numeral("few", 3, 9))


def _exactly(kind: Kind, value: int) -> Numeral:
    return Numeral(kind, value, value)


def _in_order(kind: Kind, names: str, first: int, step: int = 1) -> dict[str, Numeral]:
    """Give the words of a line their values in order; forms of one number are joined by a slash."""
    return {
        form: _exactly(kind, first + step * place)
        for place, forms in enumerate(names.split())
        for form in forms.split("/")
    }


_ENGLISH = (
    _in_order("unit", "one two three four five six seven eight nine", 1)
    | _in_order("teen", "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 10)
    | _in_order("tens", "twenty thirty forty/fourty fifty sixty seventy eighty ninety", 20, 10)
    | {"hundred": Numeral("scale", 100, 100), "hundreds": Numeral("scale", 100, 100, plural=True)}
    | {"thousand": Numeral("scale", 1000, 1000), "thousands": Numeral("scale", 1000, 1000, plural=True)}
    | {
        "million": Numeral("scale", 10**6, 10**6),
        "dozen": _exactly("whole", 12),
        "billion": Numeral("scale", 10**9, 10**9),
    }
    | {"couple": Numeral("few", 2, 3), "several": Numeral("few", 3, 9)}
)
_RUSSIAN = (
    _in_order("unit", "один/одна/одну/одно/одного два/две/двух три/трех четыре/четырех пять/пяти шесть/шести", 1)
    | _in_order("unit", "семь/семи восемь/восьми девять/девяти", 7)
    | _in_order("teen", "десять/десяти одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать", 10)
    | _in_order("teen", "семнадцать восемнадцать девятнадцать", 17)
    | _in_order("tens", "двадцать/двадцати тридцать/тридцати сорок/сорока пятьдесят/пятидесяти", 20, 10)
    | _in_order("tens", "шестьдесят семьдесят восемьдесят девяносто", 60, 10)
    | _in_order(
        "hundreds", "сто/ста/сотня/сотню двести/двухсот триста/трехсот четыреста/четырехсот пятьсот/пятисот", 100, 100
    )
    | _in_order("hundreds", "шестьсот/шестисот семьсот/семисот восемьсот/восьмисот девятьсот/девятисот", 600, 100)
    | dict.fromkeys(("тысяча", "тысячу", "тысячи", "тысяч", "тыс"), Numeral("scale", 1000, 1000))
    | {"полсотни": _exactly("whole", 50), "дюжина": _exactly("whole", 12), "дюжину": _exactly("whole", 12)}
    | dict.fromkeys(("десяток",), _exactly("whole", 10))
    | dict.fromkeys(("полтора", "полторы"), Numeral("part", 1.5, 1.5))
    | dict.fromkeys(("пара", "пару"), Numeral("few", 2, 3))
    | {"несколько": Numeral("few", 2, 9)}
)

NUMERALS: dict[str, Numeral] = _latvian()  # by folded form
OTHER_LANGUAGES: dict[str, Numeral] = _ENGLISH | _RUSSIAN  # by small letters, `ё` as `е`
