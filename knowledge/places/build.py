"""Makes `data/gazetteer.tsv` from the lists beside it: `python -m knowledge.places.build`.

The lists hold names in the nominative; the gazetteer holds, for every name, the forms a reader meets, folded, so
that starting the assistant costs neither declension nor folding. Run it after a change to a list; a test fails
when it was forgotten.
"""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from knowledge.latvian.text import fold
from knowledge.places.declension import decline

DATA = Path(__file__).parent / "data"
# Hamlets that share the name of a country, a region or a people: whoever writes it means those.
_CITIES = {"Daugavpils", "Jelgava", "Jūrmala", "Liepāja", "Rēzekne", "Rīga", "Ventspils"}
# Parishes without a village of their name which people call for short: *Krimuldā*. Others are named after rivers,
# trees or animals, and their bare name means those.
_LANDS = (
    "Brenguļi", "Dricāni", "Galēni", "Kalkūne", "Kalsnava", "Kantinieki", "Kastuļina", "Krimulda", "Ķepova",
    "Lazduleja", "Maļinova", "Mazzalve", "Mākoņkalns", "Nautrēni", "Pelēči", "Pureņi", "Salgale", "Silajāņi",
    "Sīļukalns", "Skrudaliena", "Skulte", "Stružāni", "Svariņi", "Šēdere", "Šķilbēni", "Ūdrīši", "Vecsaliena",
    "Zvārde", "Zvārtava",
)  # fmt: skip
_MEANS_MORE = {"Bulgārija", "Krievi", "Latgale", "Ukraina", "Vācieši", "Zemgale", "Zemgaļi"}
# The list has a Bulduri in Rīga; everybody means the one in Jūrmala.
_ELSEWHERE = {("Bulduri", "Rīga")}


def build() -> str:
    """Return the text of the gazetteer: one place a line, `forms<TAB>kind<TAB>name<TAB>...` as gazetteer.py reads it.

    Settlements carry their five cases; parishes, municipalities, former units and districts carry the genitive
    that stands before *pagasts*, *novads*, *rajons*, marked with `=`. After `~` stands the folded form of everyday
    words that read like a place, then the words.
    """
    # Ours first: of two rows for one village the first counts.
    places = [row for file in ("more_places.csv", "places.csv") for row in _rows(file)]
    lines = [
        *_settlements(places),
        *_regions(places),
        *_parishes(places),
        *_municipalities(),
        *_former(),
        *_common_words(),
    ]
    return "\n".join("\t".join(line) for line in lines) + "\n"


def _settlements(places: list[dict[str, str]]) -> Iterator[list[str]]:
    parishes = {(row["name"], row["municipality"]): row for row in places if row["kind"] == "parish"}
    seen = set()
    for row in places:
        name, kind, municipality = row["name"], row["kind"], row["municipality"]
        if kind == "parish" or name.endswith("pagasts") or name in _MEANS_MORE or (name, municipality) in _ELSEWHERE:
            continue
        parish = row["parish"]
        own = f"{decline(name).genitive} pagasts"
        # A village that lends its name to the parish is its centre; the list's own links are partly guesses.
        if kind == "village" and (own, municipality) in parishes:
            kind, parish = "centre", own
        elif kind == "village" and (parish or municipality not in _CITIES) and _is_large(row):
            kind = "large"
        if (name, municipality, parish) not in seen:
            seen.add((name, municipality, parish))
            yield [_cases(name), kind, name, municipality, parish, _short(row["lat"]), _short(row["lon"])]


def _is_large(row: dict[str, str]) -> bool:
    """Whether people beyond the parish know a village: 200 inhabitants, or listed among the larger ones missing."""
    return not row["source"].startswith("wof") or int(row["population"] or 0) >= 200


def _regions(places: list[dict[str, str]]) -> Iterator[list[str]]:
    """Yield what people use like the name of a village: *Dienvidkurzemē*, and *Krimuldā* for Krimuldas pagasts."""
    for name, municipality in [
        ("Dienvidkurzeme", "Dienvidkurzemes novads"),
        ("Augšdaugava", "Augšdaugavas novads"),
    ]:
        yield [_cases(name), "region", name, municipality, "", "", ""]
    parishes = {row["name"]: row for row in places if row["kind"] == "parish"}
    for name in _LANDS:
        row = parishes[f"{decline(name).genitive} pagasts"]
        yield [_cases(name), "land", name, row["municipality"], row["name"], _short(row["lat"]), _short(row["lon"])]


def _parishes(places: list[dict[str, str]]) -> Iterator[list[str]]:
    for row in places:
        if row["kind"] == "parish":
            name = row["name"]
            yield _unit(name, "parish", row["municipality"], name, _short(row["lat"]), _short(row["lon"]))


def _municipalities() -> Iterator[list[str]]:
    for row in _rows("municipalities.csv"):
        if row["kind"] == "novads":
            yield _unit(row["name"], "municipality", row["name"], "", _short(row["lat"]), _short(row["lon"]))


def _former() -> Iterator[list[str]]:
    kinds = {"novads": "former", "rajons": "district"}
    for row in _rows("former.csv"):
        yield _unit(row["name"], kinds[row["kind"]], row["now"], row["until"], "", "")


def _common_words() -> Iterator[list[str]]:
    words: dict[str, list[str]] = {}
    for word in (DATA / "common_words.txt").read_text(encoding="utf-8").split():
        words.setdefault(fold(word), []).append(word)
    for folded, spellings in words.items():
        yield ["~" + folded, " ".join(spellings)]


def _unit(name: str, kind: str, *columns: str) -> list[str]:
    genitive, _, _ = name.rpartition(" ")
    return ["=" + fold(genitive), kind, name, *columns]


def _cases(name: str) -> str:
    return ",".join(dict.fromkeys(fold(case) for case in decline(name)))


def _short(degrees: str) -> str:
    """Four decimals are ten metres: more than the points of a list of villages can promise."""
    return f"{float(degrees):.4f}" if degrees else ""


def _rows(file: str) -> Iterable[dict[str, str]]:
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


if __name__ == "__main__":
    (DATA / "gazetteer.tsv").write_text(build(), encoding="utf-8")
