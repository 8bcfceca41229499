"""Who may plan an event, and how: by their word in a chat, by letter only from an address that is surely theirs."""

from dataclasses import replace

import pytest

from bot.conversation.respond import respond
from bot.conversation.response import Response
from bot.conversation.state import Conversation
from bot.messages import LETTERS, Address, Envelope, Inbound, Kind, Said
from tests.talking import START, world

_WISH = "Jauns pasākums sestdien no 10 līdz 14 Ikšķilē"
_INGA = Conversation(role="coordinator", greeted=True)


def _says(conversation: Conversation, text: str, *, trusted: bool | None = None) -> Response:
    """Say something in a chat, or by a letter whose sender is vouched for or not."""
    by_letter = trusted is not None
    address = Address(LETTERS, "inga@example.lv") if by_letter else Address("telegram", "1")
    item = Inbound(
        channel=address.channel,
        external_id="1",
        kind=Kind.MESSAGE,
        sender=address,
        chat=address,
        said_at=START,
        received_at=START,
        said=Said(text=text),
        envelope=Envelope(subject="Pasākums", message_id="1@example.lv", trusted=bool(trusted)) if by_letter else None,
    )
    return respond(conversation, item, None, world())


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
