"""Subscribing: which of our news a person takes and how often, of where, none until spring, none at all."""

import re
from datetime import date

from bot.conversation.state import Act, Do
from bot.conversation.talk import Talk
from flows.grammar import L
from knowledge.latvian.text import fold, words
from knowledge.places import Ambiguous, Place, find_places

_NEWS = "news"
_WANTS = tuple(
    fold(phrase)
    for phrase in (
        *(
            "saņemt ziņas",
            "gribu saņemt ziņas",
            "vēlos saņemt ziņas",
            "gribu ziņas",
            "vēlos ziņas",
            "sūtiet man ziņas",
            "sūtiet ziņas",
        ),
        *("pieteikties ziņām", "pieteikties jaunumiem", "gribu saņemt jaunumus", "sūtiet man jaunumus"),
        *("sūtiet jaunumus", "varat sūtīt ziņas", "gribu saņemt jūsu ziņas", "gribu jaunumus", "vēlos jaunumus"),
        *("atkal saņemt ziņas", "subscribe", "get news"),
    )
)
_ASSENT = frozenset({"labi", "ja", "ludzu", "tad", "nu", "ok", "tomer"})
_ASKS = tuple(
    fold(phrase)
    for phrase in (
        *("kādas ziņas saņemu", "kādas ziņas es saņemu", "kādas ziņas man sūtāt", "kādas ziņas saņemt"),
        *("mainīt ziņas", "ziņu iestatījumi", "ziņu izvēle", "change news", "which news do i get"),
    )
)
_RESTS = tuple(fold(phrase) for phrase in ("pauze līdz pavasarim", "ziņas tikai no pavasara", "pauze pa ziemu"))
_EVERYWHERE = fold("ziņas no visas Latvijas")
_ALL = tuple(
    fold(phrase)
    for phrase in ("visas ziņas", "ziņas par visu", "par visu", "arī citus jaunumus", "ziņas arī par citu", "all news")
)
_EACH = tuple(
    fold(phrase)
    for phrase in ("katru ziņu uzreiz", "katru uzreiz", "ziņas uzreiz", "visas ziņas uzreiz", "sūtiet katru uzreiz")
)
_MONTH, _TWO_WEEKS, _WEEK = 30, 14, 7  # days
# Small words of a wish about news; a text of these and of what is wished holds nothing else.
_WISHING = (
    r"(?:zin[aou]s?|jaunum\w*|man|mums|sut\w+|rakst\w+|atsut\w+|ludzu|grib\w+|vel[oe]\w+|sanem\w*|vienu|labdien|un|no)"
)
_EVENTS_ONLY = re.compile(rf"(?=.*\b(?:tikai|vienigi)\b)(?:(?:{_WISHING}|tikai|vienigi|par|pasakum\w+|stadisan\w+) ?)+")
# „Tikai par Ogri” alone is no wish for news.
_ABOUT_ONLY = re.compile(
    rf"(?=.*\b(?:zin[aou]s?|jaunum\w*|sut\w+|atsut\w+|rakst\w+|sanem\w*)\b)(?:(?:{_WISHING}) )*"
    r"tikai (?:zin[aou]s? )?(?:par|no) "
)
_OFTEN = re.compile(
    rf"(?=.*\b(?:biezak|vairak|zin[aou]s?|retak|tikai)\b)(?:(?:{_WISHING}|ne|tikai|biezak|vairak|retak|ka|par|reiz[ie]s?|1|"
    r"(?P<two>div[aou]s|2)|(?P<month>menesi|menesa)|(?P<week>nedel[aeu]s?)|(?P<half>pusmenesi)) ?)+"
)
_MEDIA = re.compile(
    rf"(?=.*\b(?:esam|esmu|zinas|stradaj\w+|rakst\w+|parstav\w+)\b)(?=.*(?P<media>medij|laikrakst|avize|zurnal|radio|televiz|"
    rf"redakcij|prese|presi|portal))(?:(?:{_WISHING}|mes|es|esam|esmu|stradaj\w+|parstav\w+|vietej\w+|novada|medij\w+|"
    r"laikrakst\w*|avize\w*|zurnal\w+|radio|televiz\w+|redakcij\w+|pres\w{1,2}|zinu|portal\w*|musu) ?)+"
)
_NO_MEDIA = re.compile(r"(?:mes |es |vairs )*n(?:esam|esmu)(?: vairs)? (?:medij|laikrakst|zurnal|pres)\w*")
_ONLY = (fold("ziņas tikai"), fold("tikai ziņas"))
_BEFORE_PLACE = re.compile(r"^\s*tikai\s+(?:ziņas\s+|zinas\s+)?(?:(?:par|no)\s+)?", re.IGNORECASE)
_BETWEEN = re.compile(r"\bun\b|\bvai\b|,", re.IGNORECASE)
_MOST_NAMED = 6  # municipalities to choose from
_MARCH = 3
# Label, what it does, and what of the preferences makes it worth offering.
_BUTTONS = (
    (L("Saņemt ziņas"), "take", "rests"),
    (L("Tikai par pasākumiem"), "events", "of_all"),
    (L("Par visu"), "anything", "of_events"),
    (L("Reizi mēnesī"), "monthly", "each"),
    (L("Katru uzreiz"), "each", "seldom"),
    (L("No visas Latvijas"), "all", "of_one"),
    (L("Neesam medijs"), "no_media", "is_media"),
    (L("Pauze līdz pavasarim"), "winter", "goes_on"),
    (L("Vairs nesūtīt"), "none", "takes"),
)


