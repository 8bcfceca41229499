"""Which letters no person wrote, which report that ours did not arrive, and whether a sender can be believed."""

from typing import Any

import pytest

from bot.channels.email.letter import Failure, Ours, Outcome, Trust
from tests.written_letters import OTHER_TOKEN, OURS, TOKEN, letter, of_parts, part, read

_Headers = dict[str, str | None]


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Auto-Submitted": "auto-replied"}, "auto-submitted"),
        ({"Auto-Submitted": "auto-generated; x=y"}, "auto-submitted"),
        ({"Precedence": "bulk"}, "precedence"),
        ({"Precedence": "Auto_Reply"}, "precedence"),
        ({"List-Id": "<koki.example.org>"}, "list"),
        ({"List-Unsubscribe": "<mailto:x@example.org>"}, "list"),
        ({"X-Autoreply": "yes"}, "automatic"),
        ({"X-Loop": "x"}, "automatic"),
        ({"Feedback-ID": "1:2:3"}, "automatic"),
        ({"Return-Path": "<>"}, "null sender"),
        ({"From": "MAILER-DAEMON@example.org"}, "robot's address"),
        ({"From": "Mail Delivery Subsystem <x@example.org>"}, "robot's address"),
        ({"From": "no-reply@example.org"}, "robot's address"),
        ({"From": "noreply+abc@example.org"}, "robot's address"),
        ({"X-Auto-Response-Suppress": "All"}, "asks for no answers"),
    ],
)
def test_machines_are_known_by_their_headers(headers: _Headers, reason: str) -> None:
    """Each sign alone is enough, and stands for the reason."""
    found = read(letter(headers=headers))
    assert (Outcome.AUTO_REPLY, reason) == (found.outcome, found.reason)


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "no"},
        {"Precedence": "normal"},
        {"X-Auto-Response-Suppress": "DR, OOF, AutoReply", "Thread-Index": "AdQ="},
        {"X-Auto-Response-Suppress": "All", "To": f"koki+{TOKEN}@example.lv"},
        {"X-Auto-Response-Suppress": "All", "Subject": "Re: Koki [#ABC234]"},
        {"X-Auto-Response-Suppress": "None"},
        {"From": "Anna Noreply-Ozola <anna@example.org>"},
        {"Return-Path": "<anna@example.org>"},
        {"Message-ID": "<abc@example.lv>"},  # a colleague in our own house
    ],
)
def test_people_are_not_taken_for_machines(headers: _Headers) -> None:
    """Outlook asks for no notices on ordinary letters too, and a person may write of machines."""
    assert Outcome.MESSAGE is read(letter(headers=headers)).outcome


@pytest.mark.parametrize(
    "subject",
    [
        "Automātiska atbilde: Koku reģistrēšana",
        "Automātiskā atbilde: Re: Koki",
        "Ārpus biroja līdz 5. martam",
        "ARPUS BIROJA",
        "Prombūtnē no 3. līdz 7. martam",
        "Esmu atvaļinājumā līdz 10.03.",
        "Re: Prombūtne",
        "Автоответ: Koki",
        "Автоматический ответ: Koki",
        "В отпуске до 10 марта",
        "Вне офиса",
        "Out of Office Re: Koki",
        "Automatic reply: Koki",
        "Auto-Reply: Koki",
        "Re: Out of office",
        "On vacation until 10 March",
        "Abwesenheitsnotiz: Koki",
        "Automatische Antwort: Koki",
        "Abwesend bis 10. März",
        "Nicht im Büro",
        "Prombūtnes paziņojums",
        "Я в отпуске до 10 марта",
        "I am away until Monday 9",
        "Koki (automātiska atbilde)",
        "[Auto-Reply] Koki",
    ],
)
@pytest.mark.parametrize("headers", [{}, {"Auto-Submitted": "auto-replied"}], ids=["bare", "declared"])
def test_who_is_away_gets_no_answer(subject: str, headers: _Headers) -> None:
    """In four languages, whether or not the program has declared itself; our token in it changes nothing."""
    found = read(letter("Esmu prom.", {"Subject": subject, "To": f"koki+{TOKEN}@example.lv", **headers}))
    assert Outcome.AUTO_REPLY is found.outcome


@pytest.mark.parametrize(
    "subject",
    [
        "Prombūtnē nokalta mani koki, ko darīt?",
        "Vai atbildat ārpus biroja laika?",
        "Jautājums: ārpus biroja laika",
        "Atvaļinājumā stādīti koki",
        "Away with the weeds?",
        "Urlaub auf dem Land und Bäume",
        "Vacation home trees",
        "Отпуск кончился, сажаю дубы",
    ],
)
def test_a_word_in_a_subject_makes_no_machine(subject: str) -> None:
    """People's subjects have these words too."""
    assert Outcome.MESSAGE is read(letter(headers={"Subject": subject})).outcome


