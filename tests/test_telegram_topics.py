"""The Telegram channel in the staff group: topics, copies, reactions, what stands in their way, what staff do there."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot

from bot.channels.telegram import TelegramChannel, read_update
from bot.channels.telegram.polling import get_raw_updates
from bot.channels.telegram.topics import title
from bot.desk import relay
from bot.desk.boards import BOARDS
from bot.messages import Address, Button, Destination, Fate, Inbound, Kind, Obstacle, Outbound, SendError
from tests.botapi import BadRequest, Group, Person, Seat, Server, TooManyRequests
from tests.botapi.faults import Refusing
from tests.botapi.icons import ICONS
from tests.botapi.spec import utf16

_STAFF = Address("telegram", "-1001000000001")
_GROUP = Destination(chat=_STAFF)
_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@dataclass(kw_only=True)
class _Desk:
    """The channel, the staff group with Ilze in it, and Anna, who has written."""

    channel: TelegramChannel
    server: Server
    staff: Group
    ilze: Seat
    anna: Person
    offset: int | None = None

    async def topic(self, name: str = "#1 Anna", icon: str = "") -> Destination:
        """Open a topic; return where it is."""
        thread = await self.channel.send(_GROUP, Outbound(kind="topic_open", text=name, icon=icon))
        return Destination(chat=_STAFF, thread=thread)

    async def says(self, to: Destination, text: str = "Jautājums") -> str:
        """Write into a topic; return the message's id."""
        return await self.channel.send(to, Outbound(text=text))

    async def hears(self) -> list[Inbound]:
        """Return what has come in and was not asked for before, without what Telegram tells itself."""
        updates = await get_raw_updates(self.channel, self.offset, 0)
        self.offset = updates[-1]["update_id"] + 1 if updates else self.offset
        read = [read_update(raw, self.channel.bot, _NOW) for raw in updates]
        return [item for item in read if item.kind is not Kind.OTHER]

    async def fails(self, to: Destination, message: Outbound) -> SendError:
        """Return how a message fails."""
        with pytest.raises(SendError) as raised:
            await self.channel.send(to, message)
        return raised.value


@pytest.fixture
async def desk(botapi: Server) -> AsyncIterator[_Desk]:
    """Return a desk before a strict server."""
    staff, anna = botapi.group(int(_STAFF.ident)), botapi.person(7, "Anna", started=True)
    channel = TelegramChannel(botapi.token, botapi.url)
    await channel.start()
    await get_raw_updates(channel, None, 0)  # from now on Telegram knows which updates we want
    ilze = staff.member(botapi.person(8, "Ilze"), admin=True)
    yield _Desk(channel=channel, server=botapi, staff=staff, ilze=ilze, anna=anna)
    await channel.close()


async def test_a_topic_lives_from_its_opening_to_its_end(desk: _Desk) -> None:
    """It is opened with an icon, renamed, closed, opened again and deleted, each by its thread."""
    to = await desk.topic("#1 <b>Anna</b> &amp; Jānis", icon="❗")
    topic = desk.staff.topics[int(to.thread)]
    assert ("#1 Anna & Jānis", "5379748062124056162") == (topic.name, topic.icon)
    await desk.channel.send(to, Outbound(kind="topic_edit", icon="✅"))
    assert ("#1 Anna & Jānis", "5237699328843200968") == (topic.name, topic.icon)
    await desk.channel.send(to, Outbound(kind="topic_edit", text="#1 Anna · Ilze"))
    assert ("#1 Anna · Ilze", "5237699328843200968") == (topic.name, topic.icon)
    for kind, closed in (("topic_close", True), ("topic_reopen", False)):
        assert to.thread == await desk.channel.send(to, Outbound(kind=kind))
        assert closed is topic.closed
    await desk.channel.send(to, Outbound(kind="topic_delete"))
    assert {} == desk.staff.topics
    assert 1 == len(desk.server.calls_of("getForumTopicIconStickers"))


