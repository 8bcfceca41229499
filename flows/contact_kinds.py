"""Kinds of question about people: a name with a way to reach it, the name of an organisation."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from flows.grammar import Answers, Json, L, NotUnderstood, Option, Partly, Question, Reading, Understood, Voice
from flows.kinds import Text, show_phone
from flows.said import Card, Said
from knowledge.contacts import RefusedEmail, find_emails, find_name, find_phones
from knowledge.found import Found
from knowledge.latvian.text import fold, words
from knowledge.organisations import find_organisations
from knowledge.places import find_places
from knowledge.proper_names import given_name

# Words that say what a number is.
_LABELS = ("tel", "talr", "mob", "nr", "num", "mans", "mani", "epast", "e-past", "pasts", "ir", "kontakt")
Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """How to reach a person: `phone` as E.164, `email` as validated."""

    name: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, kw_only=True)
class Reach(Question[Contact]):
    """A name, and a telephone number or an e-mail address; asked for together, taken in parts."""

    any_words: ClassVar[bool] = True
    part_changes: ClassVar[bool] = True

    def read(self, said: Said, today: date) -> Reading[Contact] | None:
        """Read a shared card, or a name, a number and an address in any order."""
        if said.card:
            return _reading(_from_card(said.card), ())
        if not said.text:
            return None
        contact, spans, refused = _stated(said.text)
        name = find_name(said.text, answering=True)
        if name:
            contact, spans = replace(contact, name=name.value), (*spans, (name.start, name.end))
        if contact != Contact():
            return _reading(contact, spans)
        if refused:
            return NotUnderstood(why=_WHY_REFUSED[refused.why], given=refused.text)
        return NotUnderstood(
            why=L("Nesapratu „%(given)s”. Vajag vārdu un tālruni vai e-pasta adresi."), given=said.text
        )

    def find(self, said: Said, today: date) -> Reading[Contact] | None:
        """Find a number or an address anywhere; a name only where the text says that it is one."""
        if said.card and said.card.own:
            return self.read(said, today)
        contact, spans, refused = _stated(said.text)
        name = find_name(said.text) or (_beside(said.text, spans) if contact != Contact() else None)
        if name:
            contact, spans = replace(contact, name=name.value), (*spans, (name.start, name.end))
        if contact == Contact() and refused:
            return NotUnderstood(why=_WHY_REFUSED[refused.why], given=refused.text)
        return _reading(contact, spans) if contact != Contact() else None

    def told(self, value: Contact) -> Mapping[str, Json]:
        """Return the parts by their own names."""
        return dict(self.encode(value))

    def combine(self, old: Contact, new: Contact) -> Contact:
        """Put a part given later to those given before."""
        return Contact(name=new.name or old.name, phone=new.phone or old.phone, email=new.email or old.email)

    def joined(self, old: Contact, new: Contact) -> Contact | None:
        """Add a number to a name and an address, or an address to a name and a number."""
        differs = any(
            a and b and a != b for a, b in ((old.name, new.name), (old.phone, new.phone), (old.email, new.email))
        )
        both = self.combine(old, new)
        return both if both != old and not differs else None

    def complete(self, value: Contact) -> Understood[Contact] | Partly[Contact]:
        """Say what is still missing of a value."""
        return _reading(value, ())

    def correct(self, old: Contact, wrong: str, right: str, today: date) -> Contact | None:
        """Change the part that the new words are. Since any words may be a name, one has to look like one."""
        reading = self.read(Said(text=right), today)
        new = reading.value if isinstance(reading, Understood | Partly) else Contact()
        if not (new.phone or new.email) and not _is_surely_name(right):
            return None
        return self.combine(old, new)

    def show(self, value: Contact, voice: Voice) -> str:
        """Say everything we have."""
        phone = show_phone(value.phone) if value.phone else ""
        return ", ".join(part for part in (value.name, phone, value.email) if part)

    def options(self, answers: Answers) -> tuple[Option, ...]:
        """Let the phone tell its number and its owner's name."""
        return (Option(label=L("📱 Mans kontakts"), value=None, request="contact"),)

    def encode(self, value: Contact) -> Json:
        """Write the parts there are."""
        parts = {"name": value.name, "phone": value.phone, "email": value.email}
        return {key: part for key, part in parts.items() if part}

    def decode(self, stored: Json) -> Contact:
        """Read them back."""
        return Contact(**stored)