def test_calendars_receipts_and_reports_get_no_answer() -> None:
    """An accepted invitation, a read receipt, a complaint; an invitation itself is a letter with a file."""
    reply = part("BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR", "text/calendar; charset=utf-8")
    invitation = part("BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR", "text/calendar; charset=utf-8; method=REQUEST")
    receipt = part("Disposition: manual-action; displayed", "message/disposition-notification")
    complaint = part("Feedback-Type: abuse", "message/feedback-report")
    for kind, one, reason in (
        ("mixed", reply, "calendar reply"),
        ("report; report-type=disposition-notification", receipt, "read receipt"),
        ("report; report-type=feedback-report", complaint, "report"),
    ):
        found = read(of_parts(part("Jā"), one, kind=kind))
        assert (Outcome.AUTO_REPLY, reason) == (found.outcome, found.reason)
    found = read(of_parts(part("Nāciet stādīt!"), invitation, kind="alternative"))
    assert (Outcome.MESSAGE, ["text/calendar"]) == (found.outcome, [one.media_type for one in found.attachments])


@pytest.mark.parametrize(
    "headers",
    [
        {"From": "koki@example.lv"},
        {"From": "Koku palīgs <KOKI+abc@example.lv>"},
        {"X-Koku-Paligs": "1"},
        {"Message-ID": f"<{TOKEN}.1@example.lv>"},
    ],
)
def test_our_own_letters_are_known(headers: _Headers) -> None:
    """By the address, with or without a tag, by our mark, and by an id that only we give."""
    assert Outcome.OWN is read(letter(headers=headers)).outcome


def _bounce(status: str, said: str = "", action: str = "failed", **headers: str | None) -> bytes:
    fields = (
        f"Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; Anna@Example.org\nAction: {action}\n"
        f"Status: {status}\nDiagnostic-Code: smtp; {said}\n"
    )
    return of_parts(
        part("Delivery failed."),
        part(fields, "message/delivery-status"),
        part("Message-ID: <77@example.lv>\nTo: anna@example.org\n", "text/rfc822-headers"),
        kind="report; report-type=delivery-status",
        headers={"From": "MAILER-DAEMON@mx.example.org", "Auto-Submitted": "auto-replied", **headers},
    )


@pytest.mark.parametrize(
    ("status", "said", "permanent", "code"),
    [
        ("5.1.1", "550 no such user", True, "5.1.1"),
        ("5.1.10", "550 RESOLVER.ADR.RecipientNotFound", True, "5.1.10"),
        ("4.2.2", "452 mailbox full", False, "4.2.2"),
        ("5.2.2", "552 mailbox full", False, "5.2.2"),
        ("5.7.1", "550 taken for spam", False, "5.7.1"),
        ("5.0.0", "550 5.1.1 user unknown", True, "5.1.1"),
        ("5.0.0", "550 user unknown", True, "5.0.0"),
    ],
)
def test_a_standard_report_says_who_is_gone(status: str, said: str, permanent: bool, code: str) -> None:  # noqa: FBT001
    """RFC 3464: only an address that does not exist is gone for good; the letter that came back is named."""
    found = read(_bounce(status, said))
    failure = Failure(address="Anna@example.org", permanent=permanent, status=code, message_id="77@example.lv")
    assert (Outcome.BOUNCE, (failure,)) == (found.outcome, found.failures)


@pytest.mark.parametrize(
    ("action", "reason"), [("delayed", "delayed"), ("delivered", "delivered"), ("relayed", "delivered")]
)
def test_a_letter_that_waits_has_not_failed(action: str, reason: str) -> None:
    """Warnings and receipts are machines' letters, not failures."""
    found = read(_bounce("4.0.0", action=action))
    assert (Outcome.AUTO_REPLY, reason, ()) == (found.outcome, found.reason, found.failures)


def test_what_servers_write_in_their_own_words_is_understood() -> None:
    """No standard parts: qmail's own form, and one that nobody knows, with our letter copied below it."""
    qmail = (
        "Hi. This is the qmail-send program at example.org.\nI'm afraid I wasn't able to deliver your message to the "
        "following addresses.\n\n<anna@example.org>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
        "--- Below this line is a copy of the message.\n\nTo: anna@example.org\n"
    )
    unknown = "Ziņa netika piegādāta: 550 5.1.1 unknown user\n\nSubject: Koki\nTo: Anna <anna@example.org>\n"
    for text in (qmail, unknown):
        found = read(letter(text, {"From": "MAILER-DAEMON@example.org", "Subject": "failure notice"}))
        assert Outcome.BOUNCE is found.outcome
        assert [("anna@example.org", True, "5.1.1")] == [
            (one.address, one.permanent, one.status) for one in found.failures
        ]


