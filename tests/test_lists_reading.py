"""Lists of plantings: whatever program wrote them, what their rows say, and what is named instead of guessed."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook

from bot.lists import process
from bot.lists.book import Trouble, TroubleError
from bot.lists.reading import Listed, decode_row, encode_row, read_list, summary
from bot.lists.rows import Row
from tests import written_lists as lists

_TODAY = date(2026, 11, 26)
_OAK = "Quercus robur"


def _read(data: bytes) -> Listed:
    return read_list(data, _TODAY)


def _rows(*rows: Sequence[Any], **more: Any) -> tuple[Row, ...]:
    return _read(lists.xlsx(rows, **more)).rows


def _faults(headings: Sequence[Any], row: Sequence[Any]) -> list[str]:
    (found,) = _rows(headings, row)
    return [fault.code for fault in found.faults]


def _point(headings: Sequence[Any], *rows: Sequence[Any]) -> list[tuple[float | None, float | None]]:
    found = _rows(("Suga", "Skaits", "Gads", *headings), *(("ozols", 5, 2023, *row) for row in rows))
    return [(row.site.lat, row.site.lon) if row.site else (None, None) for row in found]


@pytest.mark.parametrize(
    "data",
    [
        lists.xlsx(lists.GOOD),
        lists.xls(lists.GOOD),
        lists.ods(lists.GOOD),
        *(lists.text(lists.GOOD, encoding=name) for name in ("cp1257", "utf-8", "utf-8-sig", "utf-16")),
        lists.text(lists.GOOD, sign="\t"),
    ],
    ids=["xlsx", "xls", "ods", "cp1257", "utf-8", "utf-8-sig", "utf-16", "tabs"],
)
def test_every_usual_kind_of_file_tells_the_same(data: bytes) -> None:
    """Excel of today and of 1997, LibreOffice, text with semicolons in any usual encoding."""
    told = summary(_read(data))
    assert [["Betula pendula", 1200], [_OAK, 50], ["Tilia cordata", 20]] == told["kinds"]
    assert (3, 1270, 0) == (told["rows"], told["trees"], told["faulty"])
    assert ("2022-01-01", "2024-04-15") == (told["first"], told["last"])
    assert ["Smiltenes novads", "Ogres novads", "Madonas novads"] == told["municipalities"]


def test_headings_stand_anywhere_in_any_order_in_latvian_or_english() -> None:
    """A title and empty rows above; English names; columns that we don't know between them."""
    (row,) = _rows(
        ("Register of the parish", None),
        (None,),
        ("Contractor", "Address", "Planted on", "Number of trees", "Tree species", "Municipality"),
        ("SIA Birze", "Parka iela 5", date(2023, 5, 2), 12, "Oak", "Madonas novads"),
    )
    assert ((_OAK, 12),) == row.trees
    assert 4 == row.number
    assert row.site is not None
    assert ("Madonas novads", "Parka iela 5") == (row.site.municipality, row.site.street)


def test_totals_empty_rows_and_repeated_headings_are_no_plantings() -> None:
    """Nothing is counted twice: sums with and without a word, headings on every page."""
    heads = ("Suga", "Skaits", "Gads", "Vieta")
    one = ("ozols", 50, 2023, "Ogre, Parka iela 1")
    two = ("liepa", 20, 2023, "Ogre, Parka iela 2")
    found = _rows(heads, one, (), ("Kopā Ogrē", 50, None, None), heads, two, (None, 70, None, None))
    assert [((_OAK, 50),), (("Tilia cordata", 20),)] == [row.trees for row in found]


def test_several_sheets_are_read_and_hidden_ones_are_not() -> None:
    """Rows know their sheet; what somebody has hidden was not meant for us, and is told."""
    listed = _read(lists.xlsx(lists.GOOD, more={"2025": lists.GOOD}, hidden={"vecie": lists.GOOD}))
    assert [0, 0, 0, 1, 1, 1] == [row.sheet for row in listed.rows]
    assert (1, 2) == (listed.hidden, len(listed.sheets))


def test_the_sheet_that_our_template_brings_as_an_example_is_not_read() -> None:
    """Whoever fills the template in and leaves the example there has not planted those."""
    with pytest.raises(TroubleError) as error:
        process.read(process.template(), _TODAY)
    assert Trouble.EMPTY is error.value.trouble


def test_merged_cells_hold_for_each_row_but_never_a_count() -> None:
    """A place written once beside three rows is the place of all three; a count is not thrice as many trees."""
    heads = ("Vieta", "Gads", "Suga", "Skaits")
    rows = (("Ogre, Parka iela 1", 2023, "ozols", 5), (None, None, "liepa", 6), (None, None, "egle", None))
    found = _rows(heads, *rows, merged=("A2:A4", "B2:B4", "D3:D4"))
    assert [((_OAK, 5),), (("Tilia cordata", 6),), ()] == [row.trees for row in found]
    assert ["count_missing"] == [fault.code for fault in found[2].faults]
    assert {"Parka iela 1"} == {row.site.street for row in found if row.site}


