"""The states of a registration: what may become of each, and the words that people and staff read for them. Pure."""

from collections.abc import Mapping

from flows.grammar import L

RECEIVED, QUESTION, ACCEPTED = "received", "question", "accepted"
ENTERED, REPORTED = "entered", "reported"  # in MapMyTree itself, or through Reportnet 3
REJECTED, WITHDRAWN = "rejected", "withdrawn"

OPEN = frozenset({RECEIVED, QUESTION})  # nobody has decided: the person changes it without asking
DONE = frozenset({ENTERED, REPORTED})
COUNTS = frozenset({RECEIVED, QUESTION, ACCEPTED, ENTERED, REPORTED})  # its trees are there

_BEFORE: Mapping[str, frozenset[str]] = {
    RECEIVED: frozenset({QUESTION, ACCEPTED, REJECTED}),  # looked at once more
    QUESTION: frozenset({RECEIVED, QUESTION}),
    ACCEPTED: frozenset({RECEIVED, QUESTION, ENTERED, REPORTED}),  # also back, where it was entered by mistake
    ENTERED: frozenset({ACCEPTED, ENTERED, REPORTED}),  # also another link
    REPORTED: frozenset({ACCEPTED, ENTERED, REPORTED}),
    REJECTED: frozenset({RECEIVED, QUESTION}),
    WITHDRAWN: frozenset({RECEIVED, QUESTION, ACCEPTED, ENTERED, REPORTED}),
}

# What people read: the three states, always in these words, and the two that end it.
TOLD = {
    RECEIVED: L("Pierakstīts pie mums (vēl nav MapMyTree)"),
    QUESTION: L("Pierakstīts pie mums (vēl nav MapMyTree)"),
    ACCEPTED: L("Pārbaudīts"),
    ENTERED: L("Ievadīts MapMyTree %(day)s"),
    REPORTED: L("Ievadīts MapMyTree %(day)s"),
    REJECTED: L("MapMyTree netiks ievadīts"),
    WITHDRAWN: L("Atsaukts"),
}

# What staff read.
NAMES = {
    RECEIVED: "Jāpārbauda",
    QUESTION: "Gaida atbildi",
    ACCEPTED: "Pieņemta",
    ENTERED: "Ievadīta MapMyTree",
    REPORTED: "Nodota caur Reportnet 3",
    REJECTED: "Noraidīta",
    WITHDRAWN: "Atsaukta",
}

# Why staff say no with one tap; anything else they write. The person reads „Iemesls: …”.
REASONS = {
    "early": L("koki stādīti pirms 2020. gada 20. maija"),
    "duty": L("šos kokus bija pienākums stādīt, bet iniciatīvā skaita papildu kokus"),
    "double": L("šie koki pie mums jau ir pierakstīti"),
}


def before(state: str) -> frozenset[str]:
    """Return the states from which a registration may come into this one; raises KeyError for none of ours."""
    return _BEFORE[state]