@pytest.mark.parametrize("icon", [*relay.ICONS, *(icon for _, icon in BOARDS.values())])
async def test_every_icon_that_we_give_is_one_that_telegram_offers(desk: _Desk, icon: str) -> None:
    """A topic of a case or a board is opened with its icon, none without."""
    to = await desk.topic(icon=icon)
    assert icon == ICONS[desk.staff.topics[int(to.thread)].icon]


async def test_an_icon_that_telegram_has_not_is_left_out(desk: _Desk) -> None:
    """A topic is more than its icon: it is opened without one."""
    to = await desk.topic(icon="🌳")
    assert "" == desk.staff.topics[int(to.thread)].icon


async def test_messages_go_into_their_topic(desk: _Desk) -> None:
    """Each stands in its own, with its buttons, as an answer where it is one, and is changed where it stands."""
    first, second = await desk.topic("#1"), await desk.topic("#2")
    ref = await desk.says(first)
    rows = ((Button(label="Ņemt", data="c:1"),),)
    await desk.channel.send(second, Outbound(text="Cits", rows=rows))
    await desk.channel.send(first, Outbound(text="Papildus", reply_to=ref))
    await desk.channel.send(first, Outbound(kind="edit", text="Labots", target_ref=ref))
    seen = {to.thread: desk.staff.in_topic(int(to.thread)) for to in (first, second)}
    assert [["Labots", "Papildus"], ["Cits"]] == [[one.text for one in some] for some in seen.values()]
    assert (ref, [["Ņemt"]]) == (
        str(seen[first.thread][1].raw["reply_to_message"]["message_id"]),
        seen[second.thread][0].labels,
    )


async def test_a_copy_carries_what_was_sent_both_ways(desk: _Desk) -> None:
    """A photo reaches the topic with its caption and our buttons, an answer the person; the caption can be changed."""
    to = await desk.topic()
    photo = desk.anna.sends_photo(caption="Mans ozols")
    rows = ((Button(label="Atbildēt", data="a:1"),),)
    ref = await desk.channel.send(to, Outbound(kind="copy", source=("7", str(photo.message_id)), rows=rows))
    [copy] = desk.staff.in_topic(int(to.thread))
    assert (ref, "photo", "Mans ozols", [["Atbildēt"]]) == (
        str(copy.message_id),
        copy.kind,
        copy.text,
        copy.labels,
    )
    await desk.channel.send(to, Outbound(kind="caption", text="Mana <b>liepa</b>", target_ref=ref))
    assert [("Mana liepa", [])] == [(one.text, one.labels) for one in desk.staff.in_topic(int(to.thread))]
    answer = desk.ilze.sends("Skaists!", reply_to=copy)
    await desk.channel.send(
        Destination(chat=Address("telegram", "7")),
        Outbound(kind="copy", source=(_STAFF.ident, str(answer.message_id)), reply_to=str(photo.message_id)),
    )
    [received] = desk.anna.inbox
    assert ("Skaists!", photo.message_id) == (received.text, received.raw["reply_to_message"]["message_id"])


async def test_an_album_stays_an_album(desk: _Desk) -> None:
    """Its pictures are copied together, captions and all; the ids of all come back, what was deleted is left out."""
    to = await desk.topic()
    sent = desk.anna.sends_album([b"", b"", b""], "Trīs koki")
    source = ("7", *(str(one.message_id) for one in sent))
    refs = await desk.channel.send(to, Outbound(kind="copy", source=source))
    copies = desk.staff.in_topic(int(to.thread))
    assert [str(copy.message_id) for copy in copies] == refs.split(",")
    assert (1, ["Trīs koki", "", ""]) == (
        len({copy.raw["media_group_id"] for copy in copies}),
        [copy.text for copy in copies],
    )
    desk.anna.deletes(sent[0].message_id)
    assert 2 == len((await desk.channel.send(to, Outbound(kind="copy", source=source))).split(","))
    for one in sent[1:]:
        desk.anna.deletes(one.message_id)
    error = await desk.fails(to, Outbound(kind="copy", source=source))
    assert (Fate.REFUSED, Obstacle.MESSAGE_GONE) == (error.fate, error.obstacle)


