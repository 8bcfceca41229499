"""Organisations a text names, with their legal form: companies, farms, schools, municipalities, associations."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from knowledge.found import Found

Form: TypeAlias = Literal[
    "company", "farm", "school", "municipality", "association", "foundation", "church", "cooperative"
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Organisation:
    """An organisation by its name without the legal form (`Zaļā birze`), or with what it is (`Drustu pamatskola`)."""

    name: str
    form: Form


_CAPITAL = "A-ZĀČĒĢĪĶĻŅŠŪŽ"
# A name in quotes, or up to four words of which the first has a capital.
_NAMED = (
    r"(?:[\"„“”«‘'](?P<quoted>[^\"„“”»«\n]{2,60}?)[\"“”»’']"
    rf"|(?P<bare>[{_CAPITAL}][\w&-]+(?: (?:[{_CAPITAL}][\w&-]+|un|&)){{0,3}}(?<!un)(?<!&)))"
)
_PREFIXES: list[tuple[Form, str, str]] = [
    # form, abbreviations (as written), words (in any case of letters)
    (
        "company",
        "SIA|VSIA|AS|A/S|VAS|PS|IK|IU",
        r"sabiedrīb\w ar ierobežotu atbildību|akciju sabiedrīb\w{1,2}|individuāl\w+ (?:komersant|uzņēmum)\w{1,3}",
    ),
    ("farm", "ZS", r"z/s|z\.\s?s\.|zs|z/saimniec\w+|(?:zemnieku|piemājas) saimniec[iī]b\w{1,2}"),
    ("cooperative", "LPKS|KS", r"(?:meža īpašnieku )?kooperatīv\w{1,2}(?: sabiedrīb\w{1,2})?"),
    ("association", "NVO", r"biedr[iī]b\w{1,2}|(?:mednieku )?(?:klub\w|kolektīv\w)|jauniešu centr\w"),
    ("foundation", "", r"nodibin[aā]jum\w{1,2}|fond\w"),
    (
        "school",
        "PII",
        r"pirmsskol\w{1,2}(?: izglītības iestād\w{1,2})?|b[eē]rnud[aā]rz\w{1,2}|(?:sākum|pamat|vidus)?skol\w{1,2}",
    ),
    ("church", "", r"draudz\w"),
]
_PREFIXED = [
    (re.compile(rf"(?<![\w/])(?:{f'{short}|' if short else ''}(?i:{words}))[ \u00a0]*{_NAMED}"), form)
    for form, short, words in _PREFIXES
]
_SUFFIXED = re.compile(r"[\"„“«](?P<name>[^\"„“”»«\n]{2,60}?)[\"“”»],? (?P<form>SIA|AS|VAS|IK|z/s|ZS)\b")

# Heads that stand behind a genitive, by stem: what is written in the nominative, and the form.
_HEADS: list[tuple[str, str, Form]] = [
    ("pamatskol", "pamatskola", "school"),
    ("sākumskol", "sākumskola", "school"),
    ("vidusskol", "vidusskola", "school"),
    ("ģimnāzij", "ģimnāzija", "school"),
    ("tehnikum", "tehnikums", "school"),
    ("koledž", "koledža", "school"),
    ("arodskol", "arodskola", "school"),
    ("augstskol", "augstskola", "school"),
    ("universitāt", "universitāte", "school"),
    ("bērnudārz", "bērnudārzs", "school"),
    ("skol", "skola", "school"),
    ("pašvaldīb", "pašvaldība", "municipality"),
    ("pārvald", "pārvalde", "municipality"),
    ("dom", "dome", "municipality"),
    ("draudz", "draudze", "church"),
    ("biedrīb", "biedrība", "association"),
    ("kooperatīv", "kooperatīvs", "cooperative"),
]
_HEAD_BY_STEM = {stem: (head, form) for stem, head, form in _HEADS}
_GENITIVE = rf"[{_CAPITAL}][\w.-]*(?:[su]|\.)|\d{{1,3}}\."
_BETWEEN = (
    "novada|pagasta|pilsētas|valsts|valstspilsētas|apvienības|luterāņu|katoļu|pareizticīgo|baptistu|mednieku|meža"
    "|īpašnieku|Svētā|Svētās|mākslas|mūzikas|tehnoloģiju|lauksaimniecības|amatniecības|sporta"
)
_BEHIND = re.compile(
    r"(?<!\w)(?!(?:[MJmj][ūu]su|Savu|Manu|Manas|Visu|Citu|Šo) )"
    rf"(?P<before>(?:{_GENITIVE}) (?:(?:{_GENITIVE}|{_BETWEEN}) ){{0,4}})"
    rf"(?P<stem>{'|'.join(_HEAD_BY_STEM)})(?:[aāeēiīusmjo]{{1,3}}s?)?\b"
)


def find_organisations(text: str) -> list[Found[Organisation]]:
    """Return the organisations named in a text, in its order; `biedrība` without a name is none."""
    found: list[Found[Organisation]] = []
    for item in (*_prefixed(text), *_suffixed(text), *_behind(text)):
        if not any(item.start < other.end and other.start < item.end for other in found):
            found.append(item)
    return sorted(found, key=lambda item: item.start)


def _prefixed(text: str) -> Iterator[Found[Organisation]]:
    for pattern, form in _PREFIXED:
        for match in pattern.finditer(text):
            name = match["quoted"] or match["bare"]
            yield Found(Organisation(name=name.strip(), form=form), match.start(), match.end())


def _suffixed(text: str) -> Iterator[Found[Organisation]]:
    for match in _SUFFIXED.finditer(text):
        form: Form = "farm" if match["form"].lower() in {"z/s", "zs"} else "company"
        yield Found(Organisation(name=match["name"].strip(), form=form), match.start(), match.end())


def _behind(text: str) -> Iterator[Found[Organisation]]:
    for match in _BEHIND.finditer(text):
        head, form = _HEAD_BY_STEM[match["stem"]]
        yield Found(Organisation(name=match["before"] + head, form=form), match.start(), match.end())
