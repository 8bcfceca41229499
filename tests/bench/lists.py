"""How long a clerk's list takes: `python -m tests.bench.lists` reads workbooks of 300 and 3,000 rows and mends one.

Each is opened as the service opens it: by a process of its own, from the bytes to the answer.
"""

import time
from datetime import date

from bot.lists import process
from tests import written_lists

_TODAY = date(2026, 11, 26)


def main() -> None:
    """Measure and print, in seconds on the clock."""
    for count in (300, 3_000):
        data = written_lists.many(count)
        begun = time.perf_counter()
        told = process.read(data, _TODAY)
        read = time.perf_counter()
        remarks = [[row["sheet"], row["number"], "Nesapratu skaitu."] for row in told["rows"][::10]]
        process.rewrite(data, remarks=remarks, columns=told["sheets"], heading="Kas jālabo")
        mended = time.perf_counter()
        rows, size = told["summary"]["rows"], len(data) / 1024
        print(f"{rows:5} rows, {size:4.0f} KB: read in {read - begun:.2f} s, remarks written in {mended - read:.2f} s")  # noqa: T201


if __name__ == "__main__":
    main()
