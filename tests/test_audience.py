"""Audience: how coordinators say whom, and that exactly those are found in the database, however many there are."""

import math
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import pytest_asyncio
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Connection

from bot.database import Database
from bot.messages import Address
from bot.outreach import audience
from bot.outreach.audience import News
from bot.outreach.distance import within
from bot.people import contacts
from bot.registrations.records import registrations
from bot.registrations.sites import registration_sites
from flows.audience import Audience, Circle, audience_of
from flows.audience_kind import ToWhom
from flows.grammar import NotUnderstood, Partly, Understood
from flows.said import Said
from knowledge.places import Point, distance_km
from tests.subscribers import subscribe

_TODAY = date(2026, 11, 26)
_NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
_OGRE = Point(56.8094, 24.6123)
_ASKED = ToWhom(key="audience", ask="", again="", label="", change="", why="", example="")

_SAID = {
    "visi": "visi, kas saņem ziņas",
    "Ogres novads un visi pārējie": "visi, kas saņem ziņas",
    "30 km ap Ogri": "ziņu saņēmēji: Ogre un 30 km apkārt",
    "30km ap ogri": "ziņu saņēmēji: Ogre un 30 km apkārt",
    "Ogre, 30 km apkārt": "ziņu saņēmēji: Ogre un 30 km apkārt",
    "trīsdesmit kilometru rādiusā no Kuldīgas": "ziņu saņēmēji: Kuldīga un 30 km apkārt",
    "50 km no pasākuma": "ziņu saņēmēji: pasākuma vieta un 50 km apkārt",
    "tuvak par 20 km no pasakuma": "ziņu saņēmēji: pasākuma vieta un 20 km apkārt",
    "tuvāk par 20 km": "ziņu saņēmēji: pasākuma vieta un 20 km apkārt",
    "visi 20 km apkārt": "ziņu saņēmēji: pasākuma vieta un 20 km apkārt",
    "skolas 30 km ap Cēsīm": "ziņu saņēmēji: Cēsis un 30 km apkārt; skolas",
    "skolam 30 km ap cesim": "ziņu saņēmēji: Cēsis un 30 km apkārt; skolas",
    "20 km ap Ogri un Cēsīm": "ziņu saņēmēji: Ogre un 20 km apkārt, Cēsis un 20 km apkārt",
    "20 km ap Ogri un 30 km no Cēsīm": "ziņu saņēmēji: Ogre un 20 km apkārt, Cēsis un 30 km apkārt",
    "20 km ap Ogri un Cēsu novads": "ziņu saņēmēji: Cēsu novads, Ogre un 20 km apkārt",
    "30 km ap Drustiem": "ziņu saņēmēji: Drusti (Smiltenes novads) un 30 km apkārt",
    "visi Ogres novadā": "ziņu saņēmēji: Ogres novads",
    "skolas un pašvaldības": "ziņu saņēmēji: pašvaldības, skolas",
    "skolam un pasvaldibam Ogres novada": "ziņu saņēmēji: Ogres novads; pašvaldības, skolas",
    "zemes īpašniekiem 15 km ap Madonu": (
        "ziņu saņēmēji: Madona un 15 km apkārt; privātpersonas, uzņēmumi un saimniecības"
    ),
    "Lūdzu, nosūtiet visām skolām Ogres un Cēsu novados": "ziņu saņēmēji: Ogres novads, Cēsu novads; skolas",
    "kas vel nav registrejusi": "ziņu saņēmēji: kas vēl nav reģistrējuši",
    "privātpersonas Siguldā, kas sākuši reģistrēt": (
        "ziņu saņēmēji: Siguldas novads; privātpersonas; kas sākuši reģistrēt, bet nav pabeiguši"
    ),
    "līdz 5 km attālumā no Salaspils": "ziņu saņēmēji: Salaspils un 5 km apkārt",
    "skolas 20 km no Talsiem": "ziņu saņēmēji: Talsi un 20 km apkārt; skolas",
    "pa visu Latviju": "visi, kas saņem ziņas",
    "mežu īpašniekiem": "ziņu saņēmēji: privātpersonas, uzņēmumi un saimniecības",
    "medijiem un organizācijām": "ziņu saņēmēji: uzņēmumi un saimniecības, pašvaldības, skolas, biedrības, mediji",
    "biedrības, kas raksta angliski": "ziņu saņēmēji: biedrības; kas raksta angliski",
}
# What would otherwise reach more people than was meant.
_NOT_SAID = (
    *("visi, izņemot skolas", "visi mūsu novadā", "visi apkārtējie", "mūsu novads", "tālāk par 20 km", "nezinu"),
    *("20 km ap skolu", "vismaz 20 km no Rīgas", "30 km no šejienes", "kas stādījuši ozolus"),
    *("30 km ap Hujkalnu", "20 km no Zaļās birzes", "Ogres novads 30 km", "0 km ap Ogri", "400 km ap Rīgu"),
)


