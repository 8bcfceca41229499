"""Making: the documents of lists: the empty template, and a person's own file with what is to be mended in it."""

from collections.abc import Callable
from pathlib import PurePath

from sqlalchemy.engine import Connection

from bot.conversation.response import Say
from bot.documents.orders import Order
from bot.documents.press import Made, Maker
from bot.lists import process, records
from bot.lists.faults import COLUMN, say
from bot.lists.reader import XLSX
from bot.lists.reading import decode_row
from bot.words import Words


def makers(words: Words, get: Callable[[str], bytes]) -> dict[str, Maker]:
    """Return who makes the documents of lists, by the kinds of orders; `get` reads an object, and waits."""
    return {"list_template": make_template, "list_faults": maker_of_faults(words, get)}


def make_template(_: Connection, __: Order) -> Callable[[], Made]:
    """Make the workbook that people fill in."""

    def make() -> Made:
        return Made(
            content=process.template(),
            name="Stādījumu saraksts.xlsx",
            media_type=XLSX,
            say=Say(template="list_template"),
        )

    return make


def maker_of_faults(words: Words, get: Callable[[str], bytes]) -> Maker:
    """Return who writes into a person's own file what is to be mended; `get` reads an object, and waits."""

    def maker(tx: Connection, order: Order) -> Callable[[], Made]:
        found = records.of(tx, order.payload["list"])
        if found is None or found["rows"] is None:
            raise LookupError(f"list {order.payload['list']} is gone")
        tongue = words.tongue(order.language)
        faulty = [row for stored in found["rows"] if (row := decode_row(stored)).faults]
        remarks = [[row.sheet, row.number, say(row.faults, tongue)] for row in faulty]
        key, sheets, heading = found["object_key"], found["sheets"], tongue.text(COLUMN)

        def make() -> Made:
            return Made(
                content=process.rewrite(get(key), remarks=remarks, columns=sheets, heading=heading),
                name=f"{PurePath(found['name']).stem[:80]} – {heading.lower()}.xlsx",
                media_type=XLSX,
                say=Say(template="list_faults"),
            )

        return make

    return maker
