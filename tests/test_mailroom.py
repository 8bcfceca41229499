"""The mailroom: every letter of a real mailbox ends in one named outcome, whatever the server, people and we do."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa

from bot.alarms import standing
from bot.attachments.store import ObjectStore
from bot.channels.email.token import sign
from bot.inbox.ledger import inbound
from bot.intake import UnreadableError
from bot.mailroom import records
from bot.mailroom.records import letters, mailboxes
from tests.dovecot import Dovecot
from tests.letters import PATIENCE, SECRET, letter, posted
from tests.transcripts.clock import MovedClock


async def _deliver(dovecot: Dovecot, user: str, *sent: bytes) -> None:
    await asyncio.to_thread(dovecot.deliver, user, *sent)


async def test_a_letter_reaches_the_inbox_and_is_marked(
    dovecot: Dovecot, user: str, database_url: str, tmp_path: Path
) -> None:
    """What lies there and what comes later: entered, kept, handed on, and marked for people, but not as read."""
    await _deliver(dovecot, user, letter("kuri koki der?"))
    async with posted(dovecot.url(user), database_url, tmp_path) as post, post.watching():
        assert ["kuri koki der?"] == await post.until_heard(1)
        await _deliver(dovecot, user, letter("paldies", number=2))
        assert ["kuri koki der?", "paldies"] == await post.until_heard(2)
        assert ["message"] * 2 == await post.outcomes()
        row = await post.look(lambda tx: tx.execute(sa.select(letters)).first())
        assert row is not None
        assert b"kuri koki der?" in ObjectStore(f"file://{tmp_path / 'objects'}").get(row.object_key)
        async with asyncio.timeout(5):
            while dovecot.flags(user) != ["$KokuPaligs"] * 2:  # noqa: ASYNC110 - the server writes it
                await asyncio.sleep(0.02)


async def test_a_server_that_dies_is_come_back_to(dovecot: Dovecot, user: str, sqlite_url: str, tmp_path: Path) -> None:
    """Three times the connection's process is killed while we wait; every letter is heard once."""
    async with posted(dovecot.url(user), sqlite_url, tmp_path) as post, post.watching():
        await _deliver(dovecot, user, letter("0", number=0))
        await post.until_heard(1)
        for number in range(1, 4):
            await asyncio.sleep(0.3)
            dovecot.kill_connections()
            await _deliver(dovecot, user, letter(str(number), number=number))
            await post.until_heard(number + 1)
        assert ["0", "1", "2", "3"] == await post.texts()


async def test_a_server_that_falls_silent_is_come_back_to(
    dovecot: Dovecot, user: str, sqlite_url: str, tmp_path: Path
) -> None:
    """A connection that leads nowhere is given up when its wait is over."""
    patience = replace(PATIENCE, idle=0.5, answer=1.0)
    async with posted(dovecot.url(user), sqlite_url, tmp_path, patience=patience) as post, post.watching():
        await _deliver(dovecot, user, letter("pirms"))
        await post.until_heard(1)
        stuck = dovecot.connections()
        with dovecot.frozen():
            await _deliver(dovecot, user, letter("pēc", number=2))
            assert ["pirms", "pēc"] == await post.until_heard(2)
            assert set(stuck) != set(dovecot.connections())


async def test_a_person_who_reads_first_hides_nothing(
    dovecot: Dovecot, user: str, sqlite_url: str, tmp_path: Path
) -> None:
    """Somebody opens the mailbox on a phone: what they have read is answered as well."""
    await _deliver(dovecot, user, letter("izlasīts"), letter("nelasīts", number=2))
    dovecot.read_all(user)
    async with posted(dovecot.url(user), sqlite_url, tmp_path) as post, post.watching():
        assert ["izlasīts", "nelasīts"] == await post.until_heard(2)


