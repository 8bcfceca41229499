"""Wording: what stands on a certificate, in Latvian and with its typography. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.words.dates import say_day, say_period
from flows.planting_kind import Trees
from flows.when_kind import Planted
from knowledge.places.municipalities import municipalities
from knowledge.species import plain_name

_NBSP, _DASH = "\u00a0", "–"
_MOST_KINDS = 4
_MOST_PLACES = 3
_MOST_NUMBERS = 3
_THANKS = "Paldies! Katrs iestādīts koks ir dāvana tiem, kas te dzīvos pēc mums."
_ENTERED = "Šie koki ir ievadīti Eiropas platformā MapMyTree."
_ENTERED_ONE = "Šis koks ir ievadīts Eiropas platformā MapMyTree."
_FORMS = "SIA|AS|IK|PS|KS|Z/S|ZS|VAS|VSIA|PSIA|Nr\\."


@dataclass(frozen=True, kw_only=True, slots=True)
class Deed:
    """What somebody is thanked for: one registration that was entered."""

    reference: str
    trees: tuple[Trees, ...]
    planted: Planted
    municipality: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Issuer:
    """Who gives the certificate and signs it, from the settings; what is empty is left out."""

    name: str = ""
    signer: str = ""
    position: str = ""


def inputs(name: str, deeds: Sequence[Deed], day: date, issuer: Issuer) -> dict[str, str]:
    """Return what `templates/certificate/certificate.typ` takes: each is text, and never markup."""
    trees = [tree for deed in deeds for tree in deed.trees]
    entered = _ENTERED_ONE if [tree.count for tree in trees] == [1] else _ENTERED
    return {
        "name": typeset(name),
        "deed": said_deed(trees),
        "details": said_details(deeds),
        "sentence": f"{_THANKS}\n{entered}",
        "day": say_day(day, "lv").replace(". ", f".{_NBSP}"),
        "number": _numbers(deeds),
        "issuer": typeset(issuer.name),
        "signer": typeset(issuer.signer),
        "position": typeset(issuer.position),
    }


def typeset(text: str) -> str:
    """Write a name as it is printed: „quotes”, dashes, no-break spaces; lines stay lines, the words as they are."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(_typeset(line) for line in lines if line)


def said_deed(trees: Iterable[Trees]) -> str:
    """Say for how many trees: „par 21 iestādītu koku”, „par apmēram 50 iestādītiem kokiem”."""
    trees = list(trees)
    known = [tree.count if tree.count is not None else tree.least for tree in trees]
    number = sum(count or 0 for count in known)
    if not number:
        return "par iestādītajiem kokiem"
    sure = all(tree.count is not None for tree in trees)
    how = "" if sure and not any(tree.about for tree in trees) else "apmēram " if sure else "vismaz "
    one = number % 10 == 1 and number % 100 != 11
    return f"par {how}{_number(number)}{_NBSP}{'iestādītu koku' if one else 'iestādītiem kokiem'}"


def said_details(deeds: Sequence[Deed]) -> str:
    """Say which trees, where and when, a line for each; what would be long is left out."""
    names = list(dict.fromkeys(deed.municipality for deed in deeds if deed.municipality))
    where = " un ".join((", ".join(map(_locative, names[:-1])), _locative(names[-1])) if len(names) > 1 else ())
    where = where or (_locative(names[0]) if names else "")
    where = where if len(names) <= _MOST_PLACES else ""
    times = {deed.planted for deed in deeds}
    lines = (_kinds(deeds), ", ".join(part for part in (where, _when(times.pop()) if len(times) == 1 else "") if part))
    return "\n".join(line[:1].upper() + line[1:] for line in lines if line)


def _kinds(deeds: Sequence[Deed]) -> str:
    counts: dict[str, int] = {}
    for tree in (tree for deed in deeds for tree in deed.trees):
        if tree.count is None or not tree.species:
            return ""
        counts[plain_name(tree.species)] = counts.get(plain_name(tree.species), 0) + tree.count
    if not counts or len(counts) > _MOST_KINDS:
        return ""
    return ", ".join(f"{kind}{_NBSP}{_DASH} {_number(count)}" for kind, count in counts.items())


def _when(planted: Planted) -> str:
    if planted.first is None or planted.last is None or planted.first == date.min:
        return ""
    return say_period(planted.first, planted.last, planted.precision, "lv").replace(". ", f".{_NBSP}")


def _locative(municipality: str) -> str:
    known = next((one for one in municipalities() if one.name == municipality), None)
    return known.locative if known else municipality


def _numbers(deeds: Sequence[Deed]) -> str:
    """Return our numbers, as long as they are few."""
    if not deeds or len(deeds) > _MOST_NUMBERS:
        return ""
    return f"Nr.{_NBSP}" + ", ".join(deed.reference for deed in deeds)


def _number(number: int) -> str:
    return f"{number:,}".replace(",", _NBSP) if number >= 10_000 else str(number)


def _typeset(line: str) -> str:
    line = "".join(char for char in line if char.isprintable())
    line = re.sub(r"(^|(?<=[\s(„\"]))[\"“”«]", "„", line)
    line = re.sub(r"[\"“«»]", "”", line)
    line = line.replace(" - ", f"{_NBSP}{_DASH} ")
    line = re.sub(rf"\b({_FORMS}) ", f"\\1{_NBSP}", line)
    return re.sub(r"(?<!\w)(\w\.|\d+\.) ?(?=\w)", f"\\1{_NBSP}", line)