def test_a_date_and_a_municipality_in_the_title_hold_for_the_whole_sheet() -> None:
    """„Ogres novada pašvaldības stādījumi 2023. gadā” says what no column does."""
    (row,) = _rows(
        ("Ogres novada pašvaldības stādījumi 2023. gadā",),
        ("Suga", "Skaits", "Adrese"),
        ("liepa", 7, "Brīvības iela 5"),
    )
    assert row.site is not None
    assert row.planted is not None
    assert ("Ogres novads", "Brīvības iela 5") == (row.site.municipality, row.site.street)
    assert (date(2023, 1, 1), date(2023, 12, 31)) == (row.planted.first, row.planted.last)


def test_species_as_columns_are_read_as_their_counts() -> None:
    """A table with „Ozols | Liepa | Bērzi” above its numbers tells of each of them."""
    (row,) = _rows(("Vieta", "Gads", "Ozols", "Liepa", "Bērzi (gab.)"), ("Ogre, Parka iela 1", 2022, 5, None, 7))
    assert ((_OAK, 5), ("Betula", 7)) == row.trees


@pytest.mark.parametrize(
    ("value", "count"),
    [(50, 50), (50.0, 50), ("50", 50), ("1 200", 1200), ("1 200 gab.", 1200), ("piecdesmit", 50), ("50 gab", 50)],
    ids=str,
)
def test_a_count_is_read_in_any_form_that_states_one_number(value: Any, count: int) -> None:
    """Numbers, numbers as text, with spaces, units, or in words."""
    (row,) = _rows(("Suga", "Skaits", "Gads", "Vieta"), ("ozols", value, 2023, "Ogre, Parka iela 1"))
    assert ((_OAK, count),) == row.trees


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        (date(2024, 4, 15), date(2024, 4, 15), date(2024, 4, 15)),
        ("15.04.2024", date(2024, 4, 15), date(2024, 4, 15)),
        ("15.04.2024.", date(2024, 4, 15), date(2024, 4, 15)),
        ("2024-04-15", date(2024, 4, 15), date(2024, 4, 15)),
        ("15/04/2024", date(2024, 4, 15), date(2024, 4, 15)),
        (45397, date(2024, 4, 15), date(2024, 4, 15)),
        (2024, date(2024, 1, 1), date(2024, 12, 31)),
        ("2024. gads", date(2024, 1, 1), date(2024, 12, 31)),
        ("04.2024.", date(2024, 4, 1), date(2024, 4, 30)),
        ("2024-04", date(2024, 4, 1), date(2024, 4, 30)),
        ("2024. gada aprīlis", date(2024, 4, 1), date(2024, 4, 30)),
        ("2024. gada pavasarī", date(2024, 3, 1), date(2024, 5, 31)),
    ],
    ids=str,
)
def test_a_date_is_read_in_any_usual_form(value: Any, first: date, last: date) -> None:
    """Dates, numbers that stand for dates, months, seasons, years: as exactly as they are told."""
    (row,) = _rows(("Suga", "Skaits", "Datums", "Vieta"), ("ozols", 5, value, "Ogre, Parka iela 1"))
    assert row.planted is not None
    assert (first, last) == (row.planted.first, row.planted.last)


def test_year_and_month_or_two_dates_in_columns_of_their_own() -> None:
    """Two columns make one period."""
    (row,) = _rows(("Suga", "Skaits", "Gads", "Mēnesis", "Vieta"), ("ozols", 5, 2024, 4, "Ogre, Parka iela 1"))
    assert row.planted is not None
    assert (date(2024, 4, 1), date(2024, 4, 30)) == (row.planted.first, row.planted.last)
    (row,) = _rows(
        ("Suga", "Skaits", "Datums no", "Datums līdz", "Vieta"),
        ("ozols", 5, "01.04.2024.", "03.05.2024.", "Ogre, Parka iela 1"),
    )
    assert row.planted is not None
    assert (date(2024, 4, 1), date(2024, 5, 3)) == (row.planted.first, row.planted.last)


def test_points_are_read_from_degrees_and_from_the_grid_whichever_way_round() -> None:
    """Degrees in either order, with commas, with signs; metres with X as the northing or as the easting."""
    degrees = [(56.9496, 24.1052)] * 3
    rows = ((56.9496, 24.1052), (24.1052, 56.9496), ("56,9496", "24,1052"))
    assert degrees == _point(("Platums", "Garums"), *rows)
    metres = [(311780.57, 506399.31), (312001.2, 506700.4)]
    latvian = _point(("X", "Y"), *metres)
    turned = _point(("X", "Y"), *((y, x) for x, y in metres))
    assert latvian == turned
    assert (56.9496, 24.1052) == tuple(round(part or 0, 4) for part in latvian[0])
    assert latvian == _point(("LKS-92 X", "LKS-92 Y"), *((f"{x:.2f}".replace(".", ","), str(y)) for x, y in metres))
    assert degrees[:1] == _point(("Koordinātas",), ("56.9496, 24.1052",))


