"""The Telegram channel: what it sends is taken, what the API says of it becomes a fate, what comes in is read."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot

from bot.channels.telegram import TelegramChannel, read_update
from bot.channels.telegram.texts import fit
from bot.messages import Address, Button, Destination, Enclosure, Fate, Inbound, Kind, Outbound, Position, SendError
from flows.said import Card, Said
from tests import pictures
from tests.botapi import (
    AcceptThenClose,
    BadRequest,
    Blocked,
    Deactivated,
    Migrated,
    ResetConnection,
    Server,
    ServerError,
    TooManyRequests,
)
from tests.botapi.html import parse_html
from tests.botapi.spec import utf16

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_ANNA = Destination(chat=Address("telegram", "7"))
_BOT = Bot("4200000:AAH-strict-loopback-bot-api-for-tests")


@pytest.fixture
async def channel(botapi: Server) -> AsyncIterator[TelegramChannel]:
    """Return the channel before a strict server, where Anna has started a chat."""
    botapi.person(7, "Anna", started=True)
    channel = TelegramChannel(botapi.token, botapi.url)
    await channel.start()
    yield channel
    await channel.close()


async def _fate(channel: TelegramChannel, message: Outbound, to: Destination = _ANNA) -> SendError:
    with pytest.raises(SendError) as raised:
        await channel.send(to, message)
    return raised.value


# --- sending ----------------------------------------------------------------------------------------------


async def test_buttons_of_both_kinds_reach_the_phone(channel: TelegramChannel, botapi: Server) -> None:
    """Inline buttons stand under the message; what asks the phone for something is a keyboard, taken away later."""
    anna = botapi.person(7)
    inline = ((Button(label="Jā", data="p:0"), Button(label="Vairāk", url="https://mapmytree.eea.europa.eu")),)
    await channel.send(_ANNA, Outbound(text="Vai <b>tā</b>?", rows=inline))
    await channel.send(_ANNA, Outbound(text="Kur?", rows=((Button(label="📍 Te", request="location"),),)))
    assert [["📍 Te"]] == [[button.text for button in row] for row in anna.keyboard]
    await channel.send(_ANNA, Outbound(text="Paldies.", clear_keyboard=True))
    assert ((), [["Jā", "Vairāk"]]) == (anna.keyboard, anna.inbox[0].labels)
    assert ["Vai tā?", "Kur?", "Paldies."] == [seen.text for seen in anna.inbox]


async def test_an_answer_shows_what_it_answers_while_that_is_there(channel: TelegramChannel, botapi: Server) -> None:
    """A reply quotes the message; when that was deleted meanwhile it is sent all the same."""
    anna = botapi.person(7)
    said = anna.sends("Labdien!")
    await channel.send(_ANNA, Outbound(text="Sveiki!", reply_to=str(said.message_id)))
    assert "Labdien!" == anna.inbox[0].raw["reply_to_message"]["text"]
    anna.deletes(said.message_id)
    await channel.send(_ANNA, Outbound(text="Vēl", reply_to=str(said.message_id)))
    assert "Vēl" == anna.inbox[1].text


async def test_a_picture_for_many_is_uploaded_once(channel: TelegramChannel, botapi: Server) -> None:
    """However many get it at once, and again by its bytes where Telegram does not know its id any more."""
    botapi.person(8, "Jānis", started=True)
    janis = Destination(chat=Address("telegram", "8"))
    file = Enclosure(key="k", name="attēls.jpg", media_type="image/jpeg", content=pictures.jpeg())
    many = Outbound(kind="photo", text="Stādu izdale", enclosures=(file,), bulk=True)
    await asyncio.gather(*(channel.send(to, many) for to in (_ANNA, janis, _ANNA, janis)))

    def uploaded() -> list[bool]:
        return ["bytes" in str(call.params["photo"]) for call in botapi.calls_of("sendPhoto")]

    assert [True, False, False, False] == uploaded()
    channel._uploads._ids["k"] = "nobody-knows-it"
    await channel.send(_ANNA, many)
    assert [True, False, False, False, False, True] == uploaded()
    botapi.violations.clear()  # an id that nobody knows is what the test is about
    assert {("photo", "Stādu izdale")} == {(seen.kind, seen.text) for seen in botapi.person(7).inbox}


async def test_a_picture_that_telegram_keeps_is_shown_by_its_ref(channel: TelegramChannel, botapi: Server) -> None:
    """A preview needs no copy of ours: the photo is named as it was when it came."""
    anna = botapi.person(7)
    file = Enclosure(key="k", name="attēls.jpg", media_type="image/jpeg", content=pictures.jpeg())
    await channel.send(_ANNA, Outbound(kind="photo", enclosures=(file,)))
    ref = anna.inbox[-1].raw["photo"][-1]["file_id"]
    shown = Enclosure(key="", name="attēls.jpg", ref=ref)
    await channel.send(_ANNA, Outbound(kind="photo", text="Tā", enclosures=(shown,)))
    assert ("photo", "Tā") == (anna.inbox[-1].kind, anna.inbox[-1].text)
    other = Enclosure(key="", name="attēls.jpg", ref="of-another-bot")
    await channel.send(_ANNA, Outbound(kind="photo", text="Bez attēla", enclosures=(other,)))
    assert "Bez attēla" == anna.inbox[-1].text
    botapi.violations.clear()  # a ref of another bot is what the test is about


async def test_a_place_is_a_pin_and_an_edit_changes_its_message(channel: TelegramChannel, botapi: Server) -> None:
    """A place is a location; an edit keeps the message's id, and one that changes nothing is as good as done."""
    await channel.send(_ANNA, Outbound(kind="place", position=Position(lat=57.3, lon=25.2)))
    ref = await channel.send(_ANNA, Outbound(text="Rinda: 3"))
    for _ in range(2):
        assert ref == await channel.send(_ANNA, Outbound(kind="edit", text="Rinda: 2", target_ref=ref))
    assert ["location", "text"] == [seen.kind for seen in botapi.person(7).inbox]
    assert "Rinda: 2" == botapi.person(7).inbox[1].text
    assert 1 == len(botapi.refusals)  # the second edit: a correct bot may meet „not modified”


