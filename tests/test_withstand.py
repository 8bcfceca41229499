"""What people, Telegram and old releases do to us: each ends in a named outcome, on a real process."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import sqlalchemy as sa

from bot import timers
from bot.inbox.ledger import conversations, inbound, prompts
from bot.people.contacts import addresses
from bot.registrations.records import registrations
from tests.botapi import (
    AcceptThenClose,
    Blocked,
    Deactivated,
    Person,
    ResetConnection,
    Sent,
    Server,
    ServerError,
    TooManyRequests,
)
from tests.conftest import fresh_sqlite
from tests.installation import ADMINS, Installation, hears, installed

pytestmark = pytest.mark.asyncio(loop_scope="module")

_STAFF = -1001000500
_SEND = "Viss pareizi, nosūtīt"
_REGISTRATION = (
    "Gribu reģistrēt 50 ozolus, stādīti pērn aprīlī, Kalniņi, Drustu pagasts, pie mājas",
    "es pats",
    "nē",
    "ievadīšu es",
    "Anna Kalniņa, 26123456",
)
_HELP, _LANGUAGE, _PRIVACY = "/palidziba", "/valoda", "/privatums"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(prepared_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """Return a running installation that polls; whatever these tests do to it, it must have broken no rule."""
    folder = tmp_path_factory.mktemp("withstand")
    async with Server() as server:
        server.group(_STAFF)
        url = fresh_sqlite(prepared_sqlite, folder)
        async with installed(server, url, folder, {"STAFF_CHAT_ID": str(_STAFF)}) as house:
            yield house
        assert [] == server.violations


async def _met(house: Installation, number: int, **more: Any) -> Person:
    """Return somebody who has been greeted."""
    person = house.server.person(number, **more)
    person.sends("/start")
    await hears(person)
    return person


async def _asked(house: Installation, number: int) -> tuple[Person, Any]:
    """Return somebody who has begun a registration, and the first question."""
    person = house.server.person(number)
    person.sends("/start registret")
    [question] = await person.receives(timeout=20)
    return person, question


async def _answers(house: Installation, *taps: tuple[Person, Sent]) -> list[str]:
    """Wait until taps are answered, and return the lines that passed over the screen."""
    await house.server.wait_for(lambda: all(person.answer_to(tap) is not None for person, tap in taps))
    return [(person.answer_to(tap) or {}).get("text", "") for person, tap in taps]


def _raw(person: Person, text: str, **more: Any) -> dict[str, Any]:
    """Return a message as no client of ours would send it."""
    chat = {"id": person.id, "type": "private", "first_name": "Anna"}
    sender = {"id": person.id, "is_bot": False, "first_name": "Anna", "language_code": "lv"}
    return {"message": {"message_id": 900_001, "date": 1795000000, "chat": chat, "from": sender, "text": text, **more}}


async def test_the_same_update_twice_is_answered_once(house: Installation) -> None:
    """Telegram repeats what it is not sure we have; the ledger knows it by its id."""
    anna = await _met(house, 10)
    sent = anna.sends(_HELP)
    await hears(anna)
    await house.server.wait_for(lambda: not house.server.pending)  # answered, but perhaps not yet confirmed
    house.server.push({"update_id": sent.update_id, "message": sent.message})
    await house.server.wait_for(lambda: not house.server.pending)
    anna.sends(_LANGUAGE)
    await hears(anna)
    assert ["command_start", "command_palidziba", "command_valoda"] == await house.outcomes(anna)
    assert 3 == len(anna.inbox)


async def test_two_quick_taps_count_once(house: Installation) -> None:
    """A button pressed twice in a row is one answer; the second tap is told so and changes nothing."""
    anna, question = await _asked(house, 11)
    label = question.labels[0][0]
    toasts = await _answers(house, (anna, anna.taps(question, label)), (anna, anna.taps(question, label)))
    assert ["", "Jau pierakstīts."] == toasts
    await hears(anna)
    assert ["command_start", "answered", "repeated_tap"] == await house.outcomes(anna)
    assert [("sent", "")] * 2 == await house.sent(anna.id)


async def test_two_quick_taps_on_send_register_once(house: Installation) -> None:
    """The review is sent once, with one number; the second tap is told that it is over."""
    anna = house.server.person(15)
    for line in _REGISTRATION:
        anna.sends(line)
        await hears(anna)
    review = await anna.sees("pārbaudiet", timeout=20)
    toasts = await _answers(house, (anna, anna.taps(review, _SEND)), (anna, anna.taps(review, _SEND)))
    assert ["", "Šī poga vairs nav vajadzīga."] == toasts
    await anna.sees("Reģistrācijas numurs", timeout=20)
    count = sa.select(sa.func.count()).select_from(registrations)
    assert 1 == await house.look(lambda tx: tx.execute(count).scalar_one())


async def test_a_flow_that_a_deploy_has_changed(house: Installation) -> None:
    """Of a question that is gone its button says so; of a flow that is gone nothing is left, and talk goes on."""
    anna, asked = await _asked(house, 12)
    berta, asked_too = await _asked(house, 13)
    await house.stop()
    query = sa.select(addresses.c.address, conversations).join_from(addresses, conversations, onclause=(
        addresses.c.contact_id == conversations.c.contact_id))  # fmt: skip
    rows = await house.look(lambda tx: {row.address: row for row in tx.execute(query)})
    mine, hers = rows[f"telegram:{anna.id}"], rows[f"telegram:{berta.id}"]
    older = {**mine.state, "prompt": None, "run": {**mine.state["run"], "answers": {"gone": 7}, "path": ["gone"]}}
    removed = {**hers.state, "run": {**hers.state["run"], "flow": "gone"}}
    mine_is, hers_is = (conversations.c.contact_id == row.contact_id for row in (mine, hers))
    await house.change(
        sa.update(conversations).where(mine_is).values(state=older),
        sa.update(conversations).where(hers_is).values(state=removed),
        sa.update(prompts).where(prompts.c.contact_id == mine.contact_id).values(options=[["answer", "gone", 1]] * 5),
    )
    await house.start()
    taps = [(anna, anna.taps(asked, asked.labels[0][0])), (berta, berta.taps(asked_too, asked_too.labels[0][0]))]
    assert ["Jautājums ir mainījies.", "Šī poga vairs nav vajadzīga."] == await _answers(house, *taps)
    anna.sends(_HELP)
    berta.sends(_HELP)
    assert await hears(anna)
    assert await hears(berta)
    assert ["command_start", "changed_flow", "command_palidziba"] == await house.outcomes(anna)
    assert ["command_start", "over", "command_palidziba"] == await house.outcomes(berta)


async def test_a_file_of_more_than_20_megabytes(house: Installation) -> None:
    """Telegram hands out no file of that size: the person is told at once what will do, and nobody is alarmed."""
    anna = await _met(house, 14)
    anna.sends_document(b"x", "mezs.jpg", "image/jpeg", size=21 * 1024 * 1024)
    [told] = await hears(anna)
    assert "20 MB" in told
    assert ["command_start", "file_too_big"] == await house.outcomes(anna)
    assert [] == [state for state, _ in await house.sent(anna.id) if state != "sent"]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (20, "Kas ir MapMyTree? " * 560),  # 10,000 characters
        (21, "<b>&amp;</b>" * 900),
        (22, "🌳🌲🌴" * 1000),
        (23, "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 \U0001f1f1\U0001f1fb ✅"),
        (24, "\u202e\u05e9\u05dc\u05d5\u05dd\u202c \u0627\u0644\u0639\u0627\u0644\u0645 50 ozoli"),
        (25, "\u200b\u200c\u200d\u2060\ufeff"),
        (26, "oz\u200boli un li\u200depas"),
        (27, "ozoli \ud83d un \udc00"),
        (28, "ozoli \0 un liepas"),
        (29, "a\u0304b" + "\u0301" * 3000),
        (30, " \t\n "),
        (31, "'; DROP TABLE inbound; --"),
        (32, "{{ 7 * 7 }} %(count)s {0} %s"),
    ],
)
async def test_strange_texts_are_answered(house: Installation, number: int, text: str) -> None:
    """However long and of whatever characters, a text is stored, decided and answered within Telegram's limits."""
    anna = await _met(house, number)
    house.server.push(_raw(anna, text))
    [told] = await hears(anna)
    assert told
    assert "failed" not in await house.outcomes(anna)
    assert {("sent", "")} == {*await house.sent(anna.id), *await house.sent(_STAFF)}


