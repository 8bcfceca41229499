"""Consents: what exactly was agreed to can be shown later, and no words change without a new version."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.engine import Connection

from bot.conversation.response import Event
from bot.database import Database
from bot.messages import Address
from bot.people import consents, contacts, permissions
from bot.people.permissions import ENTER, NEWS, PUBLICITY
from bot.rooms import Handler, Scene
from flows.register_trees import REGISTER_TREES


def test_the_words_of_the_version_are_those_that_are_asked_with() -> None:
    """Whoever changes a question of permission has to raise VERSION, and keeps the old words."""
    kept = consents.TEXTS[permissions.VERSION]
    asked = {one.kind: (one.ask, one.by_letter) for one in REGISTER_TREES.permissions}
    assert asked == {kind: kept[kind] for kind in asked}
    entering = next(question for question in REGISTER_TREES.questions if question.key == "entered_by")
    assert (entering.ask,) == kept[ENTER]
    assert {ENTER, NEWS, PUBLICITY} == set(kept)


@pytest.mark.parametrize("kind", [ENTER, NEWS, PUBLICITY])
def test_every_permission_of_every_version_can_be_shown(kind: str) -> None:
    """In a chat and by letter; of a version that nobody knows nothing is made up."""
    assert all(consents.said(version, kind) for version in consents.TEXTS)
    assert consents.said(permissions.VERSION, NEWS) != consents.said(permissions.VERSION, NEWS, by_letter=True)
    assert "" == consents.said("1999-01", kind)


def test_pictures_are_shown_to_others_only_while_the_person_permits_it(database_url: str) -> None:
    """No other permission stands for it, and once it is withdrawn it holds no more."""
    database = Database(database_url)
    now = datetime(2026, 11, 26, tzinfo=UTC)
    chat = Address("chat", "1")

    def says(doing: Handler, kind: str) -> bool:
        def change(tx: Connection) -> bool:
            contact_id = contacts.owner(tx, chat) or contacts.add(tx, chat, now)
            scene = Scene(contact_id=contact_id, chat=chat, now=now, language="lv", inbound_id=0)
            doing(tx, Event(type="permissions", data={"kinds": [kind]}), scene)
            return permissions.may_show_pictures(tx, contact_id)

        return database.write_now(change)

    assert [False, False, True, False] == [
        says(permissions.give, ENTER),
        says(permissions.give, NEWS),
        says(permissions.give, PUBLICITY),
        says(permissions.withdraw, PUBLICITY),
    ]
    database.dispose()
