"""The table: all organisations as a file, with how it stands with each."""

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

from sqlalchemy.engine import Connection

from bot.clock import RIGA
from bot.conversation.response import Say
from bot.documents.orders import Order
from bot.documents.press import Made
from bot.outreach.organisations import records
from bot.registrations.export.entry import plain

ORDER = "organisations"  # kind of the orders

_COLUMNS = (
    ("Nosaukums", 40), ("Veids", 14), ("Novads", 20), ("E-pasts", 32), ("Stāvoklis", 22), ("Uzrakstīts", 14),
    ("Nerakstīt", 12), ("Avots", 36), ("Kods", 20),
)  # fmt: skip


def make(tx: Connection, _: Order) -> Callable[[], Made]:
    """Read first, then write the workbook."""
    rows = records.listed(tx)
    return lambda: Made(
        content=_written(rows),
        name="Organizācijas.xlsx",
        media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        say=Say(template="organisations_file", values={"number": len(rows)}),
    )


def _written(rows: Sequence[Any]) -> bytes:
    from openpyxl import Workbook  # noqa: PLC0415 - brings 20 MB, which only a workbook needs
    from openpyxl.styles import Font  # noqa: PLC0415

    book = Workbook()
    sheet: Any = book.active
    sheet.title = "Organizācijas"
    sheet.append([heading for heading, _ in _COLUMNS])
    for at, (_, width) in enumerate(_COLUMNS, start=1):
        sheet.cell(row=1, column=at).font = Font(bold=True)
        sheet.column_dimensions[sheet.cell(row=1, column=at).column_letter].width = width
    for number, row in enumerate(rows, start=2):
        written = row.contacted_at.astimezone(RIGA).strftime("%d.%m.%Y.") if row.contacted_at else ""
        told = (
            row.name,
            records.KINDS.get(row.kind, row.kind),
            row.municipality or "",
            row.address.partition(":")[2],
            records.STATES[row.state],
            written,
            "jā" if row.refused else "",
            row.source,
            row.code,
        )
        for at, value in enumerate(told, start=1):
            cell = sheet.cell(row=number, column=at, value=plain(value))
            cell.data_type = "s"  # text, whatever it begins with
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions
    content = BytesIO()
    book.save(content)
    return content.getvalue()