async def test_a_reaction_is_put_and_taken_away(desk: _Desk) -> None:
    """It is the only one of ours on a message, which may be anybody's."""
    said = desk.anna.sends("Paldies!")
    for emoji, shown in (("👍", ["👍"]), ("❤", ["❤"]), ("", [])):
        message = Outbound(kind="reaction", text=emoji, target_ref=str(said.message_id))
        assert str(said.message_id) == await desk.channel.send(Destination(chat=Address("telegram", "7")), message)
        assert shown == desk.anna.reactions(said.message_id)


async def test_what_is_so_already_counts_as_sent(desk: _Desk) -> None:
    """Nothing is left to be done with a topic or a message that is as it should be, or gone as it should be."""
    to = await desk.topic("#1 Anna")
    ref = await desk.says(to)
    again = [
        Outbound(kind="topic_edit", text="#1 Anna"),
        Outbound(kind="topic_reopen"),
        Outbound(kind="edit", text="Jautājums", target_ref=ref),
        *[Outbound(kind="delete", target_ref=ref)] * 2,
        *[Outbound(kind="topic_delete")] * 2,
    ]
    for message in again:
        assert (message.target_ref or to.thread) == await desk.channel.send(to, message)
    assert {} == desk.staff.topics


async def test_a_topic_that_a_person_has_deleted_is_noticed_by_the_next_message(desk: _Desk) -> None:
    """Deleting tells nobody; whatever goes there afterwards is refused for a reason that a new topic can mend."""
    to = await desk.topic()
    ref = await desk.says(to)
    desk.ilze.deletes_topic(int(to.thread))
    photo = desk.anna.sends_photo()
    gone = [
        Outbound(text="x"),
        Outbound(kind="copy", source=("7", str(photo.message_id))),
        Outbound(kind="topic_edit", text="x"),
        Outbound(kind="topic_close"),
        Outbound(kind="topic_reopen"),
    ]
    errors = [await desk.fails(to, message) for message in gone]
    assert [(Fate.REFUSED, Obstacle.THREAD_GONE)] * 5 == [(error.fate, error.obstacle) for error in errors]
    error = await desk.fails(to, Outbound(kind="edit", text="x", target_ref=ref))
    assert (Fate.REFUSED, Obstacle.MESSAGE_GONE) == (error.fate, error.obstacle)


async def test_a_closed_topic_says_so(desk: _Desk) -> None:
    """What is to be written there waits for somebody to reopen it, by a reason of its own."""
    to = await desk.topic()
    desk.ilze.closes_topic(int(to.thread))
    error = await desk.fails(to, Outbound(text="x"))
    assert (Fate.REFUSED, Obstacle.THREAD_CLOSED) == (error.fate, error.obstacle)
    await desk.channel.send(to, Outbound(kind="topic_reopen"))
    await desk.says(to)


async def test_a_right_that_we_lack_is_named(desk: _Desk) -> None:
    """The reason holds Telegram's own words, so that whoever runs the group knows which right to give."""
    theirs = Destination(chat=_STAFF, thread=str(desk.ilze.opens_topic("Juris")))
    desk.staff.lets_bot("manage_chat", by=desk.server.person(8))
    wanted = {
        "topic_open": "create a topic",
        "topic_edit": "edit the topic",
        "topic_close": "close or open the topic",
        "topic_delete": "delete the topic",
    }
    for kind, what in wanted.items():
        error = await desk.fails(theirs, Outbound(kind=kind, text="x"))
        assert (Fate.REFUSED, Obstacle.NOT_ALLOWED, f"BadRequest: Not enough rights to {what}") == (
            error.fate,
            error.obstacle,
            error.reason,
        )


