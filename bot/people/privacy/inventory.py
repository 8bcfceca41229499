"""The inventory: where anything of a person lies, and why some of it is neither shown nor erased.

Tables are found by their columns: one with a `contact_id`, or that hangs on such a one, is shown and erased without
being named here. Every other table has to be, with the reason; a test compares.
"""

from collections.abc import Iterator, Mapping, Sequence

import sqlalchemy as sa

from bot.database import metadata

# Tables that keep rows of erased people, emptied: a room of theirs does it. What stays, and why.
EMPTIED: Mapping[str, str] = {
    "announcements": "what is written for others, without who did",
    "contacts": "goes last, once the farewell has gone",
    "inbound": "that something came in, so that it is not read twice",
    "deliveries": "that something went out: it is counted",
    "broadcasts": "what was announced, without who did",
    "events": "what is planned for others, without who did",
    "cases": "that there was a matter, and how it was rated",
    "registrations": "how many trees of which species were planted when, in which municipality",
    "letters": "that a letter came in, so that it is not read twice",
}

# Tables without anything of a person, or that have to know it. Each with the reason.
EXCUSED: Mapping[str, str] = {
    "alarms": "kinds of trouble, by number",
    "automatic_topics": "what is answered without a person, and who of ours said so",
    "board_posts": "which message stands on which board, by number",
    "boards": "topics of the staff's group",
    "case_posts": "which message stands in which topic, by number",
    "contents": "what was announced to many",
    "desk_audit": "who of staff did what to which case, by number",
    "erasures": "the proof that somebody was erased; it says not who",
    "erasure_fingerprints": "the same: fingerprints, made with a key that lies elsewhere",
    "exports": "which files were made when, and by whom of ours",
    "exported_registrations": "what must not be reported twice, by number",
    "invites": "ways into the team, which are not people's",
    "leases": "which process does what",
    "mailboxes": "our own mailbox",
    "pulses": "when we last looked",
    "reference_numbers": "how many registrations a year has",
    "tallies": "counts by day, of nobody",
    "team": "those who work here, as long as they do",
}

# Hang on another's rows and are erased with their person, though they have no contact of their own.
ELSEWHERE: Mapping[str, str] = {
    "bounces": "by the address",
    "links": "by either side",
}

_NAMES_A_CONTACT = "contact_id"


def of_contacts(contact_ids: Sequence[int]) -> Iterator[tuple[sa.Table, sa.ColumnElement[bool]]]:
    """Yield every table that holds rows of these people, and which; those that hang on others come first."""
    for table in reversed(metadata.sorted_tables):
        if table.name not in EXCUSED and table.name not in ELSEWHERE:
            theirs = _belongs(table, contact_ids, frozenset())
            if theirs is not None:
                yield table, theirs


def unaccounted() -> list[str]:
    """Return the tables that are neither found nor excused."""
    found = {table.name for table, _ in of_contacts([0])}
    return sorted(set(metadata.tables) - found - set(EXCUSED) - set(ELSEWHERE) - set(EMPTIED))


def _belongs(table: sa.Table, contact_ids: Sequence[int], seen: frozenset[str]) -> sa.ColumnElement[bool] | None:
    """Return which rows are these people's: by their own contact, or by that of the row which they hang on."""
    if _NAMES_A_CONTACT in table.c:
        return table.c[_NAMES_A_CONTACT].in_(contact_ids)
    conditions = []
    for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
        parent = key.column.table
        if parent.name == "contacts" or parent is table or parent.name in seen:
            continue
        theirs = _belongs(parent, contact_ids, seen | {table.name})
        if theirs is not None:
            conditions.append(key.parent.in_(sa.select(key.column).where(theirs)))
    return sa.or_(*conditions) if conditions else None