async def test_what_one_person_writes_is_heard_in_that_order(
    dovecot: Dovecot, user: str, sqlite_url: str, tmp_path: Path
) -> None:
    """Also where the first of many takes the longest: one that answers a letter of ours, quoting it."""
    token = sign("a2b3c4d5e6f7g2h3", "anna@example.org", SECRET)
    slow = letter("300 bērzi\n\n> Labdien!\n> 1) Cik koku?\n", References=f"<{token}@example.lv>")
    rest = [letter(f"nē, {300 + number}", number=number) for number in range(2, 12)]
    await _deliver(dovecot, user, slow, *rest)
    async with posted(dovecot.url(user), sqlite_url, tmp_path) as post, post.watching():
        assert ["300 bērzi", *[f"nē, {300 + number}" for number in range(2, 12)]] == await post.until_heard(11)


async def test_letters_that_are_numbered_anew_are_answered_once(
    dovecot: Dovecot, user: str, database_url: str, tmp_path: Path
) -> None:
    """After a new UIDVALIDITY everything is looked at again, and known by what it is; what is new is heard."""
    nameless = letter("bez numura", number=3).replace(b"Message-ID: <3@example.org>\r\n", b"")
    await _deliver(dovecot, user, letter("1"), letter("2", number=2), nameless)
    async with posted(dovecot.url(user), database_url, tmp_path) as post:
        async with post.watching():
            await post.until_heard(3)
            await asyncio.to_thread(dovecot.renumber, user)
            await _deliver(dovecot, user, letter("4", number=4))
            assert ["1", "2", "bez numura", "4"] == await post.until_heard(4)
            await post.until(lambda tx: tx.execute(sa.select(mailboxes.c.last_uid)).scalar() == 4)
        assert (4, 3) == ((await post.outcomes()).count("message"), (await post.outcomes()).count("duplicate"))


async def test_a_letter_that_comes_twice_counts_once(
    dovecot: Dovecot, user: str, database_url: str, tmp_path: Path
) -> None:
    """Through an alias, or because a server repeats itself: the copies are entered as such."""
    await _deliver(dovecot, user, *[letter("vienreiz")] * 5)
    async with posted(dovecot.url(user), database_url, tmp_path) as post, post.watching():
        await post.until(lambda tx: len(tx.execute(sa.select(mailboxes)).all()) == 1)
        assert ["vienreiz"] == await post.texts()


async def test_a_mailbox_full_of_poison_is_read_to_its_end(
    dovecot: Dovecot, user: str, database_url: str, tmp_path: Path
) -> None:
    """What can't be read is kept, named to administrators, and holds nobody up."""
    poison = [letter(f"POISON {number}", number=f"p{number}") for number in range(30)]
    await _deliver(dovecot, user, *poison, letter("pēc indes"))
    async with posted(dovecot.url(user), database_url, tmp_path) as post, post.watching():
        await post.until(
            lambda tx: tx.execute(sa.select(inbound).where(inbound.c.text == "pēc indes")).first() is not None
        )
        await post.until(lambda tx: tx.execute(sa.select(mailboxes.c.last_uid)).scalar() == 31)
        assert [*["failed"] * 30, "message"] == await post.outcomes()
        assert 30 == len(await post.app.inbox.failures())


async def test_a_letter_that_could_not_be_read_can_be_tried_again(
    dovecot: Dovecot, user: str, sqlite_url: str, tmp_path: Path
) -> None:
    """Once this release can read it: `inbox retry` takes it from where it is kept."""
    await _deliver(dovecot, user, letter("POISON"))
    async with posted(dovecot.url(user), sqlite_url, tmp_path) as post:
        async with post.watching():
            await post.until(lambda tx: tx.execute(sa.select(inbound.c.id)).first() is not None)
        (failed,) = await post.app.inbox.failures()
        raw = await post.app.inbox.raw_of(failed.id)
        reads = post.room.letters.read
        post.room.letters.read = lambda content: reads(content.replace(b"POISON", b"labdien"))
        assert await post.room.retry(failed.id, raw) not in {"failed", "duplicate"}
        assert (["message"], []) == (await post.outcomes(), await post.app.inbox.failures())


