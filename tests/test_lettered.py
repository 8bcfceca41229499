"""Staff who work from their mailbox: whose reply counts, who is told, and that nobody is held for answering much."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.channels.email import token
from bot.channels.email.imap import Arrived
from bot.conversation.response import Event
from bot.delivery.outbox import deliveries
from bot.desk import team
from bot.desk.answers import answers
from bot.desk.lettered import case_letters
from bot.messages import LETTERS, Address, Envelope, Inbound, Kind
from bot.people import contacts
from bot.rooms import Scene
from bot.settings import Secret
from flows.said import Said
from tests.letters import SECRET, Post, posted
from tests.transcripts.clock import MovedClock
from tests.transcripts.script import _DEFAULT_START
from tests.transcripts.stage import RecordingChannel

_LISTED, _LINKED, _ANNA = (Address(LETTERS, f"{name}@example.com") for name in ("listed", "ilze", "anna"))
_ILZE = Address("telegram", "4712")


@pytest.fixture
async def post(database_url: str, tmp_path: Path) -> AsyncIterator[Post]:
    """Return a mailroom with a desk: one address is listed, Ilze has linked hers, Anna asks for a person."""
    desk: dict[str, Any] = {
        "telegram_token": Secret("1:x"),
        "staff_chat_id": "-100500",
        "staff_topics": 1,
        "staff_mail": _LISTED.ident,
        "mail_authserv_id": "mx.example.lv",
    }
    async with posted("imap://a:b@127.0.0.1:1", database_url, tmp_path, MovedClock(_DEFAULT_START), **desk) as made:
        made.app.channels["telegram"] = RecordingChannel("telegram")
        await made.app.database.write(lambda tx: _hire(tx, made))
        yield made


def _hire(tx: Connection, post: Post) -> None:
    now = post.app.clock.now()
    own = contacts.add(tx, _ILZE, now)
    tx.execute(sa.insert(contacts.addresses).values(address=str(_LINKED), contact_id=own, created_at=now))
    event = Event(type="team.joined", data={"code": team.invite(tx, "staff", now), "name": "Ilze"})
    team.join(tx, event, Scene(contact_id=own, chat=_ILZE, now=now, language="lv", inbound_id=0))


async def _says(post: Post, sender: Address, text: str, number: int, **envelope: object) -> str:
    now = post.app.clock.now()
    item = Inbound(
        channel=LETTERS,
        external_id=str(number),
        kind=Kind.MESSAGE,
        sender=sender,
        chat=sender,
        said_at=now,
        received_at=now,
        said=Said(text=text),
        private="case" not in envelope,
        envelope=Envelope(message_id=f"{number}@example.com", **envelope),  # type: ignore[arg-type]
    )
    outcome = await post.app.inbox.receive(item)
    await post.app.sender.drain()
    return outcome


async def _told(post: Post) -> dict[str, str]:
    """Return the letters about the case, by address."""
    query = sa.select(case_letters.c.address, case_letters.c.id).order_by(case_letters.c.at)
    return await post.look(lambda tx: {row.address: row.id for row in tx.execute(query)})


async def _opens(post: Post) -> dict[str, str]:
    await _says(post, _ANNA, "Gribu runāt ar cilvēku par koku stādīšanu pie skolas.", 1, trusted=True)
    return await _told(post)


async def test_only_whoever_wants_it_is_told_by_letter(post: Post) -> None:
    """A listed address always is; one of the team once they ask for it with /vestules, and not after they do again."""
    assert {str(_LISTED)} == set(await _opens(post))
    for number, expected in ((2, {str(_LISTED), str(_LINKED)}), (4, {str(_LISTED)})):
        say = Inbound(
            channel="telegram",
            external_id=str(number),
            kind=Kind.MESSAGE,
            sender=_ILZE,
            chat=_ILZE,
            said_at=post.app.clock.now(),
            received_at=post.app.clock.now(),
            said=Said(text="/vestules"),
        )
        await post.app.inbox.receive(say)
        await post.app.database.write(lambda tx: tx.execute(sa.delete(case_letters)))
        await _says(post, _ANNA, f"Gribu runāt ar cilvēku par {number} ozoliem.", number + 1, trusted=True)
        assert expected == set(await _told(post))


async def test_a_reply_counts_only_with_everything_that_proves_it(post: Post) -> None:
    """Each of the three alone, and any two, send nothing; a letter that we never sent names no case."""
    case = (await _opens(post))[str(_LISTED)]
    stranger = Address(LETTERS, "zane@example.com")
    tries = [
        (_LISTED, {"case": case, "proven": True}),
        (_LISTED, {"case": case, "trusted": True}),
        (stranger, {"case": case, "proven": True, "trusted": True}),
        (_LISTED, {"case": "a" * 16, "proven": True, "trusted": True}),
    ]
    outcomes = [await _says(post, who, "Jā.", 10 + n, **more) for n, (who, more) in enumerate(tries)]
    assert ["letter_untrusted", "letter_foreign", "letter_nobody", "letter_unknown"] == outcomes
    assert [] == await post.look(lambda tx: list(tx.execute(sa.select(answers.c.text)).scalars()))
    assert "letter_nobody" == await _says(post, stranger, "/aizvert", 20, case=case, proven=True, trusted=True)
    assert "answered" == await _says(post, _LISTED, "Jā.", 21, case=case, proven=True, trusted=True)


async def test_one_of_the_team_is_known_by_the_address_that_they_linked(post: Post) -> None:
    """What Ilze answers by letter is hers in the team: the case is hers on Telegram too."""
    case = (await _opens(post))[str(_LISTED)]
    assert "answered" == await _says(post, _LINKED, "Jā.", 2, case=case, proven=True, trusted=True)
    by = await post.look(lambda tx: tx.execute(sa.select(answers.c.by, answers.c.name)).all())
    assert [(str(_ILZE), "Ilze")] == [tuple(row) for row in by]


async def test_staff_may_answer_more_than_people_write(post: Post) -> None:
    """Past twenty letters an hour people are held for a loop; whoever answers cases with our own token is not."""
    case = (await _opens(post))[str(_LISTED)]
    ours = token.sign_case(case, _LISTED.ident, SECRET)
    for sender, first, last in ((_LISTED.ident, 1, 22), ("zane@example.com", 23, 42), ("zane@example.com", 43, 44)):
        raws = {number: _reply(number, ours, sender) for number in range(first, last + 1)}
        now = post.app.clock.now()
        arrived = [Arrived(uid=uid, raw=raw, size=len(raw), arrived_at=now) for uid, raw in raws.items()]
        assert await post.room.take(7, arrived, last)
    assert 2 == (await post.outcomes()).count("held")
    assert 22 == await post.look(lambda tx: tx.execute(sa.select(sa.func.count()).select_from(answers)).scalar_one())


async def test_what_a_person_quotes_does_not_mark_the_letter_to_staff(post: Post) -> None:
    """A token in the person's words is taken out, so that a reply to the notice can't be taken for theirs."""
    theirs = token.sign("a" * 16, _ANNA.ident, SECRET)
    await _says(post, _ANNA, f"Gribu runāt ar cilvēku par ozoliem. Nr. {theirs}", 1, trusted=True)
    query = sa.select(deliveries.c.body).where(deliveries.c.chat == str(_LISTED))
    (body,) = await post.look(lambda tx: list(tx.execute(query).scalars()))
    assert ("ozoliem" in body["text"], ()) == (True, token.tokens(body["text"]))


def _reply(number: int, ours: str, sender: str) -> bytes:
    lines = (
        "Authentication-Results: mx.example.lv; dmarc=pass header.from=example.com",
        f"From: Kāds <{sender}>",
        "To: koki@example.lv",
        "Subject: Re: #1",
        f"Date: {_DEFAULT_START + timedelta(seconds=number):%a, %d %b %Y %H:%M:%S %z}",
        f"Message-ID: <{number}@mail.example.com>",
        f"In-Reply-To: <{ours}.9@example.lv>",
        "Content-Type: text/plain; charset=utf-8",
        "",
        f"Atbilde {number}.",
    )
    return "\r\n".join(lines).encode()
