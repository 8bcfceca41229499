"""A morning with two hundred cases at once: staff know of all within a minute, and nobody waits because of it."""

from pathlib import Path

from tests.rush import play_rush


async def test_two_hundred_cases_at_once(sqlite_url: str, tmp_path: Path) -> None:
    """All are listed within 60 s and have their topics within 25 minutes, in order; answers to people don't wait."""
    rush = await play_rush(sqlite_url, tmp_path)
    assert list(range(1, 201)) == rush.topics
    assert (0, 0) == (rush.lost, rush.refused)
    assert rush.listed <= 60
    assert rush.opened <= 25 * 60
    assert {0.0} == set(rush.answers)
    assert max(rush.replies) <= 10