def test_a_cadastre_number_is_enough() -> None:
    """Eleven digits, as text, with spaces, or as the number that a spreadsheet made of them."""
    for value in ("74940120849", "7494 012 0849", 74940120849):
        (row,) = _rows(("Suga", "Skaits", "Gads", "Kadastra apzīmējums"), ("ozols", 5, 2023, value))
        assert row.site is not None
        assert "74940120849" == row.site.cadastre


_HEADS = ("Suga", "Skaits", "Datums", "Novads", "Pagasts", "Adrese", "X", "Y", "Kadastra nr.")


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (("", 5, 2023, "Ogres novads", "", "Ogre, Parka iela 1"), "species_missing"),
        (("lpa", 5, 2023, "", "", "Ogre, Parka iela 1"), "species_unknown"),
        (("ozoli un liepas", 5, 2023, "", "", "Ogre, Parka iela 1"), "species_many"),
        (("ozols", "", 2023, "", "", "Ogre, Parka iela 1"), "count_missing"),
        (("ozols", "daudz", 2023, "", "", "Ogre, Parka iela 1"), "count_unclear"),
        (("ozols", "50-60", 2023, "", "", "Ogre, Parka iela 1"), "count_unclear"),
        (("ozols", 12.5, 2023, "", "", "Ogre, Parka iela 1"), "count_unclear"),
        (("ozols", 0, 2023, "", "", "Ogre, Parka iela 1"), "count_zero"),
        (("ozols", 99_000_000, 2023, "", "", "Ogre, Parka iela 1"), "count_large"),
        (("ozols", 5, "31.02.2024", "", "", "Ogre, Parka iela 1"), "date_unclear"),
        (("ozols", 5, "sen", "", "", "Ogre, Parka iela 1"), "date_unclear"),
        (("ozols", 5, 2031, "", "", "Ogre, Parka iela 1"), "date_future"),
        (("ozols", 5, 2023, "", "", ""), "place_missing"),
        (("ozols", 5, 2023, "", "", "Brīvības iela 5"), "place_which"),
        (("ozols", 5, 2023, "Cēsu novads", "Drustu pagasts", ""), "place_disagrees"),
        (("ozols", 5, 2023, "", "", "", "", "", "123"), "cadastre_unclear"),
        (("ozols", 5, 2023, "", "", "", 59.4, 24.7), "place_abroad"),
        (("ozols", 5, 2023, "", "", "", 311780, ""), "point_half"),
        (("ozols", 5, 2023, "", "", "", 11, 22), "point_unclear"),
    ],
    ids=str,
)
def test_what_is_not_stated_for_sure_is_named_and_not_guessed(row: Sequence[Any], fault: str) -> None:
    """Each kind of mistake has a name, and the row counts for nothing."""
    assert [fault] == _faults(_HEADS, (*row, *[""] * (len(_HEADS) - len(row))))


def test_a_missing_date_is_asked_once_where_no_row_has_one() -> None:
    """A row without a date among dated ones is to be mended; a list without any is dated by the person."""
    heads = ("Suga", "Skaits", "Gads", "Vieta")
    found = _rows(heads, ("ozols", 5, 2023, "Ogre, Parka iela 1"), ("liepa", 5, None, "Ogre, Parka iela 1"))
    assert ["date_missing"] == [fault.code for fault in found[1].faults]
    listed = _read(lists.xlsx([heads, ("ozols", 5, None, "Ogre, Parka iela 1")]))
    assert (True, ()) == (listed.undated, listed.rows[0].faults)


@pytest.mark.parametrize(
    ("data", "trouble"),
    [
        (b"MZ\x90\x00" + bytes(100), Trouble.NO_TABLE),
        (b"Labdien! Te nav tabulas.", Trouble.NO_TABLE),
        (lists.xlsx(lists.GOOD)[:900], Trouble.BROKEN),
        (lists.locked(), Trouble.LOCKED),
        (lists.bomb(), Trouble.TOO_MUCH),
        (lists.xlsx(lists.GOOD, more={f"Lapa {n}": () for n in range(200)}), Trouble.TOO_MANY_SHEETS),
        (lists.endless(), Trouble.TOO_MANY_ROWS),
        (lists.far_apart(), Trouble.TOO_MANY_ROWS),
        (lists.xlsx([]), Trouble.EMPTY),
        (lists.xlsx([lists.HEADINGS]), Trouble.EMPTY),
        (lists.xlsx(lists.BUDGET), Trouble.NO_HEADINGS),
    ],
    ids=["exe", "text", "cut", "locked", "bomb", "sheets", "rows", "corners", "empty", "headings", "budget"],
)
def test_a_file_that_is_no_list_has_a_named_reason(data: bytes, trouble: Trouble) -> None:
    """A bomb, a million rows, a password: each is refused by name, in a process of its own."""
    with pytest.raises(TroubleError) as error:
        process.read(data, _TODAY)
    assert trouble is error.value.trouble


