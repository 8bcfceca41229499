"""A process of its own that opens one spreadsheet: `python -m bot.lists JOB`, asked on stdin, answered on stdout.

Its memory and its time are limited, so that no file can take the service's. See `bot.lists.process`.
"""

import json
import resource
import sys
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from bot.lists.book import TroubleError

_MEMORY = 1 << 30  # bytes
_SECONDS = 90  # of a processor


def _read(data: bytes, asked: Mapping[str, Any]) -> bytes:
    from bot.lists import reading  # noqa: PLC0415 - each job brings only what it needs

    listed = reading.read_list(data, date.fromisoformat(asked["today"]))
    answer = {
        "summary": reading.summary(listed),
        "rows": [reading.encode_row(row) for row in listed.rows],
        "sheets": [[sheet.index, sheet.heading, sheet.fix] for sheet in listed.sheets],
        "masked": [list(cell) for cell in listed.masked],
    }
    return json.dumps(answer, ensure_ascii=False).encode()


def _rewrite(data: bytes, asked: Mapping[str, Any]) -> bytes:
    from bot.lists import workbook  # noqa: PLC0415

    return workbook.rewritten(
        data,
        remarks=[workbook.Remark(sheet=sheet, number=number, text=text) for sheet, number, text in asked["remarks"]],
        columns={index: workbook.Column(heading=heading, fix=fix) for index, heading, fix in asked["columns"]},
        heading=asked["heading"],
        masked=[(sheet, row, column) for sheet, row, column in asked["masked"]],
        mask=asked["mask"],
    )


def _template(_: bytes, __: Mapping[str, Any]) -> bytes:
    from bot.lists import workbook  # noqa: PLC0415

    return workbook.template()


_JOBS: Mapping[str, Callable[[bytes, Mapping[str, Any]], bytes]] = {
    "read": _read,
    "rewrite": _rewrite,
    "template": _template,
}


def main(job: str) -> int:
    """Do a job; 3 with its name on stdout where a file can't be read."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    header, _, data = sys.stdin.buffer.read().partition(b"\n")
    try:
        answer = _JOBS[job](data, json.loads(header))
    except TroubleError as error:
        sys.stdout.write(str(error.trouble))
        return 3
    except MemoryError:
        sys.stdout.write("too_much")
        return 3
    sys.stdout.buffer.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
