"""The review of registrations: whose hand counts, what staff see of a registration, and what others hear."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.attachments.records import attachments
from bot.attachments.store import ObjectStore
from bot.conversation import surviving
from bot.conversation.response import Event
from bot.delivery.outbox import deliveries
from bot.desk.boards import Boards
from bot.inbox import ledger
from bot.messages import Button
from bot.notices import Notices
from bot.people import contacts
from bot.registrations import cards, entry, room
from bot.registrations.changes import Hand, registration_changes
from bot.registrations.likeness import Likeness, Sight, likeness
from bot.registrations.records import Hook, registrations
from bot.registrations.survival import survivals
from bot.rooms import Scene
from bot.timers import timers
from flows.catalogue import FLOWS
from flows.said import Said
from knowledge import entry_form
from tests.pictures import jpeg
from tests.reviewing import ANNA, ANSWERS, GROUP, ILZE, INGA, JANIS, ZANE, Reviewing, reviewing


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Reviewing]:
    """Return a desk with its team at it."""
    async with reviewing(database_url, tmp_path) as made:
        yield made


async def test_of_two_who_decide_at_once_the_first_one_counts(desk: Reviewing) -> None:
    """The second, whose card did not show it yet, is told who was quicker; the person hears of one decision."""
    number = await desk.registers()

    def decide(tx: Connection) -> list[object]:
        rooms = desk.app.inbox.rooms
        scene = Scene(contact_id=1, chat=GROUP, now=desk.now, language="lv", inbound_id=0)
        by_ilze = {"registration": number, "by": str(ILZE), "name": "Ilze"}
        by_janis = {"registration": number, "by": str(JANIS), "name": "Jānis", "reason": "", "why": "Nav koku."}
        return [
            rooms["registration.accepted"](tx, Event(type="registration.accepted", data=by_ilze), scene)["result"],
            rooms["registration.rejected"](tx, Event(type="registration.rejected", data=by_janis), scene),
        ]

    first, second = await desk.app.database.write(decide)
    await desk.passes(timedelta(seconds=6))
    assert "accepted" == first
    assert {"result": "late", "reference": "3MK-2026-000001", "state": "Pieņemta", "by": "Ilze"} == second
    assert ["accepted"] == await desk.states()
    assert 1 == len(desk.told())
    assert [("state", "received", "accepted", "Ilze")] == await desk.history()


async def test_a_tap_that_comes_late_says_how_it_stands(desk: Reviewing) -> None:
    """A button that was on the card a moment ago changes nothing any more."""
    await desk.registers()
    _, accept = desk.button("Pieņemt")
    await desk.taps("Noraidīt", JANIS)
    await desk.taps("Bija pienākums", JANIS)
    await desk.taps("Pārskatīt vēlreiz", data=accept)
    assert "Nesanāca: 3MK-2026-000001 tagad ir „Noraidīta” (Jānis)." == desk.toasts()[-1]
    assert ["rejected"] == await desk.states()


async def test_only_staff_decide(desk: Reviewing) -> None:
    """A coordinator, a stranger, and a button that names another registration do nothing."""
    first = await desk.registers()
    await desk.registers(ZANE)
    outcomes = [
        await desk.taps("Pieņemt", INGA),
        await desk.taps("Pieņemt", ZANE),
        await desk.replies("/pienemt", "3MK-2026-000002", INGA),
        await desk.taps("Pieņemt", data=f"reg:{first}:accept"),
        await desk.taps("Pieņemt", data="reg:2:teleport"),
    ]
    assert ["no_role", "no_role", "no_role", "unknown_button", "unknown_button"] == outcomes
    assert (["received", "received"], []) == (await desk.states(), await desk.history())


async def test_who_looked_at_a_contact_is_written_down(desk: Reviewing) -> None:
    """It is on no card; it is shown on request, and taken away after ten minutes, from what is kept too."""
    await desk.registers()
    assert "26 123 456" not in desk.card()
    await desk.taps("Rādīt kontaktu", JANIS)
    assert "Anna Kalniņa, 26 123 456" in desk.telegram.shown_to_staff[-1][1].text
    assert [("contact", "received", "received", "Jānis")] == await desk.history()
    await desk.passes(timedelta(minutes=11))
    assert "delete" == desk.telegram.shown_to_staff[-1][1].kind
    kept = sa.select(deliveries.c.id).where(sa.cast(deliveries.c.body, sa.Text).contains("26 123 456"))
    assert [] == (await desk.app.database.read(lambda tx: tx.execute(kept).all()))


async def test_who_wants_quiet_is_not_written_to(desk: Reviewing) -> None:
    """They asked us not to write of our own accord; staff are told so."""
    await desk.registers()
    await desk.brings(desk.private(ANNA, Said(text="/stop")))
    before = len(desk.told())
    await desk.taps("Pieņemt")
    await desk.passes(timedelta(seconds=6))
    assert (["accepted"], before) == (await desk.states(), len(desk.told()))
    assert "Cilvēks lūdza, lai paši viņam nerakstām" in desk.toasts()[-1]


async def test_who_can_not_be_reached_is_left_to_staff(desk: Reviewing) -> None:
    """Where the person has blocked us and has no other address, whoever decides is told to say it otherwise."""
    await desk.registers()
    await desk.app.database.write(lambda tx: contacts.mark_gone(tx, ANNA, desk.now, "blocked"))
    await desk.taps("Pieņemt")
    assert "Cilvēku nevar sasniegt" in desk.toasts()[-1]


async def test_the_other_address_is_written_to_where_the_first_is_gone(desk: Reviewing) -> None:
    """A person who is known by two addresses hears of it at the one that works."""
    await desk.registers()

    def link(tx: Connection) -> None:
        anna = contacts.owner(tx, ANNA)
        tx.execute(sa.insert(contacts.addresses).values(address=str(ZANE), contact_id=anna, created_at=desk.now))
        contacts.mark_gone(tx, ANNA, desk.now, "blocked")

    await desk.app.database.write(link)
    await desk.taps("Pieņemt")
    await desk.passes(timedelta(seconds=6))
    (letter,) = desk.told(desk.letters)
    assert letter.startswith("Labdien!\n\nJūsu reģistrācija 3MK-2026-000001 (ozols – 50;")


async def test_a_reply_to_a_letter_of_ours_proves_who_reads_it(desk: Reviewing) -> None:
    """Each letter has a prompt, from which the token in its address is made."""
    await desk.registers(ZANE)
    await desk.taps("Pieņemt")
    await desk.passes(timedelta(seconds=6))
    envelope = desk.letters.shown[-1][1].envelope
    assert envelope
    stored = await desk.app.database.read(lambda tx: ledger.load(tx, ZANE, envelope.prompt).tapped)
    assert stored is not None


async def test_hooks_hear_once_that_trees_are_entered(desk: Reviewing) -> None:
    """In the transaction in which it becomes so; another link later is no second time."""
    heard: list[tuple[int, str]] = []

    def hook(tx: Connection, number: int, _: object) -> None:
        query = sa.select(registrations.c.state).where(registrations.c.id == number)
        heard.append((number, tx.execute(query).scalar_one()))

    _listens(desk, hook)
    number = await desk.registers()
    await desk.taps("Pieņemt")
    await desk.taps("Ievadīts")
    await desk.taps("Bez saites")
    await desk.replies("MMT-4711", "ieraksta saiti")
    assert [(number, "entered")] == heard
    assert ["MMT-4711"] == await desk.column(registrations.c.mapmytree_ref)
    assert ["", "MMT-4711"] == (await desk.column(registration_changes.c.why))[1:]


@pytest.mark.parametrize(
    "written",
    ["https://example.com/1", "http://mapmytree.eea.europa.eu/1", "https://europa.eu.example.com/", "koks pie ceļa"],
)
async def test_a_link_that_leads_elsewhere_is_not_taken(desk: Reviewing, written: str) -> None:
    """It would be shown to the person: only what is on the platform's own site, or a number, may pass."""
    await desk.registers()
    await desk.taps("Pieņemt")
    await desk.taps("Ievadīts")
    assert "no_link" == await desk.replies(written, "ieraksta saiti")
    assert ["accepted"] == await desk.states()