@pytest.mark.parametrize(
    ("fault", "fate", "obstacle"),
    [
        (BadRequest("the chat is not a forum"), Fate.REFUSED, Obstacle.NOT_ALLOWED),
        (BadRequest("CHAT_ADMIN_REQUIRED"), Fate.REFUSED, Obstacle.NOT_ALLOWED),
        (BadRequest("TOPIC_DELETED"), Fate.REFUSED, Obstacle.THREAD_GONE),
        (BadRequest("message text is empty"), Fate.REFUSED, None),
        (TooManyRequests(40), Fate.LATER, None),
    ],
)
async def test_what_telegram_says_of_a_topic_is_a_fate(
    desk: _Desk, fault: Refusing, fate: Fate, obstacle: Obstacle | None
) -> None:
    """Whatever somebody can mend is told apart from our own mistakes and from what only takes time."""
    desk.server.faults.add(kind=fault, method="createForumTopic")
    error = await desk.fails(_GROUP, Outbound(kind="topic_open", text="x"))
    assert (fate, obstacle) == (error.fate, error.obstacle)


async def test_icons_that_cannot_be_asked_for_now_are_asked_for_again(desk: _Desk) -> None:
    """The message fails as any other would, and its repetition finds them."""
    desk.server.faults.add(kind=TooManyRequests(3), method="getForumTopicIconStickers")
    error = await desk.fails(_GROUP, Outbound(kind="topic_open", text="x", icon="✅"))
    assert (Fate.LATER, 3.0) == (error.fate, error.wait)
    to = await desk.topic(icon="✅")
    assert "5237699328843200968" == desk.staff.topics[int(to.thread)].icon


@pytest.mark.parametrize(
    "message",
    [
        Outbound(kind="topic_close"),
        Outbound(kind="delete"),
        Outbound(kind="reaction", text="👍"),
        Outbound(kind="copy"),
        Outbound(kind="copy", source=("7",)),
        Outbound(kind="copy", source=("7", "x", "y")),
    ],
)
async def test_what_names_nothing_is_refused_at_once(desk: _Desk, message: Outbound) -> None:
    """It never reaches Telegram, and is not tried again: our own mistake."""
    before = len(desk.server.calls)
    assert Fate.REFUSED is (await desk.fails(_GROUP, message)).fate
    assert before == len(desk.server.calls)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_a_title_always_fits(text: str) -> None:
    """Whatever a person is called, it is one line of 1-128 UTF-16 units; what fits is left as it is."""
    made = title(text.replace("<", "").replace("&", ""))
    assert 1 <= utf16(made) <= 128
    assert made == " ".join(made.split())
    assert made == title(made)


# --- reading ----------------------------------------------------------------------------------------------


async def test_what_staff_write_in_a_topic_is_read_with_where_and_to_what(desk: _Desk) -> None:
    """A note answers nothing, a reply the message it answers; an edit says so; nothing there is private."""
    to = await desk.topic()
    ref = await desk.says(to)
    note = desk.ilze.sends("Zvanīju.", thread=int(to.thread))
    reply = desk.ilze.sends("Jā, drīkst.", reply_to=int(ref))
    desk.ilze.edits(reply.message_id, "Jā, drīkst!")
    desk.ilze.sends("Visiem labrīt!")
    told = [
        (Kind.MESSAGE, to.thread, "", "", "Zvanīju.", str(note.message_id)),
        (Kind.MESSAGE, to.thread, ref, "Jautājums", "Jā, drīkst.", str(reply.message_id)),
        (Kind.EDIT, to.thread, ref, "Jautājums", "Jā, drīkst!", str(reply.message_id)),
        (Kind.MESSAGE, "", "", "", "Visiem labrīt!", str(reply.message_id + 1)),
    ]
    heard = await desk.hears()
    assert told == [(i.kind, i.thread, i.reply_to, i.quoted, i.said.text, i.message_ref) for i in heard]
    assert {(False, "telegram:8", str(_STAFF), "Ilze")} == {
        (item.private, str(item.sender), str(item.chat), item.profile_name) for item in heard
    }