async def test_strange_texts_as_an_answer_to_an_open_question(house: Installation) -> None:
    """The same while a question is open that takes any text: what is echoed still fits into a message."""
    anna, question = await _asked(house, 33)
    anna.taps(question, "Uzņēmums vai z/s")
    await hears(anna)
    house.server.push(_raw(anna, "SIA Koks & <Lapa> 🌳 " * 500))
    assert await hears(anna)
    assert {("sent", "")} == set(await house.sent(anna.id))


async def test_a_button_from_last_month_and_one_that_is_forgotten(house: Installation) -> None:
    """A prompt is kept: its button still starts what it says. One that was erased says that it no longer works."""
    anna, berta = await _met(house, 40), await _met(house, 41)
    old = datetime.now(UTC) - timedelta(days=40)
    query = sa.select(addresses.c.contact_id).where(addresses.c.address == f"telegram:{berta.id}")
    contact_id = await house.look(lambda tx: tx.execute(query).scalar_one())
    await house.change(
        sa.update(prompts).values(created_at=old),
        sa.delete(prompts).where(prompts.c.contact_id == contact_id),
    )
    taps = [(person, person.taps(person.inbox[0], "Reģistrēt kokus")) for person in (anna, berta)]
    assert ["", "Šī poga vairs nedarbojas."] == await _answers(house, *taps)
    assert await hears(anna)
    assert ["command_start", "unknown_button"] == await house.outcomes(berta)