_HERE = Sight(contact_id=1, lat=57.236, lon=25.423, first=date(2025, 4, 1), last=date(2025, 4, 30), trees=50)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (Sight(contact_id=2, lat=57.2365, lon=25.4235), Likeness(same_person=False, same_photo=False, metres=63)),
        (Sight(contact_id=2, lat=57.2365, lon=25.4235, first=date(2025, 5, 1), last=date(2025, 5, 9)), None),
        (Sight(contact_id=1, lat=57.24, lon=25.423, trees=50), None),
        (Sight(contact_id=1, cadastre="74940120849", trees=50), Likeness(same_person=True, same_photo=False)),
        (Sight(contact_id=2, cadastre="74940120849", trees=50), None),
        (Sight(contact_id=1, trees=51), None),
    ],
)
def test_which_registrations_may_be_of_the_same_trees(other: Sight, expected: Likeness | None) -> None:
    """Place and time agree, or one person tells of as many trees again without showing another place."""
    assert expected == likeness(_HERE, other)


def test_places_are_compared_by_what_is_known_of_both() -> None:
    """A cadastre number, or names that say more than a municipality; a picture in common says enough."""
    one = Sight(contact_id=1, cadastre="74940120849", named=("Cēsu novads",), photos=frozenset({"a"}))
    same = Sight(contact_id=2, cadastre="74940120849")
    assert likeness(one, same)
    assert likeness(one, Sight(contact_id=2, cadastre="74940120850", photos=frozenset({"a"})))
    assert None is likeness(Sight(contact_id=1, named=("Cēsu novads",)), Sight(contact_id=2, named=("Cēsu novads",)))
    named = ("Cēsu novads", "Drabešu pagasts", "Kalniņi")
    assert likeness(Sight(contact_id=1, named=named), Sight(contact_id=2, named=named))


