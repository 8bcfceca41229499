"""For staff: what is asked in every matter that staff settle: a picture, and how to reach whoever tells it."""

from dataclasses import replace

from flows import planter
from flows.grammar import L
from flows.photo_kind import Photos

CONTACT = replace(
    planter.CONTACT,
    ask=L("Kā Jūs sauc, un kāds ir Jūsu tālrunis vai e-pasta adrese? Tas vajadzīgs, lai darbinieks varētu atbildēt."),
    why=L("Kontaktu redz tikai projekta darbinieki, un tas vajadzīgs, lai varētu atbildēt."),
    things=("talrun", "epast", "vard", "uzvard", "kontakt", "telefon", "numur", "contact", "name", "phone", "mail"),
)

PICTURES = Photos(
    key="photos",
    ask=L("Nosūtiet attēlu, ja tāds ir; ja nav, izlaidiet."),
    by_letter=L("Ja ir attēls, pievienojiet to vēstulei."),
    again=L("vai pievienosiet attēlu?"),
    label=L("Attēli"),
    change=L("Pievienot attēlu"),
    why=L("No attēla darbinieks bieži uzreiz redz, kas noticis."),
    example=L("Nospiediet saspraudi un izvēlieties attēlu."),
    things=("foto", "bild", "attel", "ekran", "photo", "picture", "screenshot"),
    optional=True,
)
