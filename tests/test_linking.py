"""Linking: two contacts become one and come apart again, with everything of theirs, also beside another process."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot import app as house
from bot.attachments.records import attachments
from bot.conversation.drafts import MOST_PARKED
from bot.conversation.joining import join, remains, runs_of, split
from bot.conversation.linking import code_in
from bot.conversation.state import Conversation, Prompt
from bot.database import metadata
from bot.delivery.outbox import deliveries
from bot.desk.cases import cases
from bot.inbox import ledger
from bot.inbox.ledger import conversations, inbound, prompts
from bot.messages import LETTERS, Address, Envelope, Inbound, Kind, Said
from bot.people import contacts
from bot.people.contacts import addresses
from bot.people.guests import guests
from bot.people.linking import _new_code, link_codes, links
from bot.people.permissions import permissions
from bot.registrations.records import registrations
from bot.settings import Secret, Settings
from bot.timers import timers
from flows.run import Run
from tests.transcripts.clock import MovedClock
from tests.transcripts.stage import RecordingChannel

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_CHAT, _MAIL = Address("chat", "1"), Address(LETTERS, "anna@example.lv")
_TREES = "Gribu reģistrēt 50 ozolus, stādīju pērn aprīlī"


@dataclass(eq=False)
class Process:
    """One process of an installation, without its loops."""

    app: house.App
    channel: RecordingChannel
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def hears(self, text: str, sender: Address = _CHAT, **more: Any) -> str:
        """Receive a message or a letter, and carry out what follows from it at once."""
        outcome = await self.app.inbox.receive(self.message(text, sender, **more))
        await self.app.duties.fire_due()
        return outcome

    def message(self, text: str, sender: Address = _CHAT, **more: Any) -> Inbound:
        """Make a message as a channel would."""
        number = next(self.numbers)
        now = self.app.clock.now()
        letter = Envelope(subject="Koki", message_id=f"{number}@mail.example.lv", trusted=True)
        item = Inbound(
            channel=sender.channel,
            external_id=f"{id(self)}:{number}",
            kind=Kind.MESSAGE,
            sender=sender,
            chat=sender,
            said_at=now,
            received_at=now,
            said=Said(text=text),
            message_ref=str(number),
            envelope=letter if sender.channel == LETTERS else None,
        )
        return replace(item, **more)

    async def code(self, sender: Address = _CHAT) -> str:
        """Ask for a code and return it."""
        await self.hears("savienot", sender)
        owner = sa.select(addresses.c.contact_id).where(addresses.c.address == str(sender)).scalar_subquery()
        [(code,)] = await self.look(sa.select(link_codes.c.code).where(link_codes.c.contact_id == owner))
        return f"KOKI-{code}"

    async def tells(self) -> list[str]:
        """Send what is queued and return what was shown since the last time."""
        self.channel.heard = []
        await self.app.sender.drain()
        return [step.text for step in self.channel.heard]

    async def look(self, query: "sa.Select[Any] | sa.CompoundSelect[Any]") -> list[tuple[Any, ...]]:
        """Read rows."""
        return await self.app.database.read(lambda tx: [tuple(row) for row in tx.execute(query)])

    async def owner(self, sender: Address) -> int:
        """Return the contact of an address."""
        [(owner,)] = await self.look(sa.select(addresses.c.contact_id).where(addresses.c.address == str(sender)))
        return int(owner)


def _started(database_url: str, folder: Path, clock: MovedClock) -> Process:
    channel = RecordingChannel("chat")
    settings = Settings(
        database_url=Secret(database_url),
        data_dir=folder,
        mail_address="koki@example.org",
        mail_secret=Secret("s" * 40),
        imap_url=Secret("imap://koki:x@localhost:1"),
        smtp_url=Secret("smtp://localhost:1"),
        telegram_token=Secret("1:x"),
    )
    return Process(house.build(settings, {"chat": channel, LETTERS: channel}, clock), channel)


@pytest.fixture
async def two(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[Process, Process]]:
    """Return two processes of one installation."""
    clock = MovedClock(_NOW)
    one, other = (_started(database_url, tmp_path, clock) for _ in range(2))
    yield one, other
    await one.app.close()
    await other.app.close()


@pytest.fixture
async def process(database_url: str, tmp_path: Path) -> AsyncIterator[Process]:
    """Return the only process of an installation."""
    process = _started(database_url, tmp_path, MovedClock(_NOW))
    yield process
    await process.app.close()


def _run(name: str, days: int, **answers: Any) -> Run:
    return Run(id=name, flow="register_trees", started_at=_NOW + timedelta(days=days), answers=answers or {"who": "me"})


# --- two conversations -------------------------------------------------------------------------------------


def test_of_two_open_runs_the_newer_stays_active() -> None:
    """The other one waits before the drafts that waited already, and the prompt is that of the active one."""
    older = Conversation(run=_run("a", 1), parked=(_run("b", 0),), prompt=Prompt(id="pa", run_id="a"), nudges=2)
    newer = Conversation(run=_run("c", 3), parked=(_run("d", 2),), prompt=Prompt(id="pc", run_id="c"), nudges=1)
    for joined in (join(older, newer), join(newer, older)):
        found = joined.conversation
        assert (("c", "d", "a", "b"), "pc", 1) == (runs_of(found), found.prompt and found.prompt.id, found.nudges)
        assert () == joined.erased


def test_of_too_many_drafts_the_oldest_are_erased_and_empty_ones_too() -> None:
    """As when somebody sets drafts aside one after the other."""
    mine = Conversation(parked=tuple(_run(f"m{day}", day) for day in range(MOST_PARKED)))
    empty = replace(_run("e", 9), answers={})
    joined = join(mine, Conversation(run=_run("r", 10), parked=(_run("p", 8), empty)))
    assert ("r", "p", "m4", "m3", "m2", "m1") == runs_of(joined.conversation)
    assert ("e", "m0") == tuple(run.id for run in joined.erased)


def test_what_a_person_decided_on_either_side_holds() -> None:
    """A wish for quiet, a chosen language, the notice that was shown, and the letter to continue."""
    mine = Conversation(said_at=_NOW, spoken="lv")
    theirs = Conversation(
        greeted=True, notice="2026-11", language="en", spoken="en", quiet=True, subject="Trees", letter="1@example.lv"
    )
    joined = join(mine, theirs).conversation
    assert (True, "2026-11", "en", "en", True) == (
        joined.greeted,
        joined.notice,
        joined.language,
        joined.spoken,
        joined.quiet,
    )
    assert ("Trees", "1@example.lv", _NOW) == (joined.subject, joined.letter, joined.said_at)


def test_parting_gives_each_its_own_drafts_as_they_are_now() -> None:
    """Answers given since go with their draft; one that was sent or erased since does not come back."""
    mine = Conversation(run=_run("m", 1))
    theirs = Conversation(run=_run("t", 2), parked=(_run("sent", 0),), subject="Koki")
    joint = join(mine, theirs).conversation
    asked = Prompt(id="p", run_id="t")
    filled = _run("t", 2, who="me", planted="now")
    since = joint.with_(run=filled, parked=tuple(r for r in joint.parked if r.id != "sent"), prompt=asked)
    apart = split(since, remains(theirs), runs_of(theirs))
    assert (None, ("m",)) == (apart.kept.run, tuple(run.id for run in apart.kept.parked))
    assert (filled, (), asked, "Koki") == (
        apart.absorbed.run,
        apart.absorbed.parked,
        apart.absorbed.prompt,
        apart.absorbed.subject,
    )
    assert (filled,) == apart.back


def test_nothing_that_was_answered_is_kept_to_undo_a_link() -> None:
    """The answers live with the joint conversation alone, and end with it."""
    kept = remains(Conversation(run=_run("t", 2), parked=(_run("p", 0),), ended=_run("e", 0), subject="Koki"))
    assert Conversation(subject="Koki") == kept


# --- codes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("KOKI-ABCD2345", "ABCD2345"),
        ("Labdien! Kods: koki-abcd2345.", "ABCD2345"),
        ("KOKI–ABCD2345", "ABCD2345"),
        ("<KOKI-ABCD2345>", "ABCD2345"),
        ("/start KOKI-ABCD2345", "ABCD2345"),
        ("koki - 25liepas", ""),
        ("koki augs labi", ""),
        ("KOKI-ABCD23456", ""),
        ("KOKI-ABCD2340", ""),
    ],
)
def test_a_code_is_read_as_people_copy_it(text: str, code: str) -> None:
    """In any case, with any dash; nothing else that begins with „koki” is one."""
    assert code == code_in(text)


def test_a_code_is_never_taken_for_a_word_or_a_secret() -> None:
    """Some digit, and no number long enough to be hidden as a sign-in code."""
    codes = [_new_code() for _ in range(500)]
    hidden = [code for code in codes if house.hide(_said(f"apstiprinājuma kods KOKI-{code}")).said.masked]
    assert ([], True) == (hidden, all(any(ch.isdigit() for ch in code) for code in codes))


def _said(text: str) -> Inbound:
    return Inbound(
        channel="chat",
        external_id="1",
        kind=Kind.MESSAGE,
        sender=_CHAT,
        chat=_CHAT,
        said_at=_NOW,
        received_at=_NOW,
        said=Said(text=text),
    )


async def test_a_new_code_makes_the_older_ones_void(process: Process) -> None:
    """Whoever asks twice has one code that counts."""
    first = await process.code()
    second = await process.code()
    await process.hears(first, _MAIL)
    assert await process.owner(_CHAT) != await process.owner(_MAIL)
    await process.hears(second, _MAIL)
    assert await process.owner(_CHAT) == await process.owner(_MAIL)


async def test_without_the_other_side_no_code_is_handed_out(sqlite_url: str, tmp_path: Path) -> None:
    """Who can't write letters to us is told so, kindly."""
    channel = RecordingChannel("chat")
    settings = Settings(database_url=Secret(sqlite_url), data_dir=tmp_path)
    process = Process(house.build(settings, {"chat": channel}, MovedClock(_NOW)), channel)
    await process.hears("savienot ar e-pastu")
    [said] = await process.tells()
    assert said.endswith("Turpināt pa e-pastu pagaidām nevar: vēstules vēl nesaņemam. Rakstiet, lūdzu, tāpat šeit.")
    assert [] == await process.look(sa.select(link_codes.c.code))
    await process.app.close()