async def test_a_card_names_what_may_be_the_same_trees(desk: Reviewing) -> None:
    """Of somebody else, 63 metres away at the same time; what was withdrawn or rejected is no duplicate."""
    await desk.registers()
    await desk.registers(ZANE, place={**ANSWERS["place"], "lat": 57.2365, "lon": 25.4235})
    assert "• 3MK-2026-000001 (Jāpārbauda): 63 m attālumā" in desk.card()
    await desk.app.database.write(
        lambda tx: tx.execute(sa.update(registrations).where(registrations.c.id == 1).values(state="rejected"))
    )
    await desk.registers(ZANE, place={**ANSWERS["place"], "lat": 57.2365, "lon": 25.4235})
    assert "3MK-2026-000001" not in desk.card()
    assert "• 3MK-2026-000002 (Jāpārbauda): tas pats cilvēks, 0 m attālumā" in desk.card()


async def test_pictures_of_a_letter_are_copied_for_staff_without_their_place(desk: Reviewing) -> None:
    """What is still being fetched is shown later, and a picture that is known from elsewhere is named then."""
    picture = jpeg()
    desk.app.press.put("one", picture)
    await desk.registers()
    await _attaches(desk, "run-a", state="stored", key="one")
    await desk.app.database.write(
        lambda tx: tx.execute(sa.update(registrations).where(registrations.c.id == 1).values(run_id="run-a"))
    )
    await _attaches(desk, "run-b", state="pending", key=None)
    far = {"lat": 56.5, "lon": 21.0, "municipality": "Liepāja"}
    await desk.registers(ZANE, run="run-b", place=far)
    assert "tas pats foto" not in desk.card()
    await desk.app.database.write(
        lambda tx: tx.execute(
            sa.update(attachments)
            .where(attachments.c.run_id == "run-b")
            .values(state="stored", sha256="a" * 64, object_key="two", stored_type="image/jpeg")
        )
    )
    desk.app.press.put("two", picture)
    await desk.passes(timedelta(minutes=1))
    await desk.app.press.work_off()
    await desk.app.sender.drain()
    assert "• 3MK-2026-000001 (Jāpārbauda): tas pats foto" in desk.card()
    shown = [message for _, message in desk.telegram.shown_to_staff if message.kind == "photo"]
    assert ["3MK-2026-000002"] == [message.text for message in shown]
    assert b"mana seta" not in ObjectStore(desk.app.settings.objects).get(shown[0].enclosures[0].key)
    await desk.passes(timedelta(hours=2))
    assert 0 == await desk.app.press.work_off()


async def _attaches(desk: Reviewing, run: str, *, state: str, key: str | None) -> None:
    def attach(tx: Connection) -> None:
        contact_id = contacts.owner(tx, ZANE) or contacts.add(tx, ZANE, desk.now)
        row = {
            "contact_id": contact_id,
            "run_id": run,
            "address": str(ZANE),
            "keeper": "mailto:x",
            "ref": run,
            "unique": run,
            "kind": "photo",
            "state": state,
            "sha256": "a" * 64 if key else None,
            "object_key": key,
            "stored_type": "image/jpeg" if key else None,
            "due_at": desk.now,
            "created_at": desk.now,
        }
        tx.execute(sa.insert(attachments).values(row))

    await desk.app.database.write(attach)