def test_a_letter_to_a_bounce_address_is_a_bounce_unless_somebody_is_away() -> None:
    """Only servers write to the envelope's address, and vacation programs, which do so by the book."""
    for address in (f"bounce+{TOKEN}@example.lv", f"koki+bounce-{TOKEN}@example.lv"):
        headers: _Headers = {"To": address, "Subject": "?"}
        found = read(letter("?", headers))
        assert (Outcome.BOUNCE, TOKEN, 1) == (found.outcome, found.token, len(found.failures))
        assert Outcome.AUTO_REPLY is read(letter("?", {**headers, "Auto-Submitted": "auto-replied"})).outcome


def test_a_person_may_write_of_failures() -> None:
    """A subject with „failed” and an address in the text make no bounce."""
    text = "Reģistrācija neizdevās, vēstule uz anna@example.org was returned. Ko darīt? 550 koki."
    for headers in (
        {"Subject": "Registration failed"},
        {"Subject": "Re: failure notice", "In-Reply-To": "<1@example.lv>"},
    ):
        assert Outcome.MESSAGE is read(letter(text, headers)).outcome


_RESULT = "Authentication-Results"


@pytest.mark.parametrize(
    ("results", "trust"),
    [
        (["mx.example.lv; dmarc=pass header.from=example.org"], Trust.PASS),
        (
            ["MX.example.lv; spf=pass smtp.mailfrom=x@example.org; dmarc=pass (p=none) header.from=example.org"],
            Trust.PASS,
        ),
        (["mx.example.lv; dmarc=fail header.from=example.org"], Trust.FAIL),
        (["mx.example.lv; dmarc=none header.from=example.org"], Trust.NONE),
        (["mx.example.lv; spf=pass smtp.mailfrom=example.org"], Trust.NONE),
        (["mx.example.lv; dmarc=pass header.from=example.com"], Trust.NONE),
        (["mx.example.lv; dmarc=pass header.from=example.org; dmarc=fail header.from=example.org"], Trust.NONE),
        (["mx.example.com; dmarc=pass header.from=example.org"], Trust.NONE),
        (["x.example.com; dmarc=pass", "mx.example.lv; dmarc=pass header.from=example.org"], Trust.PASS),
        (
            ["mx.example.lv; dmarc=fail header.from=example.org", "mx.example.lv; dmarc=pass header.from=example.org"],
            Trust.FAIL,
        ),
        (["mx.example.lv; dmarc=pass=pass;;"], Trust.NONE),
        (["mx.example.lv (mx.example.lv; dmarc=pass)"], Trust.NONE),
        ([], Trust.NONE),
    ],
)
def test_only_our_own_server_is_believed(results: list[str], trust: Trust) -> None:
    """The topmost result of our server counts, and only about the domain that the letter says it is from."""
    raw = "".join(f"{_RESULT}: {result}\r\n" for result in results).encode() + letter()
    assert trust is read(raw).trust
    assert Trust.NONE is read(raw, Ours(address=OURS.address)).trust


@pytest.mark.parametrize(
    ("headers", "body", "token", "tokens"),
    [
        ({"To": f"koki+{TOKEN}@example.lv"}, "", TOKEN, (TOKEN,)),
        ({"Cc": f"koki+{TOKEN.upper()}@example.lv"}, "", TOKEN, (TOKEN,)),
        ({"Delivered-To": f"koki+{TOKEN}@example.lv"}, "", TOKEN, (TOKEN,)),
        ({"X-Original-To": f"koki+{TOKEN}@example.lv"}, "", TOKEN, (TOKEN,)),
        ({"In-Reply-To": f"<{TOKEN}.1@example.lv>"}, "", TOKEN, (TOKEN,)),
        ({"References": f"<{OTHER_TOKEN}@example.lv> <{TOKEN}@example.lv>"}, "", TOKEN, (TOKEN, OTHER_TOKEN)),
        (
            {"In-Reply-To": f"<{TOKEN}@example.lv>", "References": f"<{OTHER_TOKEN}@example.lv>"},
            "",
            TOKEN,
            (TOKEN, OTHER_TOKEN),
        ),
        ({}, f"jā\n> {TOKEN}\n>> {OTHER_TOKEN}\n", TOKEN, (TOKEN, OTHER_TOKEN)),
        ({"To": f"koki+{TOKEN}@example.lv"}, f"jā\n> {OTHER_TOKEN}\n", TOKEN, (TOKEN, OTHER_TOKEN)),
        (
            {"To": f"koki+{TOKEN}@example.lv", "In-Reply-To": f"<{OTHER_TOKEN}@example.lv>"},
            "",
            "",
            (TOKEN, OTHER_TOKEN),
        ),
        ({"To": f"koki+{TOKEN}@example.lv, koki+{OTHER_TOKEN}@example.lv"}, "", "", (TOKEN, OTHER_TOKEN)),
        ({}, "jā", "", ()),
    ],
)
def test_our_marks_are_found_and_never_guessed(headers: Any, body: str, token: str, tokens: tuple[str, ...]) -> None:
    """Address first, then what is answered, then the text; where address and answer name two letters, neither is."""
    found = read(letter(body, headers))
    assert (token, tokens) == (found.token, found.tokens)
