"""The lists of places agree with each other, with the borders, and with what was made from them."""

import csv
from pathlib import Path

import pytest

from knowledge.places import Point, distance_km, municipalities, municipality_at
from knowledge.places.borders import territory_at
from knowledge.places.build import DATA, build
from knowledge.places.declension import Cases, decline


def _list(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


_NAMES = {municipality.name for municipality in municipalities()}


def test_the_gazetteer_is_made_from_the_lists() -> None:
    """Whoever changes a list runs `python -m knowledge.places.build`."""
    assert build() == (DATA / "gazetteer.tsv").read_text(encoding="utf-8")


def test_there_are_seven_cities_and_thirty_five_novadi() -> None:
    """Since 1 July 2025 there are 42 municipalities, the cities first."""
    kinds = [municipality.kind for municipality in municipalities()]
    assert kinds == ["valstspilsēta"] * 7 + ["novads"] * 35


def test_municipalities_have_locatives_for_prompts() -> None:
    """*Rīgā*, *Ogres novadā*; the planning region is in the genitive."""
    locatives = {municipality.name: municipality.locative for municipality in municipalities()}
    assert (
        locatives["Rīga"],
        locatives["Ogres novads"],
        locatives["Daugavpils"],
    ) == ("Rīgā", "Ogres novadā", "Daugavpilī")
    assert {"Rīgas", "Vidzemes", "Kurzemes", "Zemgales", "Latgales"} == {
        municipality.region for municipality in municipalities()
    }


def test_declension_agrees_with_the_list_of_towns() -> None:
    """The rules give the five cases that the list of all towns holds."""
    towns = [row for row in _list("inflections.csv") if row["kind"] == "town"]
    assert len(towns) == 81
    for row in towns:
        listed = Cases(*(row[case] for case in ("nominative", "genitive", "dative", "accusative", "locative")))
        assert listed == decline(row["nominative"])


@pytest.mark.parametrize(
    ("name", "genitive", "locative"),
    [
        ("Jaunā muiža", "Jaunās muižas", "Jaunajā muižā"),
        ("Garanu Šķaune", "Garanu Šķaunes", "Garanu Šķaunē"),
        ("Adzes", "Adžu", "Adzēs"),
        ("Mālpils", "Mālpils", "Mālpilī"),
        ("Inčukalns", "Inčukalna", "Inčukalnā"),
        ("Ropaži", "Ropažu", "Ropažos"),
        ("Līgo", "Līgo", "Līgo"),
    ],
)
def test_other_names_are_declined_by_the_rules(name: str, genitive: str, locative: str) -> None:
    """Two words, softened consonants, the sixth declension, what is not declined."""
    assert (genitive, locative) == (decline(name).genitive, decline(name).locative)


def test_every_abolished_unit_lies_in_present_municipalities() -> None:
    """The 110 novadi of 2009 are those that are left and those that became part of one; none keeps a present name."""
    former = _list("former.csv")
    assert all(set(row["now"].split("|")) <= _NAMES for row in former)
    novadi = {row["name"] for row in former if row["kind"] == "novads"}
    assert not novadi & _NAMES
    new = {"Augšdaugavas novads", "Dienvidkurzemes novads", "Valmieras novads"}
    assert len(novadi | {name for name in _NAMES if name.endswith("novads")} - new) == 110
    assert sum(row["kind"] == "rajons" for row in former) == 26


def test_an_abolished_novads_is_where_the_places_of_its_name_are() -> None:
    """Ikšķiles novads became part of the municipality in which Ikšķile lies, and so on for each with a namesake."""
    now = {row["name"]: row["now"].split("|") for row in _list("former.csv") if row["kind"] == "novads"}
    checked = 0
    for row in _list("places.csv"):
        if row["kind"] != "village":
            genitive = (
                row["name"].removesuffix(" pagasts") if row["kind"] == "parish" else decline(row["name"]).genitive
            )
            covered = now.get(f"{genitive} novads")
            if covered is not None and (row["name"], row["municipality"]) not in _NAMESAKES:
                checked += 1
                assert row["municipality"] in covered, row
    assert checked > 70


# A parish that shares its name with an abolished novads elsewhere, and a city that was no part of its novads.
_NAMESAKES = {("Salas pagasts", "Mārupes novads"), ("Daugavpils", "Daugavpils")}


def test_every_place_lies_in_the_municipality_the_list_gives() -> None:
    """Points and borders have one origin; beyond a kilometre they agree except for a handful."""
    rows = [row for row in (*_list("places.csv"), *_list("more_places.csv")) if row["lat"]]
    wrong = []
    for row in rows:
        territory = territory_at(float(row["lat"]), float(row["lon"]))
        if territory is None or row["municipality"] not in (territory.municipality, *territory.neighbours):
            wrong.append(row["name"])
    assert len(rows) > 4000
    assert len(wrong) <= 10, wrong


@pytest.mark.parametrize(
    ("lat", "lon", "name"),
    [
        (56.9496, 24.1052, "Rīga"),
        (57.3126, 25.2746, "Cēsu novads"),
        (56.6090, 26.7552, "Madonas novads"),  # Varakļāni, since July 2025
        (57.0936, 24.5443, "Ropažu novads"),  # Vangaži
        (54.6872, 25.2797, None),  # Vilnius
        (57.5, 23.0, None),  # the gulf
        (58.3776, 26.7290, None),  # Tartu
    ],
)
def test_a_point_lies_in_one_municipality_or_abroad(lat: float, lon: float, name: str | None) -> None:
    """Known points fall where they should; the sea and the neighbours are nowhere."""
    assert name == municipality_at(lat, lon)


def test_a_point_just_off_the_shore_belongs_to_it() -> None:
    """The map ends at a coast simplified by hundreds of metres, so two kilometres are allowed for."""
    shore = [territory_at(56.99 + step / 500, 23.85) for step in range(30)]
    names = [territory.municipality if territory else None for territory in shore]
    assert names[0] == "Jūrmala"
    assert names[-1] is None
    beyond = [territory for territory in shore if territory and territory.near_border and not territory.neighbours]
    assert beyond


def test_distance_is_measured_along_the_earth() -> None:
    """One degree of latitude is 111 km, of longitude at 57 degrees 61 km."""
    assert pytest.approx(distance_km(Point(56, 24), Point(57, 24)), abs=0.05) == 111.19
    assert pytest.approx(distance_km(Point(57, 24), Point(57, 25)), abs=0.05) == 60.56


def test_every_list_is_named_in_the_attribution() -> None:
    """No file of data is without its source and licence."""
    text = (Path(DATA).parent / "ATTRIBUTION.md").read_text(encoding="utf-8")
    assert [file.name for file in DATA.iterdir() if file.name not in text] == []