async def test_a_file_goes_out_under_its_own_name_with_its_caption(channel: TelegramChannel, botapi: Server) -> None:
    """As a document, or as a picture; a name can end neither the header that it stands in nor the next field."""
    anna = botapi.person(7)
    rows = ((Button(label="Paldies", data="p:0"),),)
    named = Enclosure(key="k", name='Pateicība „Drusti"\r\nX: 1.pdf', media_type="application/pdf", content=b"%PDF")
    document = Outbound(kind="document", text="Jūsu <b>raksts</b>", rows=rows, enclosures=(named,))
    picture = Outbound(kind="photo", enclosures=(Enclosure(key="k", name="a.jpg", content=pictures.jpeg()),))
    assert ["1", "2"] == [str(int(await channel.send(_ANNA, one)) - 0) for one in (document, picture)]
    first, second = anna.inbox
    assert ("Pateicība „Drusti'X: 1.pdf", "Jūsu raksts", [["Paldies"]]) == (
        first.raw["document"]["file_name"],
        first.text,
        first.labels,
    )
    assert ("photo", "") == (second.kind, second.text)


async def test_a_message_is_never_too_long_for_telegram(channel: TelegramChannel, botapi: Server) -> None:
    """What people wrote without an end is cut where Telegram would refuse it, with its markup closed."""
    long = "<b>" + "🌳 &amp; <i>koks</i> " * 1000 + "</b>"
    ref = await channel.send(_ANNA, Outbound(text=long))
    await channel.send(_ANNA, Outbound(kind="edit", text=long + "!", target_ref=ref))
    shown = botapi.person(7).inbox[0].text
    assert (True, "🌳 & koks") == (shown.endswith(" …"), shown[:8])


