"""A whole registration by letter: a person's mail program, a real mailbox, a real mail server, the real service."""

import asyncio
import imaplib
import os
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.attachments.records import attachments
from bot.clock import SystemClock
from bot.database import Database
from bot.registrations.records import registrations
from tests.dovecot import PASSWORD, Dovecot
from tests.killing import Herd, free_port
from tests.pictures import heic, jpeg
from tests.smtp_server import MailServer, mail_server

_ANNA = "anna@example.org"


@dataclass(eq=False)
class _MailProgram:
    """Anna's mail program: writes into our mailbox, reads her own over IMAP, quotes what she answers."""

    dovecot: Dovecot
    mailbox: str  # hers on the server
    ours: str
    seen: int = 0
    last: EmailMessage = field(default_factory=EmailMessage)

    def writes(self, subject: str, text: str, *pictures: tuple[str, bytes]) -> None:
        """Begin a correspondence."""
        self._sends(self._message(subject, text, pictures))

    def replies(self, text: str, *pictures: tuple[str, bytes]) -> None:
        """Answer the last letter above its text, as most programs do."""
        quoted = "\n".join(f"> {line}".rstrip() for line in self.shown.splitlines())
        head = "Otrd., 2026. g. 24. nov. plkst. 10:15, Koku palīgs (<koki@example.lv>) rakstīja:"
        self._answers(f"{text}\n\n{head}\n\n{quoted}\n", pictures)

    def answers_between(self, answers: dict[str, str]) -> None:
        """Answer the last letter between its lines: what each numbered question's first words are answered with."""
        lines = []
        for line in self.shown.splitlines():
            lines.append(f"> {line}".rstrip())
            known = next((answer for asked, answer in answers.items() if re.match(rf"\d+\) {asked}", line)), None)
            lines += ["", known, ""] if known else []
        self._answers("\n".join(lines), ())

    async def receives(self) -> str:
        """Wait for the next letter and return its text."""
        async with asyncio.timeout(60):
            while not (letters := await asyncio.to_thread(self._fetch)):  # noqa: ASYNC110 - IMAP is asked
                await asyncio.sleep(0.1)
        self.last = letters[0]
        self.seen += 1
        return self.shown

    @property
    def shown(self) -> str:
        """The text of the last letter."""
        part = self.last.get_body(("plain",))
        assert part is not None
        return str(part.get_content()).replace("\r\n", "\n")

    def _fetch(self) -> list[EmailMessage]:
        with imaplib.IMAP4("127.0.0.1", self.dovecot.port) as client:
            client.authenticate("PLAIN", lambda _: f"\0{self.mailbox}\0{PASSWORD}".encode())
            client.select(readonly=True)
            _, found = client.search(None, "ALL")
            number = found[0].split()[self.seen : self.seen + 1]
            if not number:
                return []
            _, data = client.fetch(number[0].decode(), "(RFC822)")
        raw = data[0]
        assert isinstance(raw, tuple)
        return [message_from_bytes(raw[1], policy=default)]

    def _answers(self, text: str, pictures: tuple[tuple[str, bytes], ...]) -> None:
        message = self._message(str(self.last["Subject"]), text, pictures)
        message["In-Reply-To"] = self.last["Message-ID"]
        message["References"] = f"{self.last.get('References', '')} {self.last['Message-ID']}".strip()
        self._sends(message)

    def _message(self, subject: str, text: str, pictures: tuple[tuple[str, bytes], ...]) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"] = f"Anna Kalniņa <{_ANNA}>", "koki@example.lv"
        message["Subject"], message["Message-ID"] = subject, make_msgid(domain="mail.example.org")
        message["Date"] = format_datetime(SystemClock().now())
        message.set_content(text)
        for name, content in pictures:
            subtype = name.rpartition(".")[2]
            message.add_attachment(content, maintype="image", subtype=subtype, filename=name)
        return message

    def _sends(self, message: EmailMessage) -> None:
        self.dovecot.deliver(self.ours, message.as_bytes(policy=SMTP))


async def _forward(server: MailServer, dovecot: Dovecot, mailbox: str) -> None:
    """Bring what the service sends into Anna's mailbox, as the mail servers between them do."""
    brought = 0
    while True:
        for letter in server.taken[brought:]:
            assert (_ANNA,) == letter.recipients
            await asyncio.to_thread(dovecot.deliver, mailbox, letter.content)
            brought += 1
        await asyncio.sleep(0.05)


async def test_a_registration_from_the_first_letter_to_the_number(
    dovecot: Dovecot, user: str, database_url: str, tmp_path: Path
) -> None:
    """Told, asked, answered between the lines, killed, answered by number, corrected, confirmed: one registration."""
    hers = f"anna.{user}"
    settings = {
        "PATH": os.environ["PATH"],
        "MAIL_ADDRESS": "koki@example.lv",
        "MAIL_SECRET": "s" * 40,
        "IMAP_URL": dovecot.url(user),
        "DATABASE_URL": database_url,
        "DATA_DIR": str(tmp_path),
        "LEASE_SECONDS": "1.5",
        "PORT": str(free_port()),
    }
    anna = _MailProgram(dovecot, hers, user)
    async with mail_server() as server:
        herd = Herd("run", 1, settings | {"SMTP_URL": server.url}, tmp_path / "log")
        forwarding = asyncio.create_task(_forward(server, dovecot, hers))
        await herd.start()
        try:
            text = (
                "Labdien!\n\nGribu reģistrēt 300 bērzus, stādīti 2023. gada pavasarī Madonas novadā.\n\nAr cieņu,\nAnna"
            )
            anna.writes("Koku reģistrēšana", text, ("berzi.jpg", jpeg(size=(640, 480))), ("IMG_1.heic", heic()))
            first = await anna.receives()
            assert ("bērzs – 300" in first, "1) Kas stādīja kokus?" in first) == (True, True)

            anna.answers_between({"Kas stādīja": "mēs ar vīru", "Sapratu: Madonas": "„Kalniņi”, Sarkaņu pagasts"})
            second = await anna.receives()
            assert "Madonas novads, Sarkaņu pagasts, „Kalniņi”" in second

            await _until_stored(database_url, 2)  # what a dead process had begun to fetch waits some minutes
            await herd.kill_one(random.Random(1))
            anna.replies("1) pļavā\n2) nē\n3) nē, tikai koki\n4) ievadiet Jūs")
            third = await anna.receives()
            assert "Lūdzu, pārbaudiet:" in third

            anna.replies("Ne 300, bet 320.")
            assert "bērzs – 320" in await anna.receives()
            anna.replies("Jā, viss pareizi. Paldies!\n\nAr cieņu,\nAnna")
            last = await anna.receives()
            assert "3MK-" in last
        finally:
            forwarding.cancel()
            stopped = await herd.stop()
    assert [0] == stopped
    assert (5, 5) == (len(server.taken), len(set(server.ids)))
    rows = await _look(database_url, sa.select(registrations.c.trees, registrations.c.municipality))
    assert [(320, "Madonas novads")] == [tuple(row) for row in rows]


async def _until_stored(database_url: str, count: int) -> None:
    query = sa.select(attachments.c.state).where(attachments.c.state == "stored")
    async with asyncio.timeout(30):
        while len(await _look(database_url, query)) < count:  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.1)


async def _look(database_url: str, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
    database = Database(database_url)
    try:
        return await database.read(lambda tx: tx.execute(query).all())
    finally:
        await database.close()
