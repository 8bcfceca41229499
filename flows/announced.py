"""Announced: what is asked about whatever goes out to many, of an event or not: a picture, and who hears of it."""

from flows.audience_kind import ToWhom
from flows.picture_kind import Picture

# What is written for others is read as a whole: a question or a wish in it is not meant for us.
WORDS = ("question", "human", "language", "correction", "add_more", "minor", "forget_me", "yes", "no")

PICTURE = Picture(
    key="picture",
    ask="Nosūtiet attēlu, ko likt klāt ziņai.",
    again="nosūtiet attēlu.",
    by_letter="Ja gribat klāt attēlu, pielieciet to vēstulei.",
    label="Attēls",
    change="Attēls",
    why="Attēls ziņu dara pamanāmāku; bez tā arī var.",
    example="Nosūtiet vienu fotogrāfiju vai uzrakstiet „bez attēla”.",
    things=("attel", "bild", "foto"),
    takes=("skip", "no"),
    optional=True,
    offered=True,
)
AUDIENCE = ToWhom(
    key="audience",
    ask="Kam par to paziņot? Ziņas saņem tikai tie, kas tās gribējuši.",
    again="kam par to paziņot?",
    label="Kam",
    change="Mainīt saņēmējus",
    why="Ziņu saņems tikai šie cilvēki, un katrs vienu reizi.",
    example="Piemēram: „visi”, „Ogres novads”, „skolas un pašvaldības 30 km ap Cēsīm” vai „20 km no pasākuma”.",
    things=("kam", "sanemej"),
)
