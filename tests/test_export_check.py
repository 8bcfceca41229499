"""The check of a delivery: what Reportnet 3 would refuse, named by table, row and field in Latvian."""

from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile

import orjson
import pytest

from bot.registrations.export.checking import check_file
from bot.registrations.export.mapping import load

_SITES = "siteId,countryCode,organisation,numberOfTrees,plantedFrom,plantedTo,municipality,location"
_SPOT = '"{""type"":""Point"",""coordinates"":[25.6,57.2]}"'
_SITE = f'"A/1","LV","Skola",50,"2024-03-01","2024-05-31","Smiltenes novads",{_SPOT}'
_TREES = 'treeId,siteId,species,numberOfTrees\r\n"A/1/1","A/1","Quercus robur",50\r\n'


def _zip(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    path = folder / "delivery.zip"
    with ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def _told(path: Path) -> list[str]:
    return [str(fault) for fault in check_file(path, load())]


def _of_site(folder: Path, was: str, now: str) -> list[str]:
    """Check a delivery whose one site differs."""
    assert was in f"{_SITES}\r\n{_SITE}\r\n"
    sites = f"{_SITES}\r\n{_SITE}\r\n".replace(was, now, 1)
    return _told(_zip(folder, {"PlantingSites.csv": sites, "PlantedTrees.csv": _TREES}))


def test_a_right_delivery_has_no_faults(tmp_path: Path) -> None:
    """Nothing is said where all is right, nor of an exported template, which has names only."""
    right = {"PlantingSites.csv": f"{_SITES}\r\n{_SITE}\r\n", "PlantedTrees.csv": _TREES}
    assert [] == _told(_zip(tmp_path, right))
    template = {"PlantingSites.csv": f"{_SITES}\r\n", "PlantedTrees.csv": _TREES.split("\r\n", maxsplit=1)[0] + "\r\n"}
    assert [] == _told(_zip(tmp_path, template))


@pytest.mark.parametrize(
    ("was", "now", "fault"),
    [
        (",50,", ",50.5,", "2. rinda, lauks numberOfTrees: „50.5” nav vesels skaitlis (bez atstarpēm un komatiem)"),
        (",50,", ",,", "2. rinda, lauks numberOfTrees: lauks ir tukšs, bet tas jāaizpilda"),
        ("2024-03-01", "01.03.2024", "2. rinda, lauks plantedFrom: „01.03.2024” nav datums formā 2026-11-22"),
        ("2024-03-01", "20240301", "2. rinda, lauks plantedFrom: „20240301” nav datums formā 2026-11-22"),
        ('"LV"', '"LVA"', "2. rinda, lauks countryCode: teksts ir 3 zīmes garš; drīkst būt 2"),
        ('"Skola"', '"=1"', "2. rinda, lauks organisation: teksts sākas ar „=”; izklājlapa to ņemtu par formulu"),
        ('"A/1",', '"A,1",', "2. rinda, lauks siteId: „A,1”: atslēgā nedrīkst būt komata"),
        (
            "[25.6,57.2]",
            "[57.2,25.6]",
            (
                "2. rinda, lauks location: punktam samainītas koordinātas: "
                "vispirms jābūt garumam, tad platumam (57.2, 25.6)"
            ),
        ),
        ("[25.6,57.2]", "[2.6,57.2]", "2. rinda, lauks location: punkts nav Latvijā (2.6, 57.2)"),
        ('""Point""', '""Polygon""', "2. rinda, lauks location: vietai jābūt punktam, nevis „Polygon”"),
        ("[25.6,57.2]}", "[25.6,57.2]", "2. rinda, lauks location: vietai jābūt GeoJSON"),
        (f",{_SPOT}", "", "2. rinda: rindā ir 7 vērtības, bet lauku ir 8"),
        ("siteId", "siteid", "1. rinda, lauks siteId: lauka nosaukumam jābūt tieši tādam; failā ir „siteid”"),
        ("plantedTo", "Ended", "1. rinda, lauks plantedTo: šī lauka failā nav"),
        (_SITES, _SITES.replace(",", ";"), "1. rinda: vērtības atdalītas ar semikolu, bet jāatdala ar komatu"),
    ],
)
def test_a_fault_is_named_by_row_and_field(tmp_path: Path, was: str, now: str, fault: str) -> None:
    """Each fault is told with the table, the row as a spreadsheet counts it, and the field."""
    assert f"PlantingSites, {fault}" == _of_site(tmp_path, was, now)[0]


def test_a_key_that_comes_twice_is_named(tmp_path: Path) -> None:
    """The second row of the same key is the one that is wrong."""
    sites = f"{_SITES}\r\n{_SITE}\r\n{_SITE}\r\n"
    told = _told(_zip(tmp_path, {"PlantingSites.csv": sites, "PlantedTrees.csv": _TREES}))
    assert ["PlantingSites, 3. rinda, lauks siteId: „A/1” jau ir citā rindā; vērtībai jābūt unikālai"] == told


def test_an_unknown_field_is_named(tmp_path: Path) -> None:
    """Reportnet would not know what to do with it."""
    sites = f"{_SITES},height\r\n{_SITE},2\r\n"
    told = _told(_zip(tmp_path, {"PlantingSites.csv": sites, "PlantedTrees.csv": _TREES}))
    assert ["PlantingSites, 1. rinda, lauks height: tādu lauku tabulā nav"] == told


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"\xef\xbb\xbf" + _TREES.encode(), "fails sākas ar BOM; tas jāsaglabā kā UTF-8 bez BOM"),
        (_TREES.replace("\r\n", "\n").encode(), "rindām jābeidzas ar \\r\\n (Windows rindu beigas)"),
        (
            _TREES.replace("Quercus robur", "bērzs").encode("cp1257"),
            "burti nav UTF-8 kodējumā; garumzīmes tiktu sabojātas",
        ),
    ],
)
def test_a_file_saved_otherwise_is_named(tmp_path: Path, content: bytes, fault: str) -> None:
    """What a spreadsheet program does to a file is found before Reportnet finds it."""
    sites = f"{_SITES}\r\n{_SITE}\r\n"
    told = _told(_zip(tmp_path, {"PlantingSites.csv": sites, "PlantedTrees.csv": content}))
    assert [f"PlantedTrees: {fault}"] == told


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("data/PlantedTrees.csv", "failam „data/PlantedTrees.csv” jābūt ZIP faila saknē, nevis mapē"),
        (
            "plantedtrees.csv",
            "failam jābūt „PlantedTrees.csv”, nevis „plantedtrees.csv”: lielie un mazie burti jāievēro",
        ),
        ("Trees.csv", "tabulu sarakstā nav faila „Trees.csv”"),
    ],
)
def test_a_file_of_another_name_is_named(tmp_path: Path, name: str, fault: str) -> None:
    """Names of files are the names of tables, letter for letter, in the root of the ZIP."""
    told = _told(_zip(tmp_path, {"PlantingSites.csv": f"{_SITES}\r\n{_SITE}\r\n", name: _TREES}))
    assert ["PlantedTrees: ZIP failā šīs tabulas nav", fault] == told