@pytest.mark.parametrize(("said", "meant"), _SAID.items(), ids=_SAID)
def test_whom_is_read_as_it_is_typed(said: str, meant: str) -> None:
    """With and without marks, in any case, alone and together; said back in the same words, and stored without loss."""
    reading = _ASKED.read(Said(text=said), _TODAY)
    assert isinstance(reading, Understood)
    assert meant == reading.value.in_words()
    assert reading.value == _ASKED.decode(_ASKED.encode(reading.value))


@pytest.mark.parametrize("said", _NOT_SAID)
def test_what_is_not_sure_reaches_nobody(said: str) -> None:
    """An exception, a place that nobody knows or a distance from nowhere never becomes everybody."""
    assert isinstance(_ASKED.read(Said(text=said), _TODAY), NotUnderstood)


def test_an_unknown_word_loses_nothing() -> None:
    """What was understood stays, and what is said next is added to it."""
    reading = _ASKED.read(Said(text="skolas Ogres novadā un baznīcas"), _TODAY)
    assert isinstance(reading, Partly)
    assert "baznīcas" == reading.given
    assert "ziņu saņēmēji: Ogres novads; skolas" == reading.value.in_words()
    more = _ASKED.read(Said(text="biedrības"), _TODAY)
    assert isinstance(more, Understood)
    whole = _ASKED.complete(_ASKED.combine(reading.value, more.value))
    assert isinstance(whole, Understood)
    assert "ziņu saņēmēji: Ogres novads; skolas, biedrības" == whole.value.in_words()


@pytest.mark.parametrize("said", ["pašvaldībām Vidzemē", "Kurzemes skolām", "skolām Hujkalnā", "ģimenēm ar bērniem"])
def test_a_narrowing_that_is_not_known_is_named(said: str) -> None:
    """A region, a place or a word that nobody knows is asked about, and is not left out."""
    reading = _ASKED.read(Said(text=said), _TODAY)
    assert isinstance(reading, Partly)
    assert reading.given in said
    assert reading.ask % {"given": reading.given} != reading.ask


def test_a_name_of_several_places_is_asked_about() -> None:
    """The choice keeps the distance that was said with it."""
    reading = _ASKED.read(Said(text="skolas 25 km ap Saldus rajonu"), _TODAY)
    assert isinstance(reading, Partly)
    chosen = _ASKED.combine(reading.value, _ASKED.decode(reading.options[0].value))
    assert "ziņu saņēmēji: Saldus novads un 25 km apkārt; skolas" == chosen.in_words()


def test_an_audience_of_an_earlier_release_is_read() -> None:
    """It held one role, and no distances."""
    stored = {"municipalities": ["Ogres novads"], "who": "school"}
    assert Audience(municipalities=("Ogres novads",), who=("school",)) == audience_of(stored)


_LATVIA = st.tuples(st.floats(55.67, 58.09), st.floats(20.9, 28.25))