def hear(talk: Talk, text: str) -> str:
    """Hear which news somebody wants; '' where the text says nothing of it."""
    said = " ".join(word.folded for word in words(text))
    if said in _WANTS or _without_assent(said) in _WANTS:
        return _subscribe(talk)
    if said in _ASKS:
        show(talk)
        return "preferences"
    if said in _RESTS:
        return rest(talk)
    if said == _EVERYWHERE:
        return _choose(talk, municipality="")
    if said in _EACH:
        return _choose(talk, every_days=0)
    if said in _ALL:
        return _choose(talk, municipality="", about="")
    if outcome := _heard_narrower(talk, said):
        return outcome
    if said.startswith(_ONLY) or _ABOUT_ONLY.match(said):
        return _choose_where(talk, text[text.lower().find("tikai") :])
    return ""


def _without_assent(said: str) -> str:
    """Leave away what „labi, sūtiet ziņas” begins with."""
    first, _, rest = said.partition(" ")
    return _without_assent(rest) if rest and first in _ASSENT else said


def _choose_where(talk: Talk, text: str) -> str:
    """Take news of the municipality that a text names, or ask which of several; '' where it names none."""
    rest = _BEFORE_PLACE.sub("", text, count=1)
    # Of „Ogri un Cēsīm” each is known for a place behind „ap” alone.
    parts = [f"ap {part.strip()}" for part in _BETWEEN.split(rest)]
    named = _municipalities(rest) or [name for part in parts for name in _municipalities(part)]
    several = list(dict.fromkeys(named))[:_MOST_NAMED]
    if len(several) == 1:
        return _choose(talk, municipality=several[0])
    if several:
        talk.say("news_which")
        for name in several:
            talk.offer(name, Do.NEWS, key="only", value=name)
        talk.offer(L("No visas Latvijas"), Do.NEWS, key="all")
        return "news_which"
    return ""


def _municipalities(text: str) -> list[str]:
    """Return the municipalities of the places that a text names, whichever it may mean."""
    named: list[str] = []
    for found in find_places(text, answering=True):
        places = found.value.candidates if isinstance(found.value, Ambiguous) else (found.value,)
        named += [place.municipality for place in places if isinstance(place, Place) and place.municipality]
    return named


def _heard_narrower(talk: Talk, said: str) -> str:
    """Hear that somebody wants fewer news, or those for the press; '' where the text says nothing of it."""
    if _NO_MEDIA.fullmatch(said):
        return _introduce(talk, "")
    if _MEDIA.fullmatch(said):
        return _introduce(talk, "media")
    if _EVENTS_ONLY.fullmatch(said) and "pasakum" in said:
        return _choose(talk, about="events")
    if (often := _OFTEN.fullmatch(said)) and (days := _days(often)):
        return _choose(talk, every_days=days)
    return ""


def _days(often: re.Match[str]) -> int:
    if often["month"]:
        return _MONTH
    if often["half"] or (often["week"] and often["two"]):
        return _TWO_WEEKS
    return _WEEK if often["week"] else 0


def show(talk: Talk) -> None:
    """Say which news a person takes, and offer what would change it; a letter offers the rest as well."""
    talk.emit("preferences.listed")
    talk.say("preferences")
    for label, key, needs in _BUTTONS:
        if not talk.by_letter:
            talk.offer(label, Do.NEWS, key=key, needs=needs)
        elif key != "no_media":
            talk.offer(label, Do.NEWS, key=key)  # choices of a letter are counted, so none may be missing


def tap(talk: Talk, pressed: Act) -> str:
    """Do what a button about news says."""
    chosen: dict[str, dict[str, str | int]] = {
        "all": {"municipality": ""},
        "events": {"about": "events"},
        "anything": {"about": ""},
        "monthly": {"every_days": _MONTH},
        "each": {"every_days": 0},
    }
    if pressed.key in chosen:
        return _choose(talk, **chosen[pressed.key])
    if pressed.key == "only":
        return _choose(talk, municipality=str(pressed.value))
    if pressed.key == "winter":
        return rest(talk)
    if pressed.key == "take":
        return _subscribe(talk)
    if pressed.key == "no_media":
        return _introduce(talk, "")
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
    talk.offer(L("Mainīt ziņas"), Do.NEWS, key="show")
    talk.offer(L("Pauze līdz pavasarim"), Do.NEWS, key="winter")
    return "subscribed"


def _choose(talk: Talk, **chosen: str | int) -> str:
    """Take news from now on, as it was chosen."""
    talk.emit("permissions.given", kinds=[_NEWS])
    # Who asks for news of a place wants them now; how many, and about what, says nothing of a pause.
    talk.emit("preferences.chosen", **chosen, **({"quiet_until": None} if "municipality" in chosen else {}))
    talk.change(quiet=False)
    talk.say("news_chosen", chosen=chosen)
    talk.offer(L("Mainīt ziņas"), Do.NEWS, key="show")
    return "news_chosen"


def _introduce(talk: Talk, role: str) -> str:
    """Note that somebody is of the press, or is not; that alone is no wish for news."""
    talk.emit("preferences.chosen", role=role)
    talk.say("news_role", role=role)
    if role:
        talk.offer(L("Saņemt ziņas"), Do.NEWS, key="take", needs="rests")
    return "news_role"