async def test_what_an_export_has_reported_is_told_like_the_rest(desk: Reviewing) -> None:
    """The command writes it down; the service tells the person and the card, and calls the hooks."""
    heard: list[int] = []
    _listens(desk, lambda _, number, __: heard.append(number))
    first, second = await desk.registers(), await desk.registers(ZANE)
    await desk.replies("/pienemt", "<b>3MK-2026-000001")
    await desk.passes(timedelta(seconds=6))

    def report(tx: Connection) -> list[bool]:
        return [entry.report(tx, number, Hand(who="command", now=desk.now)) for number in (first, second, first)]

    assert [True, False, False] == await desk.app.database.write(report)
    await desk.passes(timedelta(seconds=1))
    await desk.passes(timedelta(seconds=6))
    assert [first] == heard
    assert ["reported", "received"] == await desk.states()
    assert "nodevām sistēmā Reportnet 3." in desk.told()[-1]
    assert "3MK-2026-000001 · Nodota caur Reportnet 3" in desk.card()


async def test_without_permission_nothing_is_entered(desk: Reviewing) -> None:
    """Who takes the permission back is obeyed at once: staff read it under the card, and have nothing to copy."""
    await desk.registers()
    await desk.taps("Pieņemt")
    assert any(message.text.startswith("📝") for _, message in desk.telegram.shown_to_staff)
    await desk.brings(desk.private(ANNA, Said(text="/privatums")))
    await desk.presses("Atsaukt atļaujas")
    assert "⛔ Atļauja ievadīt ir atsaukta." in desk.card()
    assert "3MK-2026-000001: cilvēks atsauca atļauju" in desk.telegram.shown_to_staff[-3][1].text
    assert "pašlaik nav jāievada" in desk.telegram.shown_to_staff[-2][1].text
    await desk.taps("Pārskatīt vēlreiz")
    before = len(desk.telegram.shown_to_staff)
    await desk.taps("Pieņemt")
    assert 1 == len(desk.telegram.shown_to_staff) - before


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("fields: []", "no list of fields"),
        ("source: x\nchecked: 2026-11-26\nfields: [{label: Skaits, value: count}]", "field 1 is not a label"),
        ("source: x\nchecked: 2026-11-26\nfields: [{label: A, value: age, certainty: sure}]", "no registration has"),
        ("source: x\nchecked: 2026-11-26\nfields: [{label: A, value: count, certainty: maybe}]", "is “maybe”"),
        ("source: x\nchecked: 2026-11-26\nfields: [{label: <A>, value: count, certainty: sure}]", "holds one of"),
        ("fields: [{label: A, value: count, certainty: sure}]", "where the fields were seen"),
        (
            "fields: [{label: A, value: lat, certainty: sure}, {label: B, value: lat, certainty: sure}]",
            "“lat” is asked for twice",
        ),
        ("fields: [", "this isn't YAML"),
    ],
)
def test_what_staff_write_about_the_form_is_checked(tmp_path: Path, written: str, told: str) -> None:
    """`check` names the field and what is wrong with it; the service leaves out what it can't use."""
    path = tmp_path / "form.yaml"
    path.write_text(written, encoding="utf-8")
    assert [told] == [told for problem in entry_form.check(path) if told in str(problem)]


def test_the_form_as_it_is_known_gives_values_in_its_order() -> None:
    """The public data of the map come first; what nobody has seen is marked so."""
    assert [] == entry_form.check()
    fields = entry_form.load()
    assert ["count", "lat", "lon"] == [field.value for field in fields if field.seen]


async def test_a_change_is_written_down_once_and_only_while_it_fits(desk: Reviewing) -> None:
    """A second tap, and an offer that is about an answer which has changed since, change nothing."""
    await desk.registers()
    await desk.brings(desk.private(ANNA, Said(text="labdien")))
    for text in ("55 ozoli", "60 ozoli"):
        await desk.replies("Cik ozolu?", "<b>3MK-2026-000001")
        await desk.brings(desk.private(ANNA, Said(text=text)))
    (_, first), (_, second) = ((ref, b.data) for ref, b in _offers(desk))
    assert "changed" == await desk.taps("Ierakstīt", data=first)
    await desk.taps("Ierakstīt", data=first)
    await desk.taps("Ierakstīt", data=second)
    assert ["Nemainīju: tas jau ir ierakstīts vai kopš tā laika mainījies."] * 2 == desk.toasts()[-2:]
    assert [55] == await desk.column(registrations.c.trees)
    assert 1 == [kind for kind, *_ in await desk.history()].count("answers")


