"""PostgreSQL is stopped and started again under a running process: nothing is lost, nothing is done twice."""

import asyncio
from pathlib import Path

import aiohttp
import pytest

from tests.botapi import Server
from tests.installation import by_webhook, hears, installed
from tests.postgres import Postgres


@pytest.mark.parametrize("way", ["polling", "webhook"])
async def test_a_database_restart_is_waited_for(
    way: str, postgres: Postgres, postgresql_url: str, tmp_path: Path, botapi: Server
) -> None:
    """Meanwhile nothing is confirmed (503 on the webhook, no offset when polling) and /health says so.

    Afterwards everybody is answered once, by the same process.
    """
    here = by_webhook() if way == "webhook" else {}
    botapi.delivery.retry_scale = 0.1
    async with installed(botapi, postgresql_url, tmp_path, here) as house, aiohttp.ClientSession() as web:
        anna, berta = botapi.person(10), botapi.person(11)
        anna.sends("/start")
        await hears(anna)
        await asyncio.to_thread(postgres.stop)
        try:
            anna.sends("/palidziba")
            berta.sends("/start")
            assert 503 == (await web.get(f"{house.url}/health")).status
            assert 200 == (await web.get(f"{house.url}/health/live")).status
            if way == "webhook":
                await botapi.wait_for(lambda: len(botapi.delivery.attempts) >= 3)
                assert {200, 503} == {attempt.status for attempt in botapi.delivery.attempts}
            assert 2 == len(botapi.pending)
        finally:
            await asyncio.to_thread(postgres.start)
        assert await hears(anna)
        assert await hears(berta)
        await botapi.wait_for(lambda: not botapi.pending)
        assert 200 == (await web.get(f"{house.url}/health")).status
        assert ["command_start", "command_palidziba"] == await house.outcomes(anna)
        assert ["command_start"] == await house.outcomes(berta)
        assert [("sent", "")] * 2 == await house.sent(anna.id)
        assert [0] == await house.stop(5.0)
