"""Reading: lists of plantings are fetched and read beside the conversation, as a worker does."""

from bot import app as house
from bot.lists import records


async def read_lists(app: house.App) -> bool:
    """Read the lists that wait, and let the conversations hear of them; return whether there were any."""
    now = app.clock.now()
    if app.fetcher is None or not await app.database.read(lambda tx: records.is_due(tx, now)):
        return False
    while await app.fetcher.run_once():
        pass
    if not await app.reader.work_off():
        return False
    await app.duties.fire_due()
    return True