async def test_an_offer_of_another_registration_can_not_be_forged(desk: Reviewing) -> None:
    """The change has to belong to the card that the button stands under."""
    await desk.registers()
    await desk.brings(desk.private(ANNA, Said(text="labdien")))
    await desk.replies("Cik ozolu?", "<b>3MK-2026-000001")
    await desk.brings(desk.private(ANNA, Said(text="55 ozoli")))
    (offer,) = (button.data for _, button in _offers(desk))
    number = offer.rpartition(":")[2]
    await desk.registers(ZANE)
    assert "changed" == await desk.taps("Pieņemt", data=f"reg:2:take:{number}")
    assert [50, 50] == await desk.column(registrations.c.trees)


async def test_nobody_else_answers_for_a_person(desk: Reviewing) -> None:
    """An answer counts only from the person of that registration."""
    number = await desk.registers()
    await desk.registers(ZANE)
    before = len(desk.telegram.shown_to_staff)
    data = {"registration": number, "key": "", "text": "1 ozols", "position": None, "files": ()}
    zane = Scene(contact_id=5, chat=ZANE, now=desk.now, language="lv", inbound_id=0)
    answered = Event(type="registration.answered", data=data)
    await desk.app.database.write(lambda tx: desk.app.inbox.rooms["registration.answered"](tx, answered, zane))
    await desk.app.sender.drain()
    assert before == len(desk.telegram.shown_to_staff)


async def test_a_contact_in_an_answer_is_not_offered_to_the_group(desk: Reviewing) -> None:
    """What the person writes is mirrored as it is; the change of the contact is no line of ours."""
    await desk.registers()
    await desk.brings(desk.private(ANNA, Said(text="labdien")))
    await desk.replies("Kā ar Jums sazināties?", "<b>3MK-2026-000001")
    await desk.brings(desk.private(ANNA, Said(text="Anna Kalniņa, 29 111 222")))
    assert [] == _offers(desk)


async def test_pictures_in_a_letter_that_answers_are_shown(desk: Reviewing) -> None:
    """They are entered with the registration's, and copied once they are fetched."""
    await desk.registers(ZANE, run="run-z")
    row = await desk.app.database.read(lambda tx: cards.of(tx, 1))
    room = desk.app.inbox.rooms["registration.answered"]
    data = {"registration": 1, "key": "", "text": "Lūk.", "position": None, "files": ("x",)}
    scene = Scene(contact_id=row.contact_id, chat=ZANE, now=desk.now, language="lv", inbound_id=0)
    await desk.app.database.write(lambda tx: room(tx, Event(type="registration.answered", data=data), scene))
    desk.app.press.put("one", jpeg())
    await _attaches(desk, "run-z", state="stored", key="one")
    await desk.passes(timedelta(minutes=1))
    assert 1 == await desk.app.press.work_off()


def _offers(desk: Reviewing) -> list[tuple[str, Button]]:
    shown = [(ref, button) for ref, m in desk.telegram.shown_to_staff for row in m.rows for button in row]
    return [(ref, button) for ref, button in shown if ":take:" in button.data]


async def test_a_change_that_comes_after_the_decision_is_asked_of_staff(desk: Reviewing) -> None:
    """The review was open when staff accepted it: nothing is changed behind their backs."""
    await desk.registers()
    await desk.brings(desk.private(ANNA, Said(text="mainīt skaitu")))
    await desk.passes(timedelta(seconds=1))
    await desk.brings(desk.private(ANNA, Said(text="60")))
    await desk.taps("Pieņemt")
    await desk.presses("Viss pareizi, nosūtīt")
    assert "jau ir pārbaudīta, tāpēc Jūsu izmaiņas nodevu darbiniekam" in desk.told()[-1]
    assert [50] == await desk.column(registrations.c.trees)
    await desk.taps("Ierakstīt")
    assert [60] == await desk.column(registrations.c.trees)