async def test_a_letter_of_more_than_ten_megabytes_is_known_by_its_header(
    dovecot: Dovecot, user: str, sqlite_url: str, tmp_path: Path
) -> None:
    """Its content is not fetched, and what reaches the inbox says so."""
    await _deliver(dovecot, user, letter("x" * 76 + "\n" + ("y" * 76 + "\n") * 150_000), letter("maza", number=2))
    async with posted(dovecot.url(user), sqlite_url, tmp_path) as post, post.watching():
        assert ["", "maza"] == await post.until_heard(2)
        row = await post.look(lambda tx: tx.execute(sa.select(letters).order_by(letters.c.id)).first())
        assert row is not None
        assert (False, True, "message") == (row.whole, row.size > 10 * 1024 * 1024, row.outcome)
        assert len(ObjectStore(f"file://{tmp_path / 'objects'}").get(row.object_key)) < 2000


async def test_machines_are_entered_and_not_heard(dovecot: Dovecot, user: str, sqlite_url: str, tmp_path: Path) -> None:
    """An automatic reply, and a letter without a sender, end in the mail ledger."""
    await _deliver(
        dovecot,
        user,
        letter("Esmu atvaļinājumā", Auto_Submitted="auto-replied"),
        letter("?", number=2).replace(b"From: Anna <anna@example.org>\r\n", b""),
        letter("labdien", number=3),
    )
    async with posted(dovecot.url(user), sqlite_url, tmp_path) as post, post.watching():
        assert ["labdien"] == await post.until_heard(1)
        assert ["auto_reply", "refused", "message"] == await post.outcomes()


async def test_who_writes_more_than_people_do_is_not_answered_any_more(
    dovecot: Dovecot, user: str, database_url: str, tmp_path: Path
) -> None:
    """Past twenty letters an hour the rest is kept in silence, with an alarm; others are heard."""
    flood = [letter(f"vēstule {number}", number=number) for number in range(26)]
    await _deliver(dovecot, user, *flood, letter("cita", sender="Berta <berta@example.org>", number=99))
    async with posted(dovecot.url(user), database_url, tmp_path) as post, post.watching():
        assert [*[f"vēstule {number}" for number in range(20)], "cita"] == sorted(await post.until_heard(21), key=_age)
        await post.until(lambda tx: tx.execute(sa.select(mailboxes.c.last_uid)).scalar() == 27)
        assert 6 == (await post.outcomes()).count("held")
        assert ["loop"] == [key.partition(":")[0] for key in await post.look(standing)]


async def test_a_letter_that_was_held_can_be_taken_in(
    dovecot: Dovecot, user: str, sqlite_url: str, tmp_path: Path
) -> None:
    """Once, where it was a person's after all; a number under which nothing is held is refused."""
    await _deliver(dovecot, user, *[letter(f"vēstule {number}", number=number) for number in range(22)])
    async with posted(dovecot.url(user), sqlite_url, tmp_path) as post:
        async with post.watching():
            await post.until_heard(20)
            await post.until(lambda tx: tx.execute(sa.select(mailboxes.c.last_uid)).scalar() == 22)
        first, second = await post.look(records.held)
        assert await post.room.release(first.id) not in {"failed", "duplicate"}
        assert (21, [second]) == (len(await post.texts()), await post.look(records.held))
        for number in (first.id, 1, 99):
            with pytest.raises(UnreadableError):
                await post.room.release(number)
        assert 21 == len(await post.texts())


