"""A bell that rings whenever something changed, so that a test waits for what it expects instead of sleeping."""

import asyncio
from collections.abc import Callable


class Bell:
    """Whoever waits looks again at every ring."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake everybody who waits."""
        self._rung.set()
        self._rung = asyncio.Event()

    async def until(self, predicate: Callable[[], bool], seconds: float) -> bool:
        """Wait until predicate holds, at most so many seconds; tell whether it does."""
        try:
            async with asyncio.timeout(seconds):  # not wait_for, which in 3.11 may swallow a cancellation
                while not predicate():
                    await self._rung.wait()
        except TimeoutError:
            return predicate()
        return True
