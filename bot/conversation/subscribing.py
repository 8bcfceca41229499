"""Subscribing: which of our news a person takes: all, those of one municipality, none until spring, none at all."""

from datetime import date

from bot.conversation.state import Act, Do
from bot.conversation.talk import Talk
from flows.grammar import L
from knowledge.latvian.text import fold, words
from knowledge.places import Place, find_places

_NEWS = "news"
_WANTS = tuple(
    fold(phrase)
    for phrase in (
        *("saņemt ziņas", "gribu saņemt ziņas", "vēlos saņemt ziņas", "gribu ziņas", "vēlos ziņas", "sūtiet man ziņas"),
        *("pieteikties ziņām", "pieteikties jaunumiem", "gribu saņemt jaunumus", "sūtiet man jaunumus"),
        *("atkal saņemt ziņas", "subscribe", "get news"),
    )
)
_RESTS = tuple(fold(phrase) for phrase in ("pauze līdz pavasarim", "ziņas tikai no pavasara", "pauze pa ziemu"))
_EVERYWHERE = tuple(fold(phrase) for phrase in ("ziņas no visas Latvijas", "visas ziņas"))
_ONLY = (fold("ziņas tikai"), fold("tikai ziņas"))
_MARCH = 3


def hear(talk: Talk, text: str) -> str:
    """Hear which news somebody wants; '' where the text says nothing of it."""
    said = " ".join(word.folded for word in words(text))
    if said in _WANTS:
        return _subscribe(talk)
    if said in _RESTS:
        return rest(talk)
    if said in _EVERYWHERE:
        return _choose(talk, "")
    if said.startswith(_ONLY):
        # Whatever is named after it is an answer: „tikai par Ogri”.
        places = (found.value for found in find_places(text[text.lower().find("tikai") :], answering=True))
        named = next((place.municipality for place in places if isinstance(place, Place) and place.municipality), "")
        if named:
            return _choose(talk, named)
    return ""


def show(talk: Talk) -> None:
    """Say which news a person takes, and offer to change it."""
    talk.emit("preferences.listed")
    talk.say("preferences")
    talk.offer(L("Saņemt ziņas"), Do.NEWS, key="take")
    talk.offer(L("Pauze līdz pavasarim"), Do.NEWS, key="winter")
    talk.offer(L("No visas Latvijas"), Do.NEWS, key="all")
    talk.offer(L("Vairs nesūtīt"), Do.NEWS, key="none")


def tap(talk: Talk, pressed: Act) -> str:
    """Do what a button about news says."""
    if pressed.key == "winter":
        return rest(talk)
    if pressed.key == "take":
        return _subscribe(talk)
    if pressed.key == "all":
        return _choose(talk, "")
    if pressed.key == "none":
        talk.emit("permissions.withdrawn", kinds=[_NEWS])
        talk.change(quiet=True)
        talk.say("unsubscribed")
        return "unsubscribed"
    show(talk)
    return "preferences"


def rest(talk: Talk) -> str:
    """Send nothing until spring."""
    today = talk.today
    spring = date(today.year + (today.month >= _MARCH), _MARCH, 1)
    talk.emit("preferences.chosen", quiet_until=spring)
    talk.say("news_rest", until=spring)
    return "news_rest"


def _subscribe(talk: Talk) -> str:
    talk.emit("permissions.given", kinds=[_NEWS])
    talk.emit("preferences.chosen", quiet_until=None)
    talk.change(quiet=False)
    talk.say("news_taken")
    talk.offer(L("Pauze līdz pavasarim"), Do.NEWS, key="winter")
    return "subscribed"


def _choose(talk: Talk, municipality: str) -> str:
    talk.emit("permissions.given", kinds=[_NEWS])
    talk.emit("preferences.chosen", municipality=municipality, quiet_until=None)
    talk.change(quiet=False)
    talk.say("news_chosen", municipality=municipality)
    return "news_chosen"
