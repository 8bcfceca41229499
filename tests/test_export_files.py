"""Exported files, read back by other programs: openpyxl, shapely and the csv module."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
import shapely

from bot.registrations.export.checking import check_file
from bot.registrations.export.entry import Entry
from bot.registrations.export.geojson import write_geojson
from bot.registrations.export.mapping import Layout, MappingError, check, load
from bot.registrations.export.reportnet import lacks, write_reportnet
from bot.registrations.export.sheets import write_csv, write_xlsx
from flows.contact_kinds import Contact
from flows.planting_kind import Trees
from flows.when_kind import Planted
from flows.where_kind import Site

_NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
_ENTRY = Entry(
    reference="3MK-2026-000001",
    received_on=date(2026, 11, 24),
    state="accepted",
    planter="school",
    organisation="Drustu pamatskola, „Zaļā” klase",
    trees=(
        Trees(species="Quercus robur", count=50),
        Trees(kinds=("Tilia cordata", "Acer platanoides"), least=100, most=200),
    ),
    planted=Planted(first=date(2024, 3, 1), last=date(2024, 5, 31), precision="season"),
    place=Site(
        lat=57.2101234,
        lon=25.6012345,
        municipality="Smiltenes novads",
        parish="Drustu pagasts",
        house="Kalniņi",
        cadastre="74940120849",
    ),
    land="field",
    contact=Contact(name="Anna Kalniņa", phone="+37126123456", email="anna@example.org"),
)
_HOSTILE = ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r\n=1", " =1", "＝1+1", "%0A")


def _latvian(path: Path) -> list[list[str]]:
    """Read a CSV as Excel in Latvian does: by its mark, with semicolons."""
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";", strict=True))


def _tables(path: Path) -> dict[str, list[list[str]]]:
    """Read a delivery as Reportnet 3 does: UTF-8 without a mark, commas, CRLF, files in the root."""
    tables = {}
    with ZipFile(path) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            assert not content.startswith(b"\xef\xbb\xbf")
            assert content.count(b"\n") == content.count(b"\r\n")
            text = io.StringIO(content.decode("utf-8"), newline="")
            tables[name] = list(csv.reader(text, strict=True))
    return tables


def _delivery(folder: Path, entries: Sequence[Entry] = (_ENTRY,), layout: Layout | None = None) -> Path:
    path = folder / "delivery.zip"
    write_reportnet(path, entries, layout or load(), _NOW)
    return path


def test_a_table_for_people_opens_in_latvian_excel(tmp_path: Path) -> None:
    """Semicolons, decimal commas, Latvian days; a row for each kind of trees, so that the numbers add up."""
    rows = write_csv(tmp_path / "koki.csv", [_ENTRY])
    heading, first, second = _latvian(tmp_path / "koki.csv")
    one, two = dict(zip(heading, first, strict=True)), dict(zip(heading, second, strict=True))
    assert 2 == rows
    assert ("3MK-2026-000001", "ozols", "Quercus robur", "50", "") == (
        one["Numurs"],
        one["Suga"],
        one["Suga latīniski"],
        one["Skaits"],
        one["Par skaitu"],
    )
    assert ("100", "100–200") == (two["Skaits"], two["Par skaitu"])
    assert ("01.03.2024", "31.05.2024", "24.11.2026") == (one["Stādīts no"], one["Stādīts līdz"], one["Saņemts"])
    assert ("57,210123", "25,601235") == (one["Platums (WGS 84)"], one["Garums (WGS 84)"])
    assert ("skola", "lauks vai pļava", "pārbaudīts") == (one["Stādīja"], one["Vietas veids"], one["Stāvoklis"])


def test_nobody_is_named_unless_it_is_asked_for(tmp_path: Path) -> None:
    """Names, telephones and houses are in a table with contacts only; never on a map or in Reportnet."""
    private = ("Anna", "26123456", "26 123", "anna@example.org", "Kalniņi", "7494")
    write_csv(tmp_path / "plain.csv", [_ENTRY])
    write_geojson(tmp_path / "map.geojson", [_ENTRY])
    _delivery(tmp_path)
    told = [(tmp_path / "plain.csv").read_text("utf-8"), (tmp_path / "map.geojson").read_text("utf-8")]
    told += [json.dumps(_tables(tmp_path / "delivery.zip"), ensure_ascii=False)]
    assert [] == [word for word in private for text in told if word in text]
    write_csv(tmp_path / "full.csv", [_ENTRY], private=True)
    heading, first, _ = _latvian(tmp_path / "full.csv")
    full = dict(zip(heading, first, strict=True))
    assert ("Anna Kalniņa", "371 26123456", "7494 012 0849") == (
        full["Kontaktpersona"],
        full["Tālrunis"],
        full["Kadastra numurs"],
    )


def test_a_workbook_holds_numbers_days_and_text(tmp_path: Path) -> None:
    """Openpyxl reads counts as numbers, days as days and names as text, below a heading that stays in sight."""
    write_xlsx(tmp_path / "koki.xlsx", [_ENTRY])
    sheet = openpyxl.load_workbook(tmp_path / "koki.xlsx").active
    assert sheet is not None
    heading, first, second = sheet.iter_rows(values_only=True)
    one = dict(zip(heading, first, strict=True))
    assert (50, 100) == (one["Skaits"], dict(zip(heading, second, strict=True))["Skaits"])
    assert (datetime(2024, 3, 1), 57.210123) == (one["Stādīts no"], one["Platums (WGS 84)"])  # noqa: DTZ001 - a day
    assert ("B2", "A1:R3") == (sheet.freeze_panes, sheet.auto_filter.ref)


@pytest.mark.parametrize("name", _HOSTILE)
def test_no_name_becomes_a_formula(tmp_path: Path, name: str) -> None:
    """What somebody calls an organisation is text in every file, whatever it begins with."""
    entry = replace(_ENTRY, organisation=name)
    write_csv(tmp_path / "koki.csv", [entry])
    write_xlsx(tmp_path / "koki.xlsx", [entry])
    cells = [cell for row in _latvian(tmp_path / "koki.csv") for cell in row]
    cells += [cell for rows in _tables(_delivery(tmp_path, [entry])).values() for row in rows for cell in row]
    assert [] == [cell for cell in cells if cell.lstrip()[:1] in tuple("=+-@＝%")]
    sheet = openpyxl.load_workbook(tmp_path / "koki.xlsx").active
    assert sheet is not None
    assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}


def test_a_map_is_read_by_another_program(tmp_path: Path) -> None:
    """Shapely finds the point where it is, longitude first; a site that has none is a feature without geometry."""
    nowhere = replace(_ENTRY, reference="3MK-2026-000002", place=Site(municipality="Smiltenes novads"))
    write_geojson(tmp_path / "map.geojson", [_ENTRY, nowhere])
    content = json.loads((tmp_path / "map.geojson").read_text("utf-8"))
    first, second = content["features"]
    spot = shapely.from_geojson(json.dumps(first["geometry"]))
    assert (25.601235, 57.210123) == (spot.x, spot.y)
    assert None is second["geometry"]
    assert (150, "2024-03-01") == (first["properties"]["count"], first["properties"]["planted_from"])
    assert [] == list(check_file(tmp_path / "map.geojson", load()))
    read = shapely.from_geojson(json.dumps({**content, "features": [first]}))
    assert spot == read.geoms[0]


def test_no_registrations_make_a_map_without_features(tmp_path: Path) -> None:
    """A collection of nothing is still GeoJSON."""
    assert 0 == write_geojson(tmp_path / "map.geojson", [])
    assert [] == json.loads((tmp_path / "map.geojson").read_text("utf-8"))["features"]


def test_a_delivery_keeps_the_rules_of_reportnet(tmp_path: Path) -> None:
    """Exact names in the first row, quotes around text only, days as ISO, a point as GeoJSON in a quoted cell."""
    tables = _tables(_delivery(tmp_path))
    assert ["PlantingSites.csv", "PlantedTrees.csv"] == list(tables)
    site = dict(zip(*tables["PlantingSites.csv"], strict=True))
    assert ("3MK-2026-000001/1", "150", "2024-03-01") == (site["siteId"], site["numberOfTrees"], site["plantedFrom"])
    assert {"type": "Point", "coordinates": [25.601235, 57.210123]} == json.loads(site["location"])
    assert ["3MK-2026-000001/1/2", "3MK-2026-000001/1", "Tilia cordata/Acer platanoides", "100"] == tables[
        "PlantedTrees.csv"
    ][2]
    with ZipFile(tmp_path / "delivery.zip") as archive:
        heading, first, _ = archive.read("PlantingSites.csv").decode().split("\r\n")
    assert heading.startswith("siteId,countryCode,organisation,")
    assert first.startswith('"3MK-2026-000001/1","LV","Drustu pamatskola, „Zaļā” klase",150,"2024-03-01",')
    assert first.endswith(',"{""type"":""Point"",""coordinates"":[25.601235,57.210123]}"')


def test_the_same_registrations_make_the_same_bytes(tmp_path: Path) -> None:
    """A delivery can be compared with the one of yesterday."""
    assert _delivery(tmp_path).read_bytes() == _delivery(tmp_path).read_bytes()


def test_what_lacks_a_required_field_is_told() -> None:
    """A site without a point or a date can't be delivered, and the fields are named."""
    bare = replace(_ENTRY, place=Site(municipality="Smiltenes novads"), planted=Planted())
    assert ["plantedFrom", "plantedTo", "location"] == lacks(load(), [bare])
    assert [] == lacks(load(), [_ENTRY])


