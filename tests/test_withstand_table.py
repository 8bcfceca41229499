"""The table in tests/README.md: every promise names a test, and every test that it names is there."""

import re
from pathlib import Path

_HERE = Path(__file__).parent


def test_every_promise_names_tests_that_there_are() -> None:
    """A test that is renamed or removed is missed in the table at once."""
    table = [line for line in (_HERE / "README.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    named = [(line, re.findall(r"`(test_\w+\.py)::(test_\w+)`", line)) for line in table[1:]]
    assert [] == [line for line, tests in named if not tests]
    there = {path.name: path.read_text(encoding="utf-8") for path in _HERE.glob("test_*.py")}
    assert [] == [
        f"{file}::{name}" for _, tests in named for file, name in tests if f"def {name}(" not in there.get(file, "")
    ]