@given(_LATVIA, _LATVIA)
def test_a_distance_is_that_along_the_earth(one: tuple[float, float], other: tuple[float, float]) -> None:
    """The database counts in arithmetic alone, and is a thousandth off at most."""
    far = distance_km(Point(*one), Point(*other))
    if not 1 < far <= 300:
        return
    engine = sa.create_engine("sqlite://")
    lat, lon = (sa.cast(sa.literal(value), sa.Float) for value in other)
    with engine.connect() as connection:
        inside = connection.execute(sa.select(within(lat, lon, Point(*one), far * 1.001))).scalar()
        outside = connection.execute(sa.select(within(lat, lon, Point(*one), far * 0.999))).scalar()
    assert (True, False) == (bool(inside), bool(outside))


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Return an empty database."""
    opened = Database(database_url)
    yield opened
    await opened.close()


async def _found(database: Database, whom: Audience, at: Point | None = None) -> set[str]:
    """Return the chats of an audience, gathered as a broadcast does."""

    def look(tx: Connection) -> set[str]:
        chats: set[str] = set()
        after = 0
        while True:
            people, after = audience.batch(
                tx, whom, after, 3, now=_NOW, news=News(municipalities=("Ogres novads",), at=at)
            )
            chats |= {person.chat.ident for person in people}
            if not after:
                return chats

    return await database.read(look)


def _registered(tx: Connection, chat: int, **columns: Any) -> int:
    values: dict[str, Any] = {
        "reference": f"3MK-{chat}",
        "contact_id": contacts.owner(tx, Address("telegram", str(chat))),
        "run_id": str(chat),
        "flow": "register_trees",
        "state": "received",
        "eligibility": "fits",
        "reasons": [],
        "warnings": [],
        "answers": {"who": "person"},
        "entered_by": "",
        "summary": "",
        "started_at": _NOW,
        "received_at": _NOW,
    }
    new = sa.insert(registrations).values({**values, **columns}).returning(registrations.c.id)
    return int(tx.execute(new).scalar_one())


def _east(km: float) -> dict[str, float]:
    """Return a place so far east of Ogre."""
    return {"about_lat": _OGRE.lat, "about_lon": _OGRE.lon + km / (111.195 * math.cos(math.radians(_OGRE.lat)))}


async def test_a_circle_holds_those_whose_trees_are_in_it(database: Database) -> None:
    """By the point they sent, or about where they said; else by their municipality's seat, or that of their wish."""

    def prepare(tx: Connection) -> None:
        subscribe(tx, range(1, 10), _NOW)
        _registered(tx, 1, **_east(29.9))
        _registered(tx, 2, **_east(30.1))
        _registered(tx, 3, municipality="Ogres novads")
        _registered(tx, 4, municipality="Cēsu novads")
        wish = {"contact_id": contacts.owner(tx, Address("telegram", "5")), "municipality": "Ogres novads"}
        tx.execute(sa.insert(audience.preferences).values(**wish))
        list_ = _registered(tx, 6, municipality=None, answers={"who": "school"})
        site = {"registration_id": list_, "sheet": 0, "row": 1, "count": 5}
        tx.execute(sa.insert(registration_sites).values(**site, lat=_OGRE.lat, lon=_OGRE.lon))
        _registered(tx, 7, municipality="Cēsu novads", about_lat=57.31, about_lon=25.28)
        _registered(tx, 8, municipality="Cēsu novads", about_lat=57.31, about_lon=25.28)

    await database.write(prepare)
    near = Audience(circles=(Circle(30, "Ogre", *_OGRE),))
    assert {"1", "3", "5", "6"} == await _found(database, near)
    assert {"1", "3", "5", "6"} == await _found(database, Audience(circles=(Circle(30),)), at=_OGRE)
    assert set() == await _found(database, Audience(circles=(Circle(30),)))
    schools = Audience(circles=near.circles, who=("school", "municipality"))
    assert {"6"} == await _found(database, schools)
    either = Audience(municipalities=("Cēsu novads",), circles=near.circles)
    assert {"1", "3", "5", "6", "4", "7", "8"} == await _found(database, either)
    counted = await database.read(lambda tx: audience.count(tx, either, News(municipalities=("Ogres novads",)), _NOW))
    assert (7, {"Ogres novads": 2, "Cēsu novads": 3}) == (counted.people, dict(counted.municipalities))


async def test_a_few_among_many_are_found(database: Database) -> None:
    """Where few are meant a batch looks through so many and no more, and the next goes on from there."""

    def prepare(tx: Connection) -> None:
        subscribe(tx, range(1, 5504), _NOW)
        for chat in (2, 5001, 5503):
            _registered(tx, chat, **_east(1))

    await database.write(prepare)
    near = Audience(circles=(Circle(30, "Ogre", *_OGRE),))
    counted = await database.read(lambda tx: audience.count(tx, near, News(municipalities=("Ogres novads",)), _NOW))
    assert 3 == counted.people
    some, after = await database.read(lambda tx: audience.batch(tx, near, 0, 10, news=News(), now=_NOW))
    assert ["2"] == [person.chat.ident for person in some]
    assert after
    assert {"2", "5001", "5503"} == await _found(database, near)


async def test_news_for_several_municipalities_spare_who_wants_those_of_another(database: Database) -> None:
    """Also where that person has trees in one of them: they said of which municipality they want to hear."""

    def prepare(tx: Connection) -> None:
        subscribe(tx, range(1, 4), _NOW)
        for chat in (1, 2, 3):
            _registered(tx, chat, municipality="Cēsu novads")
        for chat, wanted in ((2, "Ogres novads"), (3, "Valmieras novads")):
            owner = contacts.owner(tx, Address("telegram", str(chat)))
            tx.execute(sa.insert(audience.preferences).values(contact_id=owner, municipality=wanted))

    await database.write(prepare)
    both = ("Cēsu novads", "Valmieras novads")
    news = News(of_event=False, municipalities=both)
    counted = await database.read(lambda tx: audience.count(tx, Audience(municipalities=both), news, _NOW))
    people, _ = await database.read(
        lambda tx: audience.batch(tx, Audience(municipalities=both), 0, 10, news=news, now=_NOW)
    )
    assert (2, ["1", "3"]) == (counted.people, [person.chat.ident for person in people])
