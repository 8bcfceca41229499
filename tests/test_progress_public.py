"""The public numbers: over real HTTP, cached, readable by the home page alone, and looked at in a real browser."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy.engine import Connection

from bot.clock import RIGA, SystemClock
from bot.database import Database, DatabaseDownError
from bot.messages import Address
from bot.people import contacts
from bot.progress import public
from bot.progress.counting import Count, Sum
from bot.progress.pace import Goal
from bot.progress.public import Public
from bot.words import Words
from tests.browser import Tab, tab
from tests.test_progress_report import plan

_GOAL = Goal(trees=12_000_000, day=date(2030, 12, 31))
_HOME = "https://home.example.lv"
_LOOK = os.environ.get("LOOK", "")

_COUNT = Count(
    at=datetime(2026, 11, 26, 22, 30, tzinfo=UTC),
    told=Sum(412, 1_234_567),
    checked=Sum(300, 812_000),
    entered=Sum(200, 410_500),
    municipalities={
        "Dienvidkurzemes novads": Sum(120, 420_000),
        "Ogres novads": Sum(100, 310_000),
        "Valkas novads": Sum(2, 200_000),
        "Cēsu novads": Sum(3, 100_000),
    },
)


@dataclass(kw_only=True)
class _Counter:
    """Counts how often it was counted; `down` is a database that does not answer."""

    result: Count = _COUNT
    times: int = 0
    down: bool = False
    seen: list[datetime] = field(default_factory=list)

    def __call__(self, _: Connection, now: datetime) -> Count:
        if self.down:
            raise DatabaseDownError("gone")
        self.times += 1
        self.seen.append(now)
        return self.result


@dataclass(kw_only=True)
class _House:
    """A server of ours, and what it counts with."""

    url: str
    counter: _Counter
    public: Public

    def a_minute_passes(self) -> None:
        self.public._until = 0.0


@asynccontextmanager
async def _served(database_url: str, *origins: str, counter: _Counter | None = None) -> AsyncIterator[_House]:
    database = Database(database_url)
    counter = counter or _Counter()
    shown = Public(
        database=database,
        clock=SystemClock(),
        goal=_GOAL,
        voice=Words().tongue("lv"),
        origins=origins,
        count=counter,
    )
    try:
        async with _listening(shown) as url:
            yield _House(url=url, counter=counter, public=shown)
    finally:
        await database.close()


@asynccontextmanager
async def _listening(shown: Public | None = None, page: str = "") -> AsyncIterator[str]:
    """Serve on a free port what is public, or one page of somebody else."""
    app = web.Application()
    if shown:
        shown.mount(app.router)
    else:

        async def home(_: web.Request) -> web.Response:
            return web.Response(text=page, content_type="text/html")

        app.router.add_get("/", home)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    """Return an HTTP client."""
    async with aiohttp.ClientSession() as session:
        yield session


async def test_everybody_may_read_the_numbers(sqlite_url: str, client: aiohttp.ClientSession) -> None:
    """What counts, the goal, and the municipalities where there are at least three registrations."""
    async with _served(sqlite_url) as house, client.get(house.url + public.JSON_PATH) as answer:
        assert 200 == answer.status
        assert "application/json" == answer.content_type
        assert {
            "day": "2026-11-27",
            "goal": {"trees": 12_000_000, "day": "2030-12-31"},
            "told": {"registrations": 412, "trees": 1_234_567},
            "checked": {"registrations": 300, "trees": 812_000},
            "entered": {"registrations": 200, "trees": 410_500},
            "municipalities": [
                {"name": "Dienvidkurzemes novads", "registrations": 120, "trees": 420_000},
                {"name": "Ogres novads", "registrations": 100, "trees": 310_000},
                {"name": "Cēsu novads", "registrations": 3, "trees": 100_000},
            ],
            "about": "told: pierakstīts pie mums; checked: no tiem pārbaudīti; entered: no tiem ievadīti MapMyTree",
            "source": "Koku palīgs",
        } == await answer.json()


async def test_a_municipality_of_one_or_two_registrations_is_nowhere(
    sqlite_url: str, client: aiohttp.ClientSession
) -> None:
    """Neither in the JSON nor on the page."""
    async with _served(sqlite_url) as house:
        for path in (public.JSON_PATH, public.PAGE_PATH):
            async with client.get(house.url + path) as answer:
                assert "Valkas" not in await answer.text()


@pytest.mark.parametrize("path", [public.JSON_PATH, public.PAGE_PATH])
async def test_whoever_has_it_already_is_told_so(path: str, sqlite_url: str, client: aiohttp.ClientSession) -> None:
    """By its tag, for a minute and longer while nothing changes; HEAD has the headers and no body."""
    async with _served(sqlite_url) as house:
        async with client.get(house.url + path) as answer:
            tag, body = answer.headers["ETag"], await answer.read()
            assert "public, max-age=60" == answer.headers["Cache-Control"]
        house.a_minute_passes()
        async with client.get(house.url + path, headers={"If-None-Match": tag}) as answer:
            assert (304, b"") == (answer.status, await answer.read())
        async with client.get(house.url + path, headers={"If-None-Match": '"other"'}) as answer:
            assert (200, body) == (answer.status, await answer.read())
        async with client.head(house.url + path) as answer:
            assert (200, tag, b"") == (answer.status, answer.headers["ETag"], await answer.read())
            assert str(len(body)) == answer.headers["Content-Length"]


async def test_it_is_counted_once_a_minute_however_many_ask(sqlite_url: str, client: aiohttp.ClientSession) -> None:
    """Twenty at once are one count; a minute later there is another."""
    async with _served(sqlite_url) as house:

        async def ask(path: str) -> int:
            async with client.get(house.url + path) as answer:
                return answer.status

        paths = [public.JSON_PATH, public.PAGE_PATH] * 10
        assert [200] * 20 == list(await asyncio.gather(*map(ask, paths)))
        assert 1 == house.counter.times
        house.a_minute_passes()
        await ask(public.JSON_PATH)
        assert 2 == house.counter.times


async def test_while_the_database_is_down_the_last_count_stands(sqlite_url: str, client: aiohttp.ClientSession) -> None:
    """Without any it is a 503 that says when to come again."""
    async with _served(sqlite_url, counter=_Counter(down=True)) as house:
        async with client.get(house.url + public.PAGE_PATH) as answer:
            assert (503, "60") == (answer.status, answer.headers["Retry-After"])
        house.counter.down = False
        async with client.get(house.url + public.PAGE_PATH) as answer:
            assert 200 == answer.status
        house.a_minute_passes()
        house.counter.down = True
        async with client.get(house.url + public.PAGE_PATH) as answer:
            assert 200 == answer.status


@pytest.mark.parametrize(
    ("origin", "allowed"), [(_HOME, _HOME), ("https://evil.example", None), ("null", None), (_HOME + ".evil.lv", None)]
)
async def test_only_the_home_pages_scripts_may_read_it(
    origin: str, allowed: str | None, sqlite_url: str, client: aiohttp.ClientSession
) -> None:
    """Others' are not named; nobody is let in with cookies."""
    async with (
        _served(sqlite_url, _HOME) as house,
        client.get(house.url + public.JSON_PATH, headers={"Origin": origin}) as answer,
    ):
        assert (allowed, None, "Origin") == (
            answer.headers.get("Access-Control-Allow-Origin"),
            answer.headers.get("Access-Control-Allow-Credentials"),
            answer.headers["Vary"],
        )