@pytest.mark.parametrize(
    ("fault", "fate", "wait"),
    [
        (TooManyRequests(7), Fate.LATER, 7.0),
        (Blocked(), Fate.GONE, 0.0),
        (Deactivated(), Fate.GONE, 0.0),
        (BadRequest("chat not found"), Fate.GONE, 0.0),
        (BadRequest("PEER_ID_INVALID"), Fate.GONE, 0.0),
        (BadRequest("can't parse entities: unclosed tag"), Fate.REFUSED, 0.0),
        (BadRequest("message is too long"), Fate.REFUSED, 0.0),
        (ServerError(500), Fate.UNKNOWN, 0.0),
        (ServerError(502), Fate.UNKNOWN, 0.0),
        (ServerError(504), Fate.UNKNOWN, 0.0),
        (ResetConnection(), Fate.UNKNOWN, 0.0),
        (AcceptThenClose(), Fate.UNKNOWN, 0.0),
    ],
)
async def test_what_telegram_answers_is_a_fate(
    channel: TelegramChannel, botapi: Server, fault: Any, fate: Fate, wait: float
) -> None:
    """Each refusal and each accident says whether the message may have arrived, and whether to try again."""
    botapi.faults.add(kind=fault, method="sendMessage")
    error = await _fate(channel, Outbound(text="x"))
    assert (fate, wait) == (error.fate, error.wait)
    assert "7:x" not in error.reason


async def test_a_group_that_became_a_supergroup_is_followed(channel: TelegramChannel, botapi: Server) -> None:
    """The new id comes with the refusal; nothing was sent."""
    botapi.faults.add(kind=Migrated(-1001234), method="sendMessage")
    error = await _fate(channel, Outbound(text="x"))
    assert (Fate.NOT_SENT, "-1001234") == (error.fate, error.moved_to)


async def test_where_nobody_listens_nothing_was_sent(unused_tcp_port: int) -> None:
    """A connection that can't be made has carried nothing: sending again is safe."""
    channel = TelegramChannel("42:x", f"http://127.0.0.1:{unused_tcp_port}")
    assert Fate.NOT_SENT is (await _fate(channel, Outbound(text="x"))).fate
    await channel.close()


@pytest.fixture
async def answering() -> AsyncIterator[Callable[[Callable[[], web.Response]], Awaitable[TelegramChannel]]]:
    """Return what makes a channel before a server that answers everything so."""
    running: list[TestServer] = []
    channels: list[TelegramChannel] = []

    async def make(answer: Callable[[], web.Response]) -> TelegramChannel:
        async def handle(_: web.Request) -> web.Response:
            return answer()

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handle)
        server = TestServer(app)
        await server.start_server()
        running.append(server)
        channels.append(TelegramChannel("42:x", str(server.make_url(""))))
        return channels[-1]

    yield make
    for channel in channels:
        await channel.close()
    for server in running:
        await server.close()


@pytest.mark.parametrize(
    ("status", "body", "fate"),
    [
        (200, b'{"ok": true, "result": {"mess', Fate.UNKNOWN),  # cut off: it was carried out
        (200, b"<html>proxy</html>", Fate.UNKNOWN),
        (502, b"<html>proxy</html>", Fate.UNKNOWN),
        (403, b"<html>proxy</html>", Fate.GONE),
        (401, b'{"ok": false, "error_code": 401, "description": "Unauthorized"}', Fate.NOT_SENT),
        (404, b'{"ok": false, "error_code": 404, "description": "Not Found"}', Fate.NOT_SENT),
        (409, b'{"ok": false, "error_code": 409, "description": "Conflict"}', Fate.NOT_SENT),
        (429, b'{"ok": false, "error_code": 429, "description": "Too Many Requests"}', Fate.UNKNOWN),
    ],
)
async def test_answers_that_are_none_are_a_fate_as_well(
    answering: Callable[[Callable[[], web.Response]], Awaitable[TelegramChannel]],
    caplog: pytest.LogCaptureFixture,
    status: int,
    body: bytes,
    fate: Fate,
) -> None:
    """What a proxy or a broken line makes of an answer is not believed, and not logged: it may quote what was said."""
    channel = await answering(lambda: web.Response(status=status, body=body))
    assert fate is (await _fate(channel, Outbound(text="x"))).fate
    assert "proxy" not in caplog.text