@pytest.mark.parametrize(("number", "fault"), [(50, Blocked()), (51, Deactivated())])
async def test_a_person_who_can_not_be_reached(house: Installation, number: int, fault: Blocked | Deactivated) -> None:
    """A 403 ends the message and marks the address, with no alarm; writing again makes it reachable."""
    anna = await _met(house, number)
    gone = sa.select(addresses.c.gone_because).where(addresses.c.address == f"telegram:{anna.id}")
    house.server.faults.add(kind=fault, method="sendMessage", chat=anna.id)
    anna.sends(_HELP)
    await house.until(lambda tx: tx.execute(gone).scalar() is not None)
    [_, (state, reason)] = await house.sent(anna.id)
    assert ("failed", True) == (state, reason.startswith("Forbidden"))
    anna.sends(_LANGUAGE)
    assert await hears(anna)
    await house.until(lambda tx: tx.execute(gone).scalar() is None)


async def test_a_block_and_an_unblock_are_told_by_telegram(house: Installation) -> None:
    """Who blocks us is marked at once, and no longer after coming back; nothing is said either time."""
    anna = await _met(house, 52)
    gone = sa.select(addresses.c.gone_because).where(addresses.c.address == f"telegram:{anna.id}")
    anna.blocks_bot()
    await house.until(lambda tx: tx.execute(gone).scalar() == "blocked")
    anna.unblocks_bot()
    await house.until(lambda tx: tx.execute(gone).scalar() is None)
    assert ["command_start", "blocked", "returned"] == await house.outcomes(anna)
    assert 1 == len(anna.inbox)


async def test_a_429_on_the_middle_message_keeps_the_order_and_holds_nobody_else(house: Installation) -> None:
    """The refused answer waits as long as it was told, its chat with it; another person's answer passes."""
    anna, berta = await _met(house, 53), await _met(house, 54)
    house.server.faults.add(kind=TooManyRequests(1), method="sendMessage", chat=anna.id, after=1)
    for line in (_HELP, _PRIVACY, _LANGUAGE):
        anna.sends(line)
    berta.sends(_HELP)
    in_order = [seen.text for seen in await anna.receives(3, timeout=20)]
    chats = [call.params["chat_id"] for call in house.server.calls_of("sendMessage") if call.code == 200][-4:]
    assert [anna.id, berta.id, anna.id, anna.id] == sorted(chats[:2]) + chats[2:]
    assert ["protu" in in_order[0] or "Varu" in in_order[0], "dat" in in_order[1], "valod" in in_order[2]] == [True] * 3
    assert 1 == sum(call.code == 429 for call in house.server.calls_of("sendMessage") if call.params["chat_id"] == 53)