@dataclass(frozen=True, kw_only=True)
class OrganisationName(Text):
    """An organisation's name as it calls itself; found in other texts only with its legal form."""

    def find(self, said: Said, today: date) -> Reading[str] | None:
        """Find „SIA „Zaļā birze””, „Drustu pamatskola”."""
        found = find_organisations(said.text)
        if len(found) != 1:
            return None
        name = said.text[found[0].start : found[0].end]
        return Understood(value=name, spans=((found[0].start, found[0].end),))


_WHY_REFUSED = {
    "letters": L("E-pasta adresē „%(given)s” pirms @ ir garumzīme vai mīkstinājuma zīme; tādas adreses nemēdz būt."),
    "form": L("„%(given)s” neizskatās pēc e-pasta adreses."),
}


def _is_surely_name(text: str) -> bool:
    """Tell „Anna Bērziņa” from „saņēmām atbalstu”: a known given name first, or capitals that name no place."""
    said = words(text)
    if not said:
        return False
    capitals = all(word.text[0].isupper() for word in said)
    return given_name(said[0].folded) or (capitals and not find_places(text, answering=len(said) == 1))


def _from_card(card: Card) -> Contact:
    """Take a card's number; its name only when the card is the sender's own."""
    phones = find_phones(card.phone if card.phone.startswith("+") else f"+{card.phone}") or find_phones(card.phone)
    name = " ".join(part for part in (card.first_name, card.last_name) if part)
    return Contact(name=name if card.own else "", phone=phones[0].value if phones else "")


def _stated(text: str) -> tuple[Contact, Spans, RefusedEmail | None]:
    emails = find_emails(text)
    good = [found for found in emails if isinstance(found.value, str)]
    refused = next((found.value for found in emails if isinstance(found.value, RefusedEmail)), None)
    phones = [found for found in find_phones(text) if not any(e.start <= found.start < e.end for e in emails)]
    spans = (
        *((found.start, found.end) for found in emails[:1]),
        *((found.start, found.end) for found in phones[:1]),
    )
    email = str(good[0].value) if good else ""
    return Contact(phone=phones[0].value if phones else "", email=email), spans, refused


def _beside(text: str, spans: Spans) -> Found[str] | None:
    """Find the name that is all there is beside a number: „Anna Zarina, telefona nr. 29 123 123”."""
    name = find_name(text, answering=True)
    if name is None:
        return None
    parts = text[name.start : name.end].split()
    # „Zariņa Anna” as well, but not „stādīja Jānis”.
    if not given_name(fold(parts[0])) and not (given_name(fold(parts[-1])) and parts[0][0].isupper()):
        return None
    told = ((name.start, name.end), *spans)
    left = [word for word in words(text) if not any(start <= word.start < end for start, end in told)]
    return None if any(not word.folded.startswith(_LABELS) for word in left) else name


def _reading(contact: Contact, spans: Spans) -> Understood[Contact] | Partly[Contact]:
    if not contact.name:
        return Partly(value=contact, ask=L("Un kā Jūs sauc?"), spans=spans)
    if not contact.phone and not contact.email:
        ask = L("Kāds ir Jūsu tālrunis vai e-pasta adrese?")
        options = (Option(label=L("📱 Mans kontakts"), value=None, request="contact"),)
        return Partly(value=contact, ask=ask, options=options, spans=spans)
    return Understood(value=contact, spans=spans)