def test_what_is_no_zip_is_said_to_be_none(tmp_path: Path) -> None:
    """A file of another kind is refused in words."""
    path = tmp_path / "delivery.zip"
    path.write_text("no zip")
    assert ["„delivery.zip” nav ZIP fails, ko var atvērt"] == _told(path)


_SQUARE = [[25.0, 57.0], [25.1, 57.0], [25.1, 57.1], [25.0, 57.1], [25.0, 57.0]]


@pytest.mark.parametrize(
    ("geometry", "faults"),
    [
        ({"type": "Polygon", "coordinates": [_SQUARE]}, []),
        (
            {"type": "Polygon", "coordinates": [_SQUARE[::-1]]},
            ["daudzstūris apiets nepareizā virzienā: ārējā mala jāapiet pretēji pulksteņa rādītājam"],
        ),
        (
            {"type": "MultiPolygon", "coordinates": [[_SQUARE, _SQUARE]]},
            ["daudzstūris apiets nepareizā virzienā: caurums jāapiet pa pulkstenim"],
        ),
        (
            {"type": "Polygon", "coordinates": [_SQUARE[:-1]]},
            ["daudzstūra mala nav noslēgta: pēdējam punktam jābūt tādam pašam kā pirmajam"],
        ),
        ({"type": "Polygon", "coordinates": [_SQUARE[:3]]}, ["ģeometrijā par maz punktu: vajag vismaz 4"]),
        ({"type": "LineString", "coordinates": _SQUARE}, []),
        ({"type": "Circle", "coordinates": []}, ["„Circle” nav ģeometrijas veids, ko sistēma Reportnet 3 pieņem"]),
        ({"type": "Point", "coordinates": ["25", "57"]}, ["punktam vajag divus skaitļus: garumu un platumu"]),
        (None, []),
    ],
)
def test_geometry_is_held_against_the_standard(tmp_path: Path, geometry: object, faults: list[str]) -> None:
    """Rings are closed and run the right way, points are numbers within Latvia (RFC 7946)."""
    path = tmp_path / "map.geojson"
    feature = {"type": "Feature", "geometry": geometry, "properties": {}}
    path.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert [f"1. objekts: {fault}" for fault in faults] == _told(path)