# --- rows --------------------------------------------------------------------------------------------------


async def test_everything_of_a_person_moves_and_goes_back(process: Process) -> None:
    """Every table that knows a contact; parting puts each row where it was, down to the drafts' timers."""
    await process.hears(_TREES)
    await process.hears("cilvēku, lūdzu")
    code = await process.code()
    await process.hears("Labdien! Vai augļu koki skaitās?", _MAIL)
    chat, mail = await process.owner(_CHAT), await process.owner(_MAIL)
    guest = {"address": "mailto:jurgis@example.org", "run_id": "r", "since": _NOW}
    enter = sa.insert(guests).values([{**guest, "contact_id": chat}, {**guest, "run_id": "s", "contact_id": chat}])
    await process.app.database.write(lambda tx: tx.execute(enter))
    before = await _owned(process, chat)
    assert {"cases", "deliveries", "guests", "inbound", "prompts", "timers"} <= before.keys()
    await process.hears(code, _MAIL)
    assert {} == await _owned(process, chat)
    assert (mail, mail) == (await process.owner(_CHAT), await process.owner(_MAIL))
    await process.hears("atvienot", _MAIL)
    after = await _owned(process, chat)
    assert before == {name: [key for key in keys if key in before[name]] for name, keys in after.items()}


async def _owned(process: Process, contact_id: int) -> dict[str, list[Any]]:
    """Return the keys of everything that a contact has, but for its conversation and its codes."""
    found = {}
    for table in metadata.sorted_tables:
        if "contact_id" in table.c and table not in (conversations, link_codes):
            key = [column for column in table.primary_key.columns if column.name != "contact_id"]
            query = sa.select(*key).where(table.c.contact_id == contact_id).order_by(*key)
            if rows := await process.look(query):
                found[table.name] = rows
    return found