async def test_nothing_can_be_written(sqlite_url: str, client: aiohttp.ClientSession) -> None:
    """Only GET and HEAD are offered."""
    async with _served(sqlite_url) as house:
        for path in (public.JSON_PATH, public.PAGE_PATH):
            for method in ("POST", "PUT", "DELETE", "PATCH"):
                async with client.request(method, house.url + path) as answer:
                    assert 405 == answer.status


async def test_everybody_may_know_of_the_events_to_come(database_url: str, client: aiohttp.ClientSession) -> None:
    """The soonest first, with what an announcement says; not whom to call, and the pin only where there is one."""
    now = SystemClock().now().replace(microsecond=0)
    late = datetime.combine(now.astimezone(RIGA).date() + timedelta(days=9), time(10), RIGA)

    def write(tx: Connection) -> None:
        contacts.add(tx, Address("telegram", "1"), now)
        pinned = {"text": "Nāciet!", "where": "Pie skolas", "contact": "Inga, 26 123 456", "pin": True}
        plan(
            tx,
            "liepas",
            late + timedelta(days=1),
            lat=56.8,
            lon=24.6,
            words=pinned,
            ends_at=late + timedelta(days=1.125),
            purpose="planting",
        )
        plan(tx, "ozolus", late, lat=56.8, lon=24.6, municipality="Ogres novads", state="cancelled")
        plan(tx, "egles", now - timedelta(days=1))

    database = Database(database_url)
    await database.write(write)
    shown = Public(database=database, clock=SystemClock(), goal=_GOAL, voice=Words().tongue("lv"))
    async with _listening(shown) as url, client.get(url + public.EVENTS_PATH) as answer:
        said, told = await answer.text(), await answer.json()
    await database.close()
    ozoli, liepas = told["events"]
    assert {
        "code": "ozolus",
        "purpose": None,
        "title": "Stādām ozolus",
        "text": "Nāciet!",
        "where": "Skolas pagalmā",
        "municipality": "Ogres novads",
        "lat": None,
        "lon": None,
        "day": late.date().isoformat(),
        "start": "10:00",
        "end": None,
        "cancelled": True,
    } == ozoli
    assert (56.8, 24.6, "13:00", False) == (liepas["lat"], liepas["lon"], liepas["end"], liepas["cancelled"])
    assert "planting" == liepas["purpose"]
    assert "26 123 456" not in said