async def test_only_ones_own_registrations_can_be_chosen(desk: Reviewing) -> None:
    """Whatever number a request names, the room brings what is the person's."""
    await desk.registers()
    await desk.registers(ZANE)
    chosen = Event(type="registration.chosen", data={"key": "", "registration": 2})

    def choose(tx: Connection) -> object:
        anna = contacts.owner(tx, ANNA)
        assert anna
        scene = Scene(contact_id=anna, chat=ANNA, now=desk.now, language="lv", inbound_id=0)
        desk.app.inbox.rooms["registration.chosen"](tx, chosen, scene)
        return tx.execute(sa.select(timers.c.payload).where(timers.c.kind == "mend")).scalar_one()

    assert {"key": "", "registrations": []} == await desk.app.database.write(choose)
    amended = Event(type="registration.amended", data={"registration": 2, "run": "x", "stored": {}})
    withdrawn = Event(type="registration.withdrawn", data={"registration": 2})

    def forge(tx: Connection) -> list[object]:
        anna = contacts.owner(tx, ANNA)
        assert anna
        scene = Scene(contact_id=anna, chat=ANNA, now=desk.now, language="lv", inbound_id=0)
        return [desk.app.inbox.rooms[event.type](tx, event, scene)["mended"] for event in (amended, withdrawn)]

    assert ["gone", "gone"] == await desk.app.database.write(forge)
    assert ["received", "received"] == await desk.states()


async def test_pictures_that_are_added_later_belong_to_the_registration(desk: Reviewing) -> None:
    """They were sent in the run that changes it."""
    await desk.registers(run="run-a")
    await _attaches(desk, "run-m", state="pending", key=None)
    data = {"registration": 1, "run": "run-m", "stored": ANSWERS}

    def amend(tx: Connection) -> object:
        anna = contacts.owner(tx, ANNA)
        assert anna
        scene = Scene(contact_id=anna, chat=ANNA, now=desk.now, language="lv", inbound_id=0)
        event = Event(type="registration.amended", data=data)
        return desk.app.inbox.rooms[event.type](tx, event, scene)["mended"]

    assert "same" == await desk.app.database.write(amend)
    assert ["run-a"] == await desk.column(attachments.c.run_id)


@pytest.mark.parametrize(
    ("said", "growing"),
    [
        ("48", 48),
        ("Aug 18 no 20.", 18),
        ("četrdesmit", 40),
        ("visi", "all"),
        ("neviens", 0),
        ("nezinu", "unknown"),
        ("Labdien!", None),
        ("Vai 30 koku skaitās?", None),
        ("Gribu reģistrēt vēl 30 ozolus, ko ar vīru iestādījām pērn aprīlī pie mājas", None),
    ],
)
def test_how_many_still_grow_is_one_number(said: str, growing: int | str | None) -> None:
    """Or all, none, or not known; whatever tells of something else is left to the conversation."""
    assert growing == surviving.read(said)


async def test_trees_are_asked_about_a_year_later_and_once_more(desk: Reviewing) -> None:
    """Not who wants quiet, nor whose registration was withdrawn; what is answered is written down with its day."""
    await desk.registers()
    await desk.registers(ZANE, place={**ANSWERS["place"], "lat": 56.5})
    await desk.brings(desk.private(ANNA, Said(text="labdien")))
    for number in ("1", "2"):
        await desk.replies("/pienemt", f"<b>3MK-2026-00000{number}")
    await desk.passes(timedelta(seconds=6))
    await desk.app.database.write(
        lambda tx: tx.execute(sa.update(registrations).where(registrations.c.id == 2).values(state="withdrawn"))
    )
    before = len(desk.told())
    await desk.passes(timedelta(days=366))
    await desk.passes(timedelta(days=15))
    await desk.passes(timedelta(days=15))
    asked = desk.told()[before:]
    assert ["Pagājis gads", "Atgādinu par"] == [text[:12].strip() for text in asked]
    assert "survival_noted" == await desk.presses("Visi")
    assert [50] == await desk.column(survivals.c.growing)
    assert 1 == len(desk.told(desk.letters))


async def test_who_wants_quiet_is_not_asked_about_their_trees(desk: Reviewing) -> None:
    """Nobody asked for it: it is our own accord."""
    await desk.registers()
    await desk.taps("Pieņemt")
    await desk.passes(timedelta(seconds=6))
    await desk.brings(desk.private(ANNA, Said(text="/stop")))
    before = len(desk.told())
    await desk.passes(timedelta(days=366))
    assert before == len(desk.told())


def _listens(desk: Reviewing, hook: Hook) -> None:
    """Let something hear of trees that are entered."""
    built = room.build(
        words=desk.app.words,
        flows=FLOWS,
        staff=Notices(words=desk.app.words, chat=GROUP),
        boards=Boards(chat=GROUP, topics=True),
        new_id=(f"hooked{number}" for number in count()).__next__,
        entered=(hook,),
    )
    desk.app.inbox.rooms = {**desk.app.inbox.rooms, **built.handlers}