async def test_what_another_release_has_queued_is_not_sent_as_something_else(channel: TelegramChannel) -> None:
    """A kind of message that we don't know is refused before anything leaves."""
    error = await _fate(channel, Outbound(kind="album", text="x"))
    assert (Fate.REFUSED, "no such kind of message: album") == (error.fate, error.reason)


async def test_a_tap_is_acknowledged_at_most_once_and_never_in_the_way(
    channel: TelegramChannel, botapi: Server
) -> None:
    """Too late, twice, or while Telegram is down: nothing is raised."""
    anna = botapi.person(7)
    await channel.send(_ANNA, Outbound(text="?", rows=((Button(label="Jā", data="p:0"),),)))
    tap = anna.taps(None, "Jā")
    await channel.acknowledge(tap.callback_id, "Jau pierakstīts.")
    assert {"text": "Jau pierakstīts."}.items() <= (anna.answer_to(tap) or {}).items()
    botapi.advance(3600)
    await channel.acknowledge(anna.taps(None, "Jā").callback_id, "")
    botapi.advance(3600)
    await channel.acknowledge(tap.callback_id, "")
    botapi.faults.add(kind=ServerError(502), times=2)
    await channel.acknowledge(tap.callback_id, "")
    await channel.typing(_ANNA.chat)
    await channel.typing(_ANNA.chat)
    assert ["typing"] == anna.actions


_PIECES = st.sampled_from(
    ["koks ", "🌳", "&amp;", "&lt;", "<b>", "</b>", "<i>", "</i>", '<a href="https://a.lv">', "</a>"]
)


def _closed(pieces: list[str]) -> str:
    """Make markup of pieces that is well formed: ends that nothing began are dropped, beginnings are ended."""
    written: list[str] = []
    open_tags: list[str] = []
    for piece in pieces:
        if piece.startswith("</"):
            if open_tags and open_tags[-1] == piece[2:-1]:
                written.append(f"</{open_tags.pop()}>")
        elif piece.startswith("<"):
            tag = piece[1:].split(" ")[0].rstrip(">")
            if tag not in open_tags:
                open_tags.append(tag)
                written.append(piece)
        else:
            written.append(piece)
    return "".join([*written, *(f"</{tag}>" for tag in reversed(open_tags))])


@given(st.lists(_PIECES, max_size=40).map(_closed), st.integers(5, 60))
def test_a_cut_text_is_well_formed_and_fits(text: str, most: int) -> None:
    """Wherever the limit falls, Telegram can read what is left; what fits is left alone; the beginning stays."""
    whole, left = parse_html(text).text, parse_html(fit(text, most)).text
    if utf16(whole) <= most:
        assert text == fit(text, most)
    else:
        assert most >= utf16(left) >= most - 3
        assert whole.startswith(left.removesuffix(" …"))


# --- reading ----------------------------------------------------------------------------------------------


def _read(**update: Any) -> Inbound:
    return read_update({"update_id": 5, **update}, _BOT, _NOW)


def _message(**content: Any) -> dict[str, Any]:
    sender = {"id": 7, "is_bot": False, "first_name": "Anna", "last_name": "Kalniņa", "language_code": "lv"}
    chat = {"id": 7, "type": "private", "first_name": "Anna"}
    return {"message_id": 11, "date": int(_NOW.timestamp()), "chat": chat, "from": sender, **content}