async def test_what_would_stand_twice_stays_behind(process: Process) -> None:
    """The same file sent on both sides, and a broadcast that both were sent."""
    code = await process.code()
    await process.hears("Labdien!", _MAIL)
    chat, mail = await process.owner(_CHAT), await process.owner(_MAIL)
    file = {"address": "", "keeper": "k", "ref": "r", "unique": "u", "kind": "photo", "state": "stored"}
    sent = {"chat": "", "lane": 2, "state": "sent", "broadcast_id": 7, "created_at": _NOW, "due_at": _NOW}

    def enter(tx: sa.Connection) -> None:
        for contact in (chat, mail):
            tx.execute(sa.insert(attachments).values(contact_id=contact, due_at=_NOW, created_at=_NOW, **file))
            tx.execute(sa.insert(deliveries).values(contact_id=contact, **sent))

    await process.app.database.write(enter)
    await process.hears(code, _MAIL)
    owners = sa.select(attachments.c.contact_id).order_by(attachments.c.id)
    assert [(chat,), (mail,)] == await process.look(owners)
    bulk = sa.select(deliveries.c.contact_id).where(deliveries.c.broadcast_id == 7).order_by(deliveries.c.id)
    assert [(chat,), (mail,)] == await process.look(bulk)


async def test_what_was_made_since_stays_where_it_was_made(process: Process) -> None:
    """A registration sent from the chat while linked goes with the chat, with its permission; its case as well."""
    code = await process.code()
    await process.hears(code, _MAIL)
    for line in (_TREES, "es pats", "„Kalniņi”, Drustu pagasts", "pļava", "nē", "ievadiet jūs"):
        await process.hears(line)
    for line in ("Anna Kalniņa, 26123456", "jā", "Gribu runāt ar cilvēku par bambusu stādīšanu dārzā"):
        await process.hears(line)
    await process.hears("Gribu runāt ar cilvēku par lāpstām un citiem rīkiem", _MAIL)
    await process.hears("atvienot", _MAIL)
    chat, mail = await process.owner(_CHAT), await process.owner(_MAIL)
    assert [(chat,)] == await process.look(sa.select(registrations.c.contact_id))
    assert [(chat,)] == await process.look(sa.select(permissions.c.contact_id).distinct())
    opened = sa.select(cases.c.contact_id, cases.c.chat).order_by(cases.c.id)
    assert [(chat, str(_CHAT)), (mail, str(_MAIL))] == await process.look(opened)
    said = sa.select(inbound.c.contact_id, inbound.c.address).where(inbound.c.kind == "message").distinct()
    assert {(chat, str(_CHAT)), (mail, str(_MAIL))} == set(await process.look(said))