def test_the_mapping_of_the_repository_is_in_order() -> None:
    """It can be read, and it says itself that its names are our own."""
    assert [] == check()
    assert not load().sure


@pytest.mark.parametrize(
    ("was", "now", "problem"),
    [
        ("value: municipality", "value: phone", "there is no value phone"),
        ("type: date", "type: day", "type is 'day'"),
        ("rows: trees", "rows: leaves", "lacks name, rows or fields"),
        ("constant: LV", "constant: LV, value: land", "either a value or a constant"),
        ("certainty: assumed", "certainty: perhaps", "certainty is 'perhaps'"),
        ("name: PlantedTrees", "name: PlantingSites", "two tables PlantingSites"),
        ("name: countryCode", "name: siteId", "two fields siteId"),
        ("longest: 80", "length: 80", "nobody reads length"),
        ("planters: [company", "planters: [firm", "there is no planter firm"),
    ],
)
def test_a_wrong_mapping_is_named(tmp_path: Path, was: str, now: str, problem: str) -> None:
    """Whoever edits the mapping is told what does not fit; nothing of a person's can be mapped."""
    path = tmp_path / "mapping.yaml"
    content = Path("knowledge/reportnet.yaml").read_text("utf-8")
    path.write_text(content.replace(was, now, 1), "utf-8")
    assert was in content
    assert problem in "\n".join(check(path))
    with pytest.raises(MappingError):
        load(path)
