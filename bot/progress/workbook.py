"""The workbook: a report as an XLSX file, with a sheet that explains each number."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from bot.clock import RIGA
from bot.progress.report import Report, Row
from bot.registrations.export.entry import plain

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_DARK, _LIGHT = "2F5D3A", "E4EFE2"
_WIDEST = 60  # characters


def write(report: Report) -> bytes:
    """Write it; text is text, whatever it begins with."""
    from openpyxl import Workbook  # noqa: PLC0415 - brings 20 MB, which only a workbook needs

    book = Workbook()
    if book.active is not None:
        book.remove(book.active)
    _summary(book, report)
    for table in report.tables:
        _sheet(book, table.name, table.headings, table.rows)
    explained: list[Row] = [("Kopsavilkums", target.name, target.why) for target in report.summary]
    explained += [(table.name, name, why) for table in report.tables for name, why in table.explained.items()]
    sheet = _sheet(book, "Paskaidrojumi", ("Lapa", "Aile", "Ko tā nozīmē"), explained)
    sheet.column_dimensions["C"].width = 100
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _summary(book: "Workbook", report: Report) -> None:
    period = f"{report.first:%d.%m.%Y}.–{report.last:%d.%m.%Y}."
    rows: list[Row] = [
        (target.name, target.number, "" if target.promised is None else target.promised) for target in report.summary
    ]
    rows += [
        ("Periods", period, ""),
        ("Sagatavots", f"{report.made_at.astimezone(RIGA):%d.%m.%Y}.", ""),
        ("Avots", "Koku palīgs; tikai tas, kas reģistrēts un jautāts caur to", ""),
    ]
    _sheet(book, "Kopsavilkums", ("Rādītājs", "Skaits", "Mērķis"), rows)


def _sheet(book: "Workbook", name: str, headings: Sequence[str], rows: Iterable[Row]) -> "Worksheet":
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415 - as above
    from openpyxl.utils import get_column_letter  # noqa: PLC0415
    from openpyxl.worksheet.properties import PageSetupProperties  # noqa: PLC0415

    sheet: Worksheet = book.create_sheet(name)
    widths = [len(heading) for heading in headings]
    for number, row in enumerate([tuple(headings), *rows], start=1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(row=number, column=column)
            if isinstance(value, str):
                cell.value = plain(value)
                cell.data_type = "s"
            else:
                cell.value = value
                cell.number_format = "#,##0" if isinstance(value, int) else "dd.mm.yyyy"
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if number == 1:
                cell.font, cell.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor=_DARK)
            elif number % 2:
                cell.fill = PatternFill("solid", fgColor=_LIGHT)
            widths[column - 1] = max(widths[column - 1], len(str(value)))
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = min(_WIDEST, width + 3)
    sheet.freeze_panes = "B2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    return sheet