def test_a_document_that_says_that_its_cells_repeat_without_end() -> None:
    """Filled cells that repeat a billion times are refused; the empty ones at the end of every document are not."""
    filled = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="1000"/>'
    rows = '<table:table-row table:number-rows-repeated="1000000">{}</table:table-row>'
    with pytest.raises(TroubleError) as error:
        process.read(lists.ods(lists.GOOD, tail=rows.format(filled)), _TODAY)
    assert Trouble.TOO_MANY_ROWS is error.value.trouble
    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    told = process.read(lists.ods(lists.GOOD, tail=rows.format(empty)), _TODAY)
    assert 3 == told["summary"]["rows"]


def test_a_formula_counts_as_what_it_came_to() -> None:
    """A formula that no program has computed yet is an empty cell, not a guess."""
    heads = ("Suga", "Skaits", "Gads", "Vieta")
    assert ["count_missing"] == _faults(heads, ("ozols", "=2+3", 2023, "Ogre, Parka iela 1"))


def test_a_personas_kods_is_found_and_hidden_wherever_it_stands() -> None:
    """It stands in no row that is kept, and in no copy that is made."""
    data = lists.xlsx([*lists.PRIVATE, ("x", "lpa 010180-12345", 1, 2023, "Ogres novads", "", "Ogre")])
    told = process.read(data, _TODAY)
    assert 5 >= len(told["masked"]) >= 4
    assert "12345" not in str(told["rows"])
    copy = process.rewrite(data, masked=told["masked"], mask="[personas kods]")
    values = [cell for row in load_workbook(io.BytesIO(copy)).active.iter_rows(values_only=True) for cell in row]  # type: ignore[union-attr]
    assert "Jānis Bērziņš [personas kods]" in values
    assert not any("12345" in str(value) for value in values)


def test_rows_survive_being_stored() -> None:
    """Through JSON and back they are the same rows."""
    for row in _read(lists.xlsx(lists.FAULTY)).rows:
        assert row == decode_row(encode_row(row))


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods", "csv"])
def test_faulty_rows_come_back_in_the_same_workbook(kind: str) -> None:
    """Every cell is where it was; beside the faulty rows it says what to mend; sent back unmended it says the same."""
    writers: dict[str, Any] = {"xlsx": lists.xlsx, "xls": lists.xls, "ods": lists.ods, "csv": lists.text}
    data = writers[kind](lists.FAULTY)
    told = process.read(data, _TODAY)
    remarks = [[row["sheet"], row["number"], "=Slikti"] for row in told["rows"] if row["faults"]]
    copy = process.rewrite(data, remarks=remarks, columns=told["sheets"], heading="Kas jālabo")
    sheet: Any = load_workbook(io.BytesIO(copy)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert ("Kas jālabo", None, None, None, "=Slikti", "=Slikti", None) == tuple(row[7] for row in rows)
    assert "s" == sheet.cell(5, 8).data_type
    assert ["Nr.", "Suga", "Skaits"] == list(rows[0][:3])
    assert "Lpa" == rows[4][1]
    again = process.read(copy, _TODAY)
    assert (2, True) == (again["summary"]["faulty"], again["summary"]["mended"])
    twice = process.rewrite(copy, remarks=remarks[:1], columns=again["sheets"], heading="Kas jālabo")
    fixed: Any = load_workbook(io.BytesIO(twice)).active
    assert (8, None) == (fixed.max_column, fixed.cell(6, 8).value)


def test_formulas_of_the_person_stay_and_texts_of_others_never_become_one() -> None:
    """In their own .xlsx nothing is changed; what a CSV holds is copied as text."""
    heads = ("Suga", "Skaits", "Gads", "Vieta")
    own: Any = load_workbook(
        io.BytesIO(process.rewrite(lists.xlsx([heads, ("ozols", "=2+3", 2023, "Ogre")]), heading="x"))
    ).active
    assert ("=2+3", "f") == (own.cell(2, 2).value, own.cell(2, 2).data_type)
    copied: Any = load_workbook(
        io.BytesIO(process.rewrite(lists.text([heads, ("=cmd|x", "5", "2023", "Ogre")]), heading="x"))
    ).active
    assert ("=cmd|x", "s") == (copied.cell(2, 1).value, copied.cell(2, 1).data_type)