@pytest.mark.parametrize(
    ("number", "fault", "shown"),
    [
        (60, ServerError(502), 1),
        (61, ServerError(500), 1),
        (62, ResetConnection(), 1),
        (63, AcceptThenClose(), 2),  # nobody can know that it arrived: better twice than never
    ],
)
async def test_a_reply_survives_a_bad_connection(house: Installation, number: int, fault: Any, shown: int) -> None:
    """A reply whose fate is not known goes again a second later, and the next one after it."""
    anna = await _met(house, number)
    house.server.faults.add(kind=fault, method="sendMessage", chat=anna.id)
    anna.sends(_HELP)
    anna.sends(_LANGUAGE)
    heard = await hears(anna, shown + 1)
    assert shown == heard.count(heard[0])
    assert heard[0] != heard[-1]
    assert [("sent", "")] * 3 == await house.sent(anna.id)


async def test_what_can_not_be_read_is_kept_raw_and_blocks_nobody(house: Installation) -> None:
    """Administrators hear of it, the next message is answered, /health and `inbox list` name it; secrets are masked."""
    anna, admins = await _met(house, 70), house.server.group(ADMINS)
    poison = _raw(anna, "mans kods ir 010190-12345")
    poison["message"]["chat"] = {"id": "none"}
    house.server.push(poison)
    anna.sends(_HELP)
    assert await hears(anna)
    await admins.sees("Ziņu neizdevās apstrādāt", timeout=20)
    row = await house.look(lambda tx: tx.execute(sa.select(inbound).where(inbound.c.outcome == "failed")).one())
    assert ("none", False) == (row.raw["message"]["chat"]["id"], "010190" in json.dumps(row.raw) + (row.error or ""))
    assert f"{row.id}\t" in (await house.command("inbox", "list"))[1]
    assert (1, True) == _still(await house.command("inbox", "retry", str(row.id)))
    assert "010190" not in house.log
    await house.change(sa.delete(inbound).where(inbound.c.id == row.id))


async def test_what_could_not_be_handled_is_handled_again(house: Installation) -> None:
    """Once the cause is mended, `inbox retry ID` answers the message as if it had just come; once, not twice."""
    anna = await _met(house, 71)
    address = sa.select(addresses.c.contact_id).where(addresses.c.address == f"telegram:{anna.id}").scalar_subquery()
    hers = conversations.c.contact_id == address
    state = await house.look(lambda tx: tx.execute(sa.select(conversations.c.state).where(hers)).scalar_one())
    await house.change(sa.update(conversations).where(hers).values(state={"v": 1, "prompt": {"nonsense": True}}))
    anna.sends(_HELP)
    assert ["Mūsu sistēmā radās kļūda. Jūsu atbildes ir saglabātas; pamēģiniet vēlreiz pēc brīža."] == await hears(anna)
    await house.change(sa.update(conversations).where(hers).values(state=state))
    failed = sa.select(inbound.c.id).where(inbound.c.outcome == "failed")
    number = str(await house.look(lambda tx: tx.execute(failed).scalar_one()))
    assert (0, "handled: command_palidziba\n") == await house.command("inbox", "retry", number)
    assert "Reģistrēt kokus" in str((await anna.receives(timeout=20))[0].labels)
    assert ["command_start", "command_palidziba"] == await house.outcomes(anna)
    assert 1 == (await house.command("inbox", "retry", number))[0]


async def test_a_timer_that_failed_is_carried_out_again(house: Installation) -> None:
    """`inbox retry ID` does for a reminder what it does for a message."""
    anna = await _met(house, 72)
    due = timers.Due(key="nudge:x", chat=f"telegram:{anna.id}", due_at=datetime.now(UTC), kind="nudge", payload={})
    failed = {"channel": "timer", "external_id": "x", "kind": "timer", "outcome": "failed", "address": due.chat}
    row = failed | {"raw": {"timer": timers.encode(due)}, "received_at": due.due_at}
    await house.change(sa.insert(inbound).values(row))
    number = await house.look(lambda tx: tx.execute(sa.select(sa.func.max(inbound.c.id))).scalar_one())
    assert (0, "handled: nudge_not_needed\n") == await house.command("inbox", "retry", str(number))


def _still(result: tuple[int, str]) -> tuple[int, bool]:
    return result[0], "still fails" in result[1]
