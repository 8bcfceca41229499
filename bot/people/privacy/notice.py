"""The notice for those who run the service: what people's data are for here, who gets them, how long they are kept."""

from collections.abc import Iterator

from bot.people.privacy.retention import Retention
from bot.settings import Settings

PURPOSES = (
    "registering trees: name, telephone or e-mail, place, pictures",
    "answering: what people write, and what staff answer",
    "news of events, where a person has asked for them (permission „news”)",
    "showing pictures to others, only with that permission („publicity”)",
)
_MISSING = "nobody is named yet"


def lines(settings: Settings) -> Iterator[str]:
    """Yield everything, from the settings as they are."""
    yield f"controller: {settings.privacy_controller or f'{_MISSING} (PRIVACY_CONTROLLER)'}"
    yield f"contact: {settings.privacy_contact or f'{_MISSING} (PRIVACY_CONTACT)'}"
    yield f"legal basis: {settings.privacy_basis or 'not stated yet (PRIVACY_BASIS)'}"
    yield from (f"purpose: {purpose}" for purpose in PURPOSES)
    if settings.outreach:
        yield "purpose: one letter to each organisation of a list of public addresses (OUTREACH=1)"
    yield from (f"recipient: {recipient}" for recipient in _recipients(settings))
    yield from (f"kept: {kept}" for kept in _kept(settings))


def _recipients(settings: Settings) -> Iterator[str]:
    yield "staff of the project" + (", in their group on Telegram" if settings.staff_chat_id else "")
    if settings.telegram_token:
        yield "Telegram, which carries messages"
    if settings.mail_address:
        yield f"the mail provider of {settings.mail_address}, which carries letters"
    if settings.object_store_url:
        yield f"the object store {settings.object_store_url.partition('://')[0]}, which keeps pictures and letters"
    yield "MapMyTree, which is public: species, numbers, place; only with the permission „enter_mapmytree”"
    yield "Reportnet 3 of the European Environment Agency: the same"


def _kept(settings: Settings) -> Iterator[str]:
    rules = Retention.of(settings)
    yield f"drafts: {rules.draft_days} days"
    yield from (f"{kind.what}: {kind.days} days" for kind in rules.kinds)
    yield "registrations, permissions, addresses: until the person has them erased"
    yield "after that: how many trees of which species were planted when in which municipality"
