"""pytest: `--accept` rewrites transcripts to what really happened, to be reviewed as a diff. Never in CI."""

import os

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare `--accept`."""
    parser.addoption("--accept", action="store_true", help="rewrite changed transcripts (✔ lines stay)")


@pytest.fixture
def accepts(request: pytest.FixtureRequest) -> bool:
    """Return whether transcripts are to be rewritten."""
    wanted = bool(request.config.getoption("--accept"))
    if wanted and os.environ.get("CI"):
        pytest.exit("--accept is for people who look at the diff, not for CI", returncode=2)
    return wanted