async def test_what_is_counted_is_what_is_in_the_database(database_url: str, client: aiohttp.ClientSession) -> None:
    """The same count as everywhere else, of an installation that has just begun."""
    database = Database(database_url)
    shown = Public(database=database, clock=SystemClock(), goal=_GOAL, voice=Words().tongue("lv"))
    async with _listening(shown) as url, client.get(url + public.JSON_PATH) as answer:
        told = await answer.json()
    await database.close()
    assert ({"registrations": 0, "trees": 0}, []) == (told["told"], told["municipalities"])


# Looks at every element that holds text: its size, and how its colour stands out from what is behind it.
_LOOKER = """(() => {
const light = c => [0, 1, 2].map(i => c[i] / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
const rgb = text => text.match(/[\\d.]+/g).map(Number);
const behind = light(rgb(getComputedStyle(document.body).backgroundColor));
const seen = [...document.body.querySelectorAll("*")].filter(el =>
  [...el.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())).map(el => {
  const pair = [light(rgb(getComputedStyle(el).color)), behind].sort((a, b) => b - a);
  return {size: parseFloat(getComputedStyle(el).fontSize), contrast: (pair[0] + .05) / (pair[1] + .05)}; });
return {inner: innerWidth, wide: document.documentElement.scrollWidth, texts: seen.length,
  smallest: Math.min(...seen.map(s => s.size)), faintest: Math.min(...seen.map(s => s.contrast)),
  bar: ["told", "checked", "entered"].map(name => document.querySelector("rect." + name).getBoundingClientRect().width
    / document.querySelector("rect.all").getBoundingClientRect().width)}; })()"""

# The home page: it embeds the page and reads the JSON of the service that its address names.
_HOME_PAGE = """<!DOCTYPE html><html lang="lv"><title>Mājaslapa</title><body style="background: #fff"><h1>Mājaslapa</h1>
<iframe title="Koki" width="390" height="640"></iframe>
<script>
const url = location.hash.slice(1);
document.querySelector("iframe").src = url + "/progress";
window.seen = fetch(url + "/api/progress.json").then(answer => answer.json())
  .then(told => told.told.trees, () => "refused");
</script>"""


async def test_the_page_is_readable_on_a_phone(browser: str, sqlite_url: str) -> None:
    """Nothing is wider than the screen, no text small or faint, by day and night; nothing comes from anywhere else."""
    async with tab(browser) as page, _served(sqlite_url) as house:
        for dark in (False, True):
            await page.open(f"{house.url}/progress", width=390, height=844, dark=dark)
            seen = await page.evaluate(_LOOKER)
            assert (390, 390) == (seen["inner"], seen["wide"])
            assert seen["texts"] > 15
            assert seen["smallest"] >= 16
            assert seen["faintest"] >= 4.5  # WCAG AA
            assert [0.1029, 0.0677, 0.0342] == [round(width, 4) for width in seen["bar"]]
            assert [f"{house.url}/progress"] == page.requests
            assert [] == page.complaints
            await _keep(page, f"progress-{'dark' if dark else 'light'}")
        await page.open(f"{house.url}/progress")
        await _keep(page, "progress-wide")
        house.counter.result = replace(_COUNT, told=Sum(500_000, 12_345_678))
        house.a_minute_passes()
        await page.open(
            f"{house.url}/progress?full", width=320, height=640
        )  # another address: the last is kept a minute
        seen = await page.evaluate(_LOOKER)
        assert (320, 320) == (seen["inner"], seen["wide"])
        await _keep(page, "progress-full")


async def test_a_screen_reader_tells_the_numbers(browser: str, sqlite_url: str) -> None:
    """The heading, the bar in words, and a table whose rows have names."""
    async with tab(browser) as page, _served(sqlite_url) as house:
        await page.open(f"{house.url}/progress")
        spoken = await page.spoken()
    assert {
        ("heading", "Pierakstīti koki"),
        ("image", "Sasniegts 10\u00a0% no mērķa, kas ir 12\u00a0000\u00a0000 koku"),
        ("table", "Visvairāk koku"),
        ("rowheader", "Ogres novads"),
        ("columnheader", "Pašvaldība"),
    } <= set(spoken)


async def test_the_home_page_may_show_it_and_nobody_else(browser: str, sqlite_url: str) -> None:
    """The page within a frame, and the numbers for its own script."""
    async with tab(browser) as page, _listening(page=_HOME_PAGE) as home:
        async with _served(sqlite_url, home) as house:
            await page.open(f"{home}/#{house.url}")
            assert 1_234_567 == await page.evaluate("window.seen")
            assert [] == page.complaints
            await _keep(page, "progress-embedded")
        async with _served(sqlite_url, "https://home.example.lv") as house:
            await page.open(f"{home}/?stranger#{house.url}")
            assert "refused" == await page.evaluate("window.seen")
            assert any("frame-ancestors" in complaint for complaint in page.complaints)


async def _keep(page: Tab, name: str) -> None:
    """Keep a picture where LOOK names a folder."""
    if _LOOK:
        _write(name, await page.picture())


def _write(name: str, picture: bytes) -> None:
    (Path(_LOOK) / f"{name}.png").write_bytes(picture)