async def test_more_letters_than_people_write_wait_in_the_mailbox(
    dovecot: Dovecot, user: str, sqlite_url: str, tmp_path: Path
) -> None:
    """Past the limit of all nothing is taken in until the hour has passed; administrators are told why."""
    clock = MovedClock(datetime.now(UTC) + timedelta(hours=1))
    many = [letter(str(number), number=number, sender=f"p{number}@example.org") for number in range(45)]
    await _deliver(dovecot, user, *many)
    async with posted(dovecot.url(user), sqlite_url, tmp_path, clock, mail_intake_hourly=40) as post, post.watching():
        await post.until(post.in_trouble)
        assert ["letters"] == list(await post.look(standing))
        assert 40 == len(await post.texts())
        pulse = await post.pulse()
        assert pulse is not None
        assert "MAIL_INTAKE_HOURLY" in pulse.trouble
        clock.move(timedelta(hours=2))
        assert 45 == len(await post.until_heard(45))


async def test_a_refused_login_is_not_tried_again_at_once(
    dovecot: Dovecot, user: str, sqlite_url: str, tmp_path: Path
) -> None:
    """Servers lock accounts: the trouble is told, and the next attempt waits for minutes."""
    url = dovecot.url(user).replace("slepeni", "nepareizi")
    async with posted(url, sqlite_url, tmp_path) as post, post.watching():
        await post.until(post.in_trouble)
        pulse = await post.pulse()
        assert pulse is not None
        assert "the server refuses our login ([AUTHENTICATIONFAILED] Authentication failed.)" == pulse.trouble
        await asyncio.sleep(1.0)  # without patience it would have tried several times by now
        assert 1 == dovecot.refusals(user)


async def test_twelve_hundred_letters_that_wait_at_the_first_start(
    dovecot: Dovecot, user: str, sqlite_url: str, tmp_path: Path
) -> None:
    """Each is heard once, in their order, and memory holds few of them at a time."""
    table = (("koki.bin", bytes(36_000)),)  # 50 kB on the wire
    many = (
        letter(f"vēstule {number}", number=number, sender=f"p{number}@example.org", attachments=table)
        for number in range(1, 1201)
    )
    await _deliver(dovecot, user, *many)
    async with posted(dovecot.url(user), sqlite_url, tmp_path) as post, post.watching():
        await post.until_heard(200, 60)
        memory = psutil.Process().memory_info().rss
        heard = await post.until_heard(1200, 120)
        grown = psutil.Process().memory_info().rss - memory
        assert [f"vēstule {number}" for number in range(1, 1201)] == sorted(heard, key=_age)
        assert grown < 30_000_000  # the thousand that came in meanwhile are 50 MB


async def test_only_one_process_watches(dovecot: Dovecot, user: str, database_url: str, tmp_path: Path) -> None:
    """The lease of the mailbox; when its holder is gone another takes over."""
    await _deliver(dovecot, user, letter("1"))
    url = dovecot.url(user)
    async with posted(url, database_url, tmp_path) as first, posted(url, database_url, tmp_path) as second:
        async with first.watching():
            await second.until_heard(1)
            async with second.watching():
                await asyncio.sleep(0.5)
                assert 1 == len(dovecot.connections())
        await first.app.duties.leave()
        await _deliver(dovecot, user, letter("2", number=2))
        async with second.watching():
            assert ["1", "2"] == await second.until_heard(2)


async def test_nothing_moves_on_while_letters_can_not_be_kept(
    dovecot: Dovecot, user: str, sqlite_url: str, tmp_path: Path
) -> None:
    """A disk that is full: the letter stays where it is until there is room, and the trouble is told."""
    await _deliver(dovecot, user, letter("1"))
    async with posted(dovecot.url(user), sqlite_url, tmp_path) as post:
        store, post.room.letters.store = post.room.letters.store, ObjectStore(f"file://{tmp_path / 'other'}")
        (tmp_path / "other").rmdir()
        (tmp_path / "other").write_text("in the way")
        async with post.watching():
            await post.until(post.in_trouble)
            assert [] == await post.outcomes()
            post.room.letters.store = store
            assert ["1"] == await post.until_heard(1)


def _age(text: str) -> tuple[int, str]:
    number = text.rpartition(" ")[2]
    return (int(number), text) if number.isdigit() else (1000, text)