async def test_a_tap_in_a_topic_says_who_pressed_what_where(desk: _Desk) -> None:
    """Whose button it is, is for the desk to judge: in a group anybody may press it."""
    to = await desk.topic()
    ref = await desk.channel.send(to, Outbound(text="Kas ņem?", rows=((Button(label="Es", data="c:1"),),)))
    tap = desk.ilze.taps(int(ref), "Es")
    [item] = await desk.hears()
    assert (Kind.TAP, "c:1", to.thread, ref, tap.callback_id, False, "telegram:8", "") == (
        item.kind,
        item.said.tap,
        item.thread,
        item.message_ref,
        item.receipt,
        item.private,
        str(item.sender),
        item.quoted,
    )
    await desk.channel.acknowledge(item.receipt, "Jūsu.")
    assert {"text": "Jūsu.", "show_alert": False} == desk.ilze.answer_to(tap)


async def test_reactions_are_read_with_the_emoji_that_stands_now(desk: _Desk) -> None:
    """The message is known and its topic is not; an emoji that is taken away is none."""
    to = await desk.topic()
    ref = await desk.says(to)
    said = desk.anna.sends("Paldies!")
    desk.ilze.reacts(int(ref), "👍")
    desk.ilze.reacts(int(ref), None)
    desk.anna.reacts(said.message_id, "❤")
    told = [
        (Kind.REACTION, False, "telegram:8", "", ref, "👍"),
        (Kind.REACTION, False, "telegram:8", "", ref, ""),
        (Kind.REACTION, True, "telegram:7", "", str(said.message_id), "❤"),
    ]
    heard = (await desk.hears())[1:]
    assert told == [(i.kind, i.private, str(i.sender), i.thread, i.message_ref, i.payload) for i in heard]


@pytest.mark.parametrize(
    ("old", "new", "emoji"),
    [
        (["👍"], ["👍", "❤"], "❤"),
        (["👍", "❤"], ["👍"], "👍"),
        (["👍"], ["1"], ""),
        ([], ["1", "🔥"], "🔥"),
    ],
)
def test_of_several_emoji_the_new_one_counts(old: list[str], new: list[str], emoji: str) -> None:
    """Who pays Telegram may put three, and pictures that no bot can repeat; whoever hides behind the group is it."""
    group = {"id": int(_STAFF.ident), "type": "supergroup", "title": "Darbinieki"}
    sides = [
        [
            {"type": "custom_emoji", "custom_emoji_id": one} if one.isdigit() else {"type": "emoji", "emoji": one}
            for one in side
        ]
        for side in (old, new)
    ]
    change = {"chat": group, "message_id": 5, "actor_chat": group, "date": 0}
    raw = {"update_id": 5, "message_reaction": change | {"old_reaction": sides[0], "new_reaction": sides[1]}}
    item = read_update(raw, Bot("42:x"), _NOW)
    assert (emoji, _STAFF) == (item.payload, item.sender)


async def test_what_telegram_tells_of_the_group_itself_is_nothing_to_answer(desk: _Desk) -> None:
    """Topics opened, renamed, closed and opened again, by us or by a person, and what is pinned or joins."""
    to = await desk.topic()
    await desk.channel.send(to, Outbound(kind="topic_edit", text="#1 Anna · Ilze"))
    desk.ilze.closes_topic(int(to.thread))
    await desk.channel.send(to, Outbound(kind="topic_reopen"))
    desk.ilze.opens_topic("Pusdienas")
    sent = desk.ilze.sends("Svarīgi").message
    events: list[dict[str, Any]] = [
        {"pinned_message": sent},
        {"new_chat_members": [desk.anna.user]},
        {"left_chat_member": {}},
    ]
    for happened in events:
        desk.server.push({"message": {key: sent[key] for key in ("chat", "from", "date", "message_id")} | happened})
    updates: list[dict[str, Any]] = await get_raw_updates(desk.channel, None, 0)
    kinds = [read_update(raw, desk.channel.bot, _NOW).kind for raw in updates]
    assert [*[Kind.OTHER] * 5, Kind.MESSAGE, *[Kind.OTHER] * 3] == kinds