async def test_an_erased_draft_leaves_no_answers_behind(process: Process) -> None:
    """Neither the absorbed conversation nor the link keeps what was said once it has been erased."""
    await process.hears(_TREES)
    await process.hears(await process.code(), _MAIL)
    states = sa.select(conversations.c.state).union_all(sa.select(links.c.state))
    await process.hears("dzēst iesākto", _MAIL)
    await process.hears("jā", _MAIL)
    assert "Quercus" not in json.dumps(await process.look(states))
    await process.hears("atvienot", _MAIL)
    assert "Quercus" not in json.dumps(await process.look(states))


async def test_whoever_is_erased_is_so_on_both_sides(process: Process) -> None:
    """Either address is nobody's afterwards, and no link speaks of it."""
    await process.hears(_TREES)
    await process.hears(await process.code(), _MAIL)
    await process.hears("dzēst visus manus datus", _MAIL)
    await process.hears("dzēst visu", _CHAT)
    assert [] == await process.look(sa.select(addresses.c.address))
    assert [] == await process.look(sa.select(links.c.id))
    assert [] == await process.look(sa.select(conversations.c.state))


async def test_three_channels_come_apart_in_turn(process: Process) -> None:
    """The last link is undone first; each address is then its own again."""
    phone = Address("chat", "2")
    await process.hears(await process.code(), _MAIL)
    await process.hears(await process.code(_MAIL), phone)
    assert 1 == len({await process.owner(address) for address in (_CHAT, _MAIL, phone)})
    await process.hears("atvienot", phone)
    assert await process.owner(_CHAT) == await process.owner(_MAIL) != await process.owner(phone)
    await process.hears("atvienot")
    assert 3 == len({await process.owner(address) for address in (_CHAT, _MAIL, phone)})


