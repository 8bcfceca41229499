"""Faults: what is said of a row that has to be mended: what was not understood, and what would do."""

from collections.abc import Sequence
from dataclasses import dataclass

from flows.grammar import L, Voice


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What is wrong with a row: `code` is one of those below, `given` the words that were not understood."""

    code: str
    given: str = ""


COLUMN = L("Kas jālabo")

SAYS = {
    "species_missing": L("Nav norādīta suga."),
    "species_unknown": L(
        "Nepazīstu sugu „%(given)s”. Pārbaudiet, vai uzrakstīts pareizi; der arī latīniskais nosaukums."
    ),
    "species_many": L("Vienā rindā ir vairākas sugas: „%(given)s”. Ierakstiet katru savā rindā ar savu skaitu."),
    "count_missing": L("Nav norādīts koku skaits."),
    "count_unclear": L("Nesapratu skaitu „%(given)s”. Ierakstiet vienu veselu skaitli."),
    "count_zero": L("Koku skaitam jābūt lielākam par nulli."),
    "count_large": L("Skaits ir neparasti liels: %(given)s. Pārbaudiet, vai tas ir pareizs."),
    "date_missing": L("Nav norādīts, kad stādīts."),
    "date_unclear": L("Nesapratu datumu „%(given)s”. Ierakstiet, piemēram, 15.04.2024. vai 2024."),
    "date_future": L("Šis laiks vēl nav pienācis: „%(given)s”. Reģistrēt var jau iestādītus kokus."),
    "place_missing": L("Nav norādīts, kur koki aug."),
    "place_unclear": L("Nesapratu vietu „%(given)s”. Ierakstiet novadu un adresi vai kadastra numuru."),
    "place_where": L("Nav skaidrs, kurā novadā vai pilsētā ir „%(given)s”."),
    "place_which": L("Tādu vietu ir vairākas: „%(given)s”. Ierakstiet arī novadu."),
    "place_disagrees": L("Novads un pagasts nesaskan: „%(given)s”."),
    "place_abroad": L("Šis punkts nav Latvijā: %(given)s."),
    "point_half": L("Vajag abas koordinātas: %(given)s."),
    "point_unclear": L("Nesapratu koordinātas „%(given)s”."),
    "point_axes": L("Nav skaidrs, kura koordināta ir uz ziemeļiem: „%(given)s”. Ierakstiet arī novadu vai adresi."),
    "cadastre_unclear": L("Nesapratu kadastra numuru „%(given)s”. Tajā jābūt 11 cipariem."),
}
_LONGEST = 80  # characters of a cell that are repeated


def say(faults: Sequence[Fault], voice: Voice) -> str:
    """Say everything that is wrong with a row."""
    return " ".join(voice.text(SAYS[fault.code], given=_cut(fault.given)) for fault in faults)


def _cut(given: str) -> str:
    return given if len(given) <= _LONGEST else given[: _LONGEST - 1] + "…"