def test_a_message_is_read_with_who_where_and_when() -> None:
    """Its id is unique for ever and for this bot; relative days count from when it was said."""
    item = _read(message=_message(text="Labdien!"))
    assert ("4200000:5", Kind.MESSAGE, "telegram:7", _NOW) == (
        item.external_id,
        item.kind,
        str(item.chat),
        item.said_at,
    )
    assert (True, "lv", "Anna Kalniņa", "11") == (item.private, item.language, item.profile_name, item.message_ref)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"text": "Labdien!"}, Said(text="Labdien!")),
        ({"location": {"latitude": 57.3, "longitude": 25.2}}, Said(position=Position(lat=57.3, lon=25.2))),
        (
            {"location": {"latitude": 57.3, "longitude": 25.2, "live_period": 900}},
            Said(position=Position(lat=57.3, lon=25.2, live=True)),
        ),
        (
            {"venue": {"location": {"latitude": 57.3, "longitude": 25.2}, "title": "Parks", "address": "Cēsis"}},
            Said(position=Position(lat=57.3, lon=25.2, title="Parks", address="Cēsis")),
        ),
        (
            {"contact": {"phone_number": "+37126123456", "first_name": "Anna", "user_id": 7}},
            Said(card=Card(phone="+37126123456", first_name="Anna", own=True)),
        ),
        (
            {"contact": {"phone_number": "+37126123456", "first_name": "Jānis"}},
            Said(card=Card(phone="+37126123456", first_name="Jānis")),
        ),
        ({"dice": {"emoji": "🎲", "value": 3}}, Said(other="dice")),
        ({"new_chat_title": "X"}, Said()),
    ],
)
def test_each_content_is_read_as_what_it_is(content: dict[str, Any], said: Said) -> None:
    """Text, places, live pins, venues, contact cards, and what we can't read, by its name."""
    assert said == _read(message=_message(**content)).said


def test_of_a_photo_the_largest_size_is_taken() -> None:
    """Telegram sends several; the caption is the text, the album is known."""
    sizes = [
        {"file_id": f"f{size}", "file_unique_id": f"u{size}", "width": size, "height": size, "file_size": size}
        for size in (90, 1280, 320)
    ]
    said = _read(message=_message(photo=sizes, caption="Kalniņos", media_group_id="g")).said
    assert ("Kalniņos", "g", "f1280", "image/jpeg") == (
        said.text,
        said.album,
        said.files[0].ref,
        said.files[0].media_type,
    )


def test_a_tap_is_read_with_its_message_also_where_that_is_gone() -> None:
    """The data comes back as it was sent; a message too old to be shown leaves the tap readable."""
    sender = {"id": 7, "is_bot": False, "first_name": "Anna"}
    query = {"id": "q1", "from": sender, "chat_instance": "1", "data": "p:3"}
    shown = _read(callback_query={**query, "message": _message(text="?")})
    old = _read(callback_query={**query, "message": {"chat": {"id": 7, "type": "private"}, "message_id": 3, "date": 0}})
    none = _read(callback_query=query)
    assert [Kind.TAP] * 3 == [item.kind for item in (shown, old, none)]
    assert [("p:3", "q1", "telegram:7")] * 3 == [
        (item.said.tap, item.receipt, str(item.chat)) for item in (shown, old, none)
    ]
    assert ["11", "3", ""] == [item.message_ref for item in (shown, old, none)]


def test_a_group_is_not_private_and_its_topics_are_threads() -> None:
    """Nothing personal may be said there."""
    chat = {"id": -1001, "type": "supergroup", "title": "Darbinieki", "is_forum": True}
    item = _read(message=_message(text="x") | {"chat": chat, "message_thread_id": 44, "is_topic_message": True})
    assert (False, "telegram:-1001", "telegram:7", "44") == (
        item.private,
        str(item.chat),
        str(item.sender),
        item.thread,
    )


def test_what_telegram_may_invent_next_is_read_as_nothing() -> None:
    """A new kind of update is acknowledged and counted."""
    assert Kind.OTHER is _read(something_new={"id": 1}).kind
