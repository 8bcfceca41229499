"""Who may plan an event, and how: by their word in a chat, by letter only from an address that is surely theirs."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from bot.conversation.respond import respond
from bot.conversation.response import Response
from bot.conversation.standing import EventView, Standing
from bot.conversation.state import Conversation, Tapped
from bot.messages import LETTERS, Address, Envelope, Inbound, Kind, Said
from flows.grammar import Understood
from flows.new_event import NEW_EVENT
from flows.where_kind import Site
from tests.talking import START, world

_WISH = "Jauns pasākums sestdien no 10 līdz 14 Ikšķilē"
_INGA = Conversation(role="coordinator", greeted=True)


def _says(conversation: Conversation, text: str, *, trusted: bool | None = None) -> Response:
    """Say something in a chat, or by a letter whose sender is vouched for or not."""
    return respond(conversation, _item(Said(text=text), trusted=trusted), None, world())


def _item(said: Said, *, trusted: bool | None = None, kind: Kind = Kind.MESSAGE) -> Inbound:
    by_letter = trusted is not None
    address = Address(LETTERS, "inga@example.lv") if by_letter else Address("telegram", "1")
    return Inbound(
        channel=address.channel,
        external_id="1",
        kind=kind,
        sender=address,
        chat=address,
        said_at=START,
        received_at=START,
        said=said,
        envelope=Envelope(subject="Pasākums", message_id="1@example.lv", trusted=bool(trusted)) if by_letter else None,
    )


@pytest.mark.parametrize("trusted", [None, True])
def test_a_coordinator_plans_by_a_word(trusted: bool | None) -> None:  # noqa: FBT001 - a parameter of the test
    """What is told beside the wish is taken: day, hours and place need not be asked any more."""
    run = _says(_INGA, _WISH, trusted=trusted).conversation.run
    assert run is not None
    assert ("new_event", {"when", "place"}) == (run.flow, set(run.answers))


@pytest.mark.parametrize(
    ("conversation", "trusted"),
    [(replace(_INGA, role=""), None), (replace(_INGA, role="staff"), None), (_INGA, False)],
)
def test_nobody_else_does(conversation: Conversation, trusted: bool | None) -> None:  # noqa: FBT001 - see above
    """Neither a person, nor staff without that role, nor a letter that anybody could have written."""
    run = _says(conversation, _WISH, trusted=trusted).conversation.run
    assert run is None or run.flow != "new_event"


def test_an_event_in_the_past_is_refused() -> None:
    """„Vakar no 10 līdz 12” is no event to come."""
    run = _says(_INGA, "Jauns pasākums 2025. gada 5. maijā no 10 līdz 12").conversation.run
    assert run is None or "when" not in run.answers


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("Talka pie Ogres, svētdien no 10 līdz 13", "Talka pie Ogres"),
        ("stādām liepas Ogrē, 5. decembrī no 11 līdz 13", "Stādām liepas Ogrē"),
        ("Ozolu stādīšana skolā\nsestdien no 10 līdz 14, Cēsīs", "Ozolu stādīšana skolā"),
        ("sestdien, no 10 līdz 14", ""),
        ("Nākamajā sestdienā, no 10 līdz 14", ""),
        ("12. decembrī Ogrē, no 10 līdz 14", ""),
    ],
)
def test_a_line_begins_with_what_the_event_is_called(line: str, title: str) -> None:
    """What stands before the day and its hours names the event, and a place in it is told too; a day is no name."""
    run = _says(_INGA, f"Jauns pasākums: {line}").conversation.run
    assert run is not None
    assert title == run.answers.get("title", "")


def _presses(conversation: Conversation, label: str, standing: Standing) -> Response:
    """Press a button of the last message."""
    assert conversation.prompt
    labels = [shown for shown, _ in conversation.prompt.offers]
    acts = tuple(act for _, act in conversation.prompt.offers)
    tapped = Tapped(id=conversation.prompt.id, run_id="", acts=acts)
    tap = Said(tap=f"{tapped.id}:{labels.index(label)}")
    return respond(conversation, _item(tap, kind=Kind.TAP), tapped, world(), standing)


def test_last_years_event_is_found_and_copied() -> None:
    """The list goes back page by page, and a copy of what is found asks for its day only."""
    place = next(one for one in NEW_EVENT.questions if one.key == "place")
    answers = {
        "title": "Stādām ozolus",
        "purpose": "planting",
        "place": place.encode(Site(municipality="Ogres novads", words="Ikšķilē")),
        "places": 0,
        "audience": {},
    }
    events = tuple(
        EventView(
            key=f"e{number}",
            title=f"Talka {number}",
            where="Ikšķilē",
            day=START.date() - timedelta(days=12 * number),
            start=time(10),
            end=None,
            starts_at=START - timedelta(days=12 * number),
            answers=answers,
        )
        for number in range(1, 31)
    )
    standing = Standing(organised=events, looked=True)
    listed = respond(_INGA, _item(Said(text="/manipasakumi")), None, world(), standing).conversation
    shown = [label for label, _ in listed.prompt.offers] if listed.prompt else []
    assert ["8. Talka 8", "Agrāki"] == shown[7:9]
    for _ in range(3):
        listed = _presses(listed, "Agrāki", standing).conversation
    shown = [label for label, _ in listed.prompt.offers] if listed.prompt else []
    assert (["25. Talka 25", "30. Talka 30", "Jaunāki"], False) == ([shown[0], *shown[5:7]], "Agrāki" in shown)
    opened = _presses(listed, "30. Talka 30", standing).conversation
    copied = _presses(opened, "Kopēt", standing).conversation.run
    assert copied is not None
    assert ("new_event", "", "Stādām ozolus") == (copied.flow, copied.subject, copied.answers["title"])
    assert "when" not in copied.answers


@pytest.mark.parametrize(
    ("typed", "becomes"),
    [
        ("Stādus iedosim", "Stādus un lāpstas iedosim. Paņemiet līdzi cimdus."),
        ("Stādus iedosim paši.", "Stādus iedosim paši."),
    ],
)
def test_the_label_of_a_suggested_text_stands_for_it(typed: str, becomes: str) -> None:
    """In a letter a button is typed; anything else is the text as it was written."""
    question = next(one for one in NEW_EVENT.questions if one.key == "text")
    reading = question.read(Said(text=typed), START.date())
    assert isinstance(reading, Understood)
    assert becomes == reading.value


def test_what_is_suggested_fits_what_the_event_is_for() -> None:
    """Nothing is offered where that is not known, and every offer is a text that can be saved."""
    question = next(one for one in NEW_EVENT.questions if one.key == "text")
    assert () == question.options({})
    for purpose in ("planting", "information"):
        for option in question.options({"purpose": purpose}):
            assert len(option.label) <= 20
            assert isinstance(question.read(Said(text=option.value), START.date()), Understood)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Gribu paziņot, ka no 1. decembra izdod stādus.", "No 1. decembra izdod stādus."),
        ("Labdien! Vēlos paziņot: stādu izdale sākas.", "Stādu izdale sākas."),
        ("Jauns paziņojums: No 1. decembra.", "No 1. decembra."),
        ("gribu paziņot par talku", None),
        ("jaunu paziņojumu", None),
    ],
)
def test_an_announcement_begins_with_what_is_told_beside_the_wish(text: str, told: str | None) -> None:
    """What is to be said is kept as its text; what it will be about is not yet that."""
    run = _says(_INGA, text).conversation.run
    assert run is not None
    assert ("new_announcement", told) == (run.flow, run.answers.get("text"))


@pytest.mark.parametrize("text", ["Gribu paziņot par stādu izdali Ogrē.", "Vēlos paziņot, ka izdod stādus."])
def test_words_that_sound_like_a_wish_are_the_text_that_is_asked_for(text: str) -> None:
    """Only the bare wish begins another one; what tells more is what was asked for."""
    begun = _says(_INGA, "Jauns paziņojums").conversation
    titled = _says(begun, "Stādu izdale").conversation
    run = _says(titled, text).conversation.run
    assert run is not None
    assert text == run.answers.get("text")
