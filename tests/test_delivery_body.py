"""The body of a row: what is stored is what is sent, also between two releases."""

import json
from dataclasses import fields

import pytest

from bot.delivery.body import UNREADABLE, decode, encode
from bot.messages import Button, Enclosure, Envelope, Outbound, Position

_ENVELOPE = Envelope(
    subject="Re: koki",
    message_id="a@example.org",
    references=("b@example.org", "c@example.org"),
    copy=("skola@example.org",),
    topic="koki",
    signed=True,
    signers=("JĀNIS PARAUGS",),
    prompt="abcdefgh22345672",
    foreign_prompt="abcdefgh22345673",
    proven=True,
    unclear=True,
    trusted=True,
    case="abcdefgh22345674",
)
_LETTER = Outbound(
    kind="place",
    text="Labdien!",
    rows=((Button(label="Atvērt", url="https://example.lv"),),),
    position=Position(lat=57.0, lon=25.0),
    clear_keyboard=True,
    reply_to="7",
    target_ref="8",
    source=("7", "11", "12"),
    icon="✅",
    enclosures=(
        Enclosure(key="ab/1", name="raksts.pdf", media_type="application/pdf"),
        Enclosure(key="", name="attēls.jpg", media_type="image/jpeg", ref="AgAC"),
    ),
    envelope=_ENVELOPE,
    language="en",
    bulk=True,
)


@pytest.mark.parametrize("message", [Outbound(text="a"), _LETTER, Outbound(text="a", envelope=Envelope())])
def test_what_is_stored_comes_back(message: Outbound) -> None:
    """Through JSON and back it is the same message, lists as the tuples they were."""
    assert message == decode(json.loads(json.dumps(encode(message))))


def test_every_field_is_stored() -> None:
    """A field added to a message or its envelope is stored, or this test fails."""
    for thing, example in ((Outbound, _LETTER), (Envelope, _ENVELOPE)):
        bare = thing()
        unset = {field.name for field in fields(thing) if getattr(example, field.name) == getattr(bare, field.name)}
        assert set() == unset


def test_a_plain_message_takes_no_more_room_than_its_text() -> None:
    """What a message has not is not stored."""
    assert {"text": "a"} == encode(Outbound(text="a"))
    assert {"text": "a", "envelope": {"subject": "b"}} == encode(Outbound(text="a", envelope=Envelope(subject="b")))


def test_a_change_of_a_delivery_is_found_when_it_is_sent() -> None:
    """Which message it changes is known by its delivery; only what we have not sent ourselves is named in the body."""
    stored = encode(Outbound(kind="reaction", text="👍", target_ref="8"))
    assert ["8", "9"] == [decode(stored, found).target_ref for found in ("", "9")]


def test_a_letter_of_another_release_goes_all_the_same() -> None:
    """What a later release knows of a letter, or an earlier one did not, keeps it from no one."""
    stored = {"text": "a", "envelope": {"subject": "b", "colour": "green"}, "weight": 3}
    assert Outbound(text="a", envelope=Envelope(subject="b")) == decode(stored)
    assert Outbound(text="a") == decode({"text": "a"})


@pytest.mark.parametrize("envelope", [None, "x", 3, {"copy": 3}, {"references": None}])
def test_a_broken_envelope_stops_only_its_own_letter(envelope: object) -> None:
    """A row that can't be read is told apart, and raises nothing."""
    assert Outbound(kind=UNREADABLE) == decode({"text": "a", "envelope": envelope})