async def test_they_can_be_linked_again(process: Process) -> None:
    """Parting is no end: another code links them anew, from either side."""
    for asks, brings in ((_CHAT, _MAIL), (_MAIL, _CHAT), (_CHAT, _MAIL)):
        await process.hears(await process.code(asks), brings)
        assert await process.owner(_CHAT) == await process.owner(_MAIL)
        await process.hears("atvienot", brings)
        assert await process.owner(_CHAT) != await process.owner(_MAIL)


async def test_initiatives_go_where_the_person_last_wrote_from(process: Process) -> None:
    """Of the addresses that work; the only one that is left otherwise."""
    await process.hears(await process.code(), _MAIL)
    owner = await process.owner(_CHAT)

    async def preferred() -> Address | None:
        return await process.app.database.read(lambda tx: ledger.preferred(tx, owner_now))

    owner_now = await process.owner(_MAIL)
    assert (owner, _MAIL) == (owner_now, await preferred())
    await process.hears("Labdien!")
    assert _CHAT == await preferred()
    await process.app.database.write(lambda tx: contacts.mark_gone(tx, _CHAT, _NOW, "blocked"))
    assert _MAIL == await preferred()


# --- at the same time --------------------------------------------------------------------------------------


async def test_one_code_links_one_side_however_many_bring_it(two: tuple[Process, Process]) -> None:
    """Two people bring the same code to two processes at once: one is linked, the other one hears that it is used."""
    one, other = two
    code = await one.code()
    rival = Address("chat", "2")
    await asyncio.gather(one.hears(code, _MAIL), other.hears(code, rival))
    linked = [address for address in (_MAIL, rival) if await one.owner(address) == await one.owner(_CHAT)]
    assert 1 == len(linked)
    assert [(1,)] == await one.look(sa.select(sa.func.count()).select_from(links))


async def test_two_codes_that_cross_link_once(two: tuple[Process, Process]) -> None:
    """Each side brings the other one's code to another process: one contact in the end, and nothing fails."""
    one, other = two
    first, second = await one.code(), await other.code(_MAIL)
    outcomes = await asyncio.gather(one.hears(first, _MAIL), other.hears(second, _CHAT))
    await one.app.duties.fire_due()
    assert ["linking", "linking"] == list(outcomes)
    assert await one.owner(_CHAT) == await one.owner(_MAIL)
    assert [(1,)] == await one.look(sa.select(sa.func.count()).select_from(links))


@pytest.mark.parametrize("undone", [False, True])
async def test_what_is_said_while_channels_are_linked_is_not_lost(
    two: tuple[Process, Process], *, undone: bool
) -> None:
    """Answers that another process takes at that moment are in the draft afterwards, whoever was first."""
    one, other = two
    await one.hears(_TREES)
    code = await one.code()
    if undone:
        await one.hears(code, _MAIL)
    said = ("es pats", "„Kalniņi”, Drustu pagasts", "pļava", "nē")
    link = one.hears("atvienot" if undone else code, _MAIL)
    outcomes = await asyncio.gather(link, *(other.hears(line) for line in said))
    assert ["unlinking" if undone else "linking", *["answered"] * 4] == outcomes
    owner = await one.owner(_CHAT)
    [(state,)] = await one.look(sa.select(conversations.c.state).where(conversations.c.contact_id == owner))
    assert {"plantings", "planted", "who", "place", "kind", "additional"} == state["run"]["answers"].keys()
    asked = sa.select(prompts.c.contact_id).where(prompts.c.id == state["prompt"]["id"])
    assert [(owner,)] == await one.look(asked)
    draft = sa.select(timers.c.contact_id).where(timers.c.key == f"draft:{state['run']['id']}")
    assert [(owner,)] == await one.look(draft)
