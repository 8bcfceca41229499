"""Pictures that say where they were taken: the place is offered while nobody has told it, and never taken unasked."""

from dataclasses import replace
from datetime import timedelta

from bot.conversation.response import Response, Timer
from bot.messages import Kind
from flows.said import File, Position, Said
from flows.where_kind import Site
from tests.talking import Person

_PARK = Position(lat=56.951, lon=24.105)
_NEAR = Position(lat=56.953, lon=24.106)
_DRUSTI = Position(lat=57.2, lon=25.9)
_ASKED = "Fotoattēlā saglabāta vieta, kur tas uzņemts: Rīga, vieta kartē. Vai koki aug tur?"


def _shows(person: Person, *places: Position | None) -> Response:
    """Send pictures in one message, as a channel that has looked into them reads it."""
    files = tuple(
        File(ref=f"f{number}", unique=f"u{number}", media_type="image/jpeg", taken_at=at)
        for number, at in enumerate(places)
    )
    return person._hears(Kind.MESSAGE, Said(files=files), "m900")


def _is_looked_into(person: Person, at: Position, run: str = "") -> Response:
    """Bring the place of a picture that was fetched a moment ago."""
    assert person.conversation.run is not None
    payload = {"run": run or person.conversation.run.id, "lat": at.lat, "lon": at.lon}
    timer = Timer(key="pictured:1", due_at=person.now, kind="pictured", payload=payload)
    return person._hears(Kind.TIMER, Said(), timer.key, timer=timer)


def _place(person: Person) -> Site | None:
    assert person.conversation.run is not None
    site: Site | None = person.conversation.run.answers.get("place")
    return site


def test_the_place_of_a_picture_is_asked_about_and_then_taken() -> None:
    """One „jā” answers where the trees grow; the flow goes on with what is asked next."""
    person = Person()
    person.says("Iestādīju 50 ozolus šogad aprīlī.")
    _is_looked_into(person, _PARK)
    assert _ASKED in person.heard
    assert ["Jā, koki aug tur", "Nē, koki ir citur"] == person.buttons
    assert _place(person) is None
    person.says("jā")
    site = _place(person)
    assert site is not None
    assert (_PARK.lat, _PARK.lon, "Rīga") == (site.lat, site.lon, site.municipality)


def test_who_says_no_goes_on_where_they_were() -> None:
    """Nothing of the picture's place stays."""
    person = Person()
    person.says("Iestādīju 50 ozolus šogad aprīlī.")
    _is_looked_into(person, _PARK)
    person.says("[Nē, koki ir citur]")
    assert _place(person) is None
    assert "Turpinām: kas stādīja kokus?" == person.heard


def test_a_place_that_was_told_is_not_asked_about_again() -> None:
    """Nor a second time for another picture, nor in another registration than the picture's, nor abroad."""
    person = Person()
    person.says("Iestādīju 50 ozolus šogad aprīlī.")
    assert "picture_over" == _is_looked_into(person, _PARK, run="gone").outcome
    assert "picture_known" == _is_looked_into(person, Position(lat=48.8, lon=2.3)).outcome
    assert "picture_place" == _is_looked_into(person, _PARK).outcome
    assert "picture_known" == _is_looked_into(person, _NEAR).outcome
    person.says("„Kalniņi”, Drustu pagasts")
    assert "picture_known" == _is_looked_into(person, _PARK).outcome


def test_pictures_of_one_message_have_to_agree() -> None:
    """Two from one field offer it, two from different ends of the country offer nothing."""
    person = Person()
    person.says("Iestādīju 50 ozolus šogad aprīlī.")
    apart = replace(person.conversation)
    _shows(person, None, _PARK, _NEAR)
    assert _ASKED in person.heard
    other = Person(apart, at=person.now + timedelta(minutes=1))
    _shows(other, _PARK, _DRUSTI)
    assert _ASKED not in other.heard
