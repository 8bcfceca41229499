"""The stage by letter: the person's lines become real letters, ours are composed, and a reply quotes them."""

import re
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import format_datetime
from itertools import count
from pathlib import Path

from bot import app as house
from bot.channels.email import token
from bot.channels.email.compose import Composed, Composer, Letterhead
from bot.channels.email.imap import Arrived
from bot.messages import LETTERS, Address, Destination, Outbound, Pace
from bot.service import mailroom_of
from bot.settings import Secret
from tests.botapi import Server
from tests.pictures import jpeg
from tests.transcripts.clock import MovedClock
from tests.transcripts.codes import Codes
from tests.transcripts.phone import Phone
from tests.transcripts.script import ASSISTANT, COLLEAGUES, Step
from tests.transcripts.staff import Staff, begin_chats, hire, hire_by_letter
from tests.transcripts.stage import RecordingChannel, Stage
from tests.transcripts.wire import GROUP, Wire, toast
from tests.written_letters import certificate, edoc
from tests.written_lists import FILES

_OURS = "koki@example.lv"
_WRITER = "Anna Kalniņa <anna@example.org>"
_SECRET = "s" * 40
_REPLY = re.compile(r"⏪(\d?)\s*")
_FROM = re.compile(r"@(\S+@\S+)\s+")
_CUT = re.compile(r"(✂+)\s*")
_BETWEEN = re.compile(r"(✎+)\s*")
_UIDVALIDITY = 7
_PERSON = 4711
_REPORT = """\
From: MAILER-DAEMON@mx.example.org
To: koki@example.lv
Subject: Undelivered Mail Returned to Sender
Message-ID: <report{number}@mx.example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1

--b
Content-Type: message/rfc822

Message-ID: <{message_id}>
From: koki@example.lv
To: {address}
Subject: Koki

x
--b--
"""


class EmailStage(Stage):
    """Plays a person's letters: answers to our last one, unless a line says otherwise.

    👤 ✉ Temats          a new letter with that subject, its text in the lines below
    👤 ⏪ 3) 250          a reply to our first letter; ⏪2 to the second
    👤 ✎ 3) 250          answers written between our lines; ✎✎ by a program that does not mark what it quotes
    👤 ✂ 3) 250          a reply that kept nothing of ours but the subject; ✂✂ one that names two of our letters
    👤 @jurgis@example.org Jā   a letter from another address, with ours to Anna quoted
    📷 and 📎 saraksts.xlsx in lines of their own are attached
    👩‍💼 📧 Jā, drīkst.     Ilze replies to the last letter about a case; 📧❔ one that nobody vouches for,
                          📧 @zane@example.org from another address
    🧑‍🌾 📨 Temats         Inga, who is a coordinator by letter as well, writes a new one; its text in the lines below
    🧑‍🌾 📨↩ nākšu         or answers our last one to her; 📨❔ one that nobody vouches for
    👤 ↯                  our last letter comes back: its receiver's mail server knows no such address
    👤 ☎ Labdien!         where there are staff: the same person on Telegram (🤖 ☎ …); ☎ 🚫 and ☎ ✅ as there
    """

    channel_name = LETTERS

    def __init__(
        self,
        database_url: str,
        folder: Path,
        clock: MovedClock,
        server: Server | None = None,
        *,
        lettered: bool = False,
        approve: str = "marked",
    ) -> None:
        """With a server staff have their group of topics, and lines of theirs can be played; `lettered`: letters."""
        self._lettered, self._approve = lettered, approve
        self._wire = Wire(server=server) if server else None
        self._staff = Staff(server=server, group=server.group(GROUP, "Darbinieki")) if server else None
        self._anna = server.person(_PERSON, first_name="Anna", language_code="lv") if server else None
        self._phone = Phone(self._anna) if self._anna else None
        self._codes = Codes()
        self._subject = "Jautājums"
        self._uids = count(1)
        self._letters = _Letters(Composer(Letterhead(address=_OURS, secret=_SECRET)), clock)
        super().__init__(database_url, folder, clock)
        self._channel.staff = frozenset(one.ident for one in self._settings.staff_mails)

    def _recording(self) -> RecordingChannel:
        return self._letters

    def _configured(self) -> None:
        self._settings = replace(
            self._settings,
            mail_address=_OURS,
            mail_secret=Secret(_SECRET),
            imap_url=Secret("imap://koki:x@localhost:1"),
            smtp_url=Secret("smtp://localhost:1"),
        )
        if self._wire:
            self._settings = replace(
                self._settings,
                telegram_token=Secret(self._wire.server.token),
                telegram_api_url=self._wire.server.url,
                staff_chat_id=str(GROUP),
                staff_topics=1,
                staff_mail="ilze@example.com, janis@example.com" if self._lettered else "",
                mail_authserv_id="mx.example.lv",
                approve=self._approve,
            )

    def _start(self) -> house.App:
        if self._wire is None:
            return super()._start()
        return house.build(self._settings, {LETTERS: self._channel, "telegram": self._wire.channel()}, self.clock)

    async def opens(self) -> None:
        """Start what there is of Telegram, with Ilze and Jānis in the team; before anything is played."""
        if self._wire:
            await self._wire.opens(self.app)
            begin_chats(self._wire.server)
            await hire(self.app)

    async def restarts(self) -> None:
        """End the process and start another one."""
        if self._wire:
            await self._wire.closes()
        await super().restarts()
        if self._wire:
            await self._wire.opens(self.app)

    async def closes(self) -> None:
        """End the process."""
        if self._wire:
            await self._wire.closes()
        await super().closes()

    async def says(self, line: str) -> list[Step]:
        """Bring a letter of the person and return everything that came of it."""
        self._channel.heard = []
        line = self._codes.real(line)
        if line.startswith("☎"):
            self._on_telegram(line.removeprefix("☎").strip())
            await self._settle()
            await self.app.duties.fire_due()  # what is due at once because two channels were linked
            await self._settle()
            return self._news()
        await self._take(self._returned() if line == "↯" else self._letter(line))
        return self._news()

    async def staff_says(self, sign: str, line: str) -> list[Step]:
        """Play one line of a member of staff; return the same."""
        if self._staff is None:
            return await super().staff_says(sign, line)
        self._channel.heard = []
        if line.startswith("📧"):
            return await self._staff_writes(sign, line.removeprefix("📧"))
        if line.startswith("📨"):
            return await self._coordinator_writes(sign, line.removeprefix("📨"))
        act = self._staff.do(sign, line, self.clock.now())
        await self._settle()
        return [*toast(act.seat, act.tap, line), *self._news()]

    async def _staff_writes(self, sign: str, line: str) -> list[Step]:
        """Bring a reply of a member of staff to the last letter about a case that they, or others, were sent."""
        _, name, _ = COLLEAGUES[sign]
        own = {"Ilze": "ilze@example.com", "Jānis": "janis@example.com"}[name]
        vouched, line = not line.startswith("❔"), line.removeprefix("❔").strip()
        sender = match[1] if (match := _FROM.match(line)) else own
        answered = next(letter for letter in reversed(self._letters.sent) if letter.recipients[0] == own)
        message = EmailMessage()
        message["From"], message["To"] = f"{name} <{sender}>", _OURS
        if vouched:
            message["Authentication-Results"] = f"mx.example.lv; dmarc=pass header.from={sender.partition('@')[2]}"
        message["Subject"] = f"Re: {_subject(answered)}"
        message["Date"] = format_datetime(self.clock.now())
        message["Message-ID"] = f"<{self.clock.now():%Y%m%d%H%M%S}.{next(self._numbers)}@mail.example.com>"
        history = message_from_bytes(answered.content, policy=default)["References"] or ""
        message["In-Reply-To"] = f"<{answered.message_id}>"
        message["References"] = f"{history} <{answered.message_id}>".strip()
        parts = _FROM.sub("", line).split("\n")
        text = "\n".join(part for part in parts if not part.startswith(("📷", "📎")))
        message.set_content(_quoting(text, _body(answered)))
        for part in (part for part in parts if part.startswith(("📷", "📎"))):
            self._attach(message, part)
        await self._take(message.as_bytes(policy=SMTP))
        return self._news()

    async def _coordinator_writes(self, sign: str, line: str) -> list[Step]:
        """Bring a letter of one of ours who works by letter, from an address that is in the team."""
        _, name, role = COLLEAGUES[sign]
        own = Address(LETTERS, f"{name.lower()}@example.com")
        if own.ident not in self._channel.staff:
            self._channel.staff |= {own.ident}
            await hire_by_letter(self.app, own, name, role)
        vouched, line = not line.startswith("❔"), line.removeprefix("❔").strip()
        message = EmailMessage()
        message["From"], message["To"] = f"{name} <{own.ident}>", _OURS
        if vouched:
            message["Authentication-Results"] = "mx.example.lv; dmarc=pass header.from=example.com"
        message["Date"] = format_datetime(self.clock.now())
        message["Message-ID"] = f"<{self.clock.now():%Y%m%d%H%M%S}.{next(self._numbers)}@mail.example.com>"
        if line.startswith("↩"):
            answered = next(letter for letter in reversed(self._letters.sent) if letter.recipients[0] == own.ident)
            message["Subject"] = f"Re: {_subject(answered)}"
            message["In-Reply-To"] = message["References"] = f"<{answered.message_id}>"
            message.set_content(_quoting(line.removeprefix("↩").strip(), _body(answered)))
        else:
            message["Subject"], _, text = line.partition("\n")
            message.set_content(text or "Labdien!")
        await self._take(message.as_bytes(policy=SMTP))
        return self._news()

    async def _take(self, raw: bytes) -> None:
        room = mailroom_of(self.app)
        assert room is not None
        uid = next(self._uids)
        arrived = Arrived(uid=uid, raw=raw, size=len(raw), arrived_at=self.clock.now())
        assert await room.take(_UIDVALIDITY, [arrived], uid)
        await self._settle()

    async def waits_until_due(self) -> list[Step]:
        """Carry out what is due at the clock's time."""
        await super().waits_until_due()
        return self._news()

    async def _settle(self) -> None:
        await super()._settle()
        if self._wire and self.app.fetcher:
            while await self.app.fetcher.run_once():
                await self._wire.brings(self.app)
        if self._wire:
            await self._wire.brings(self.app)

    def _news(self) -> list[Step]:
        chat = [Step(ASSISTANT, f"☎ {news.text}") for news in self._phone.news()] if self._phone else []
        return self._codes.written([*(self._staff.news() if self._staff else ()), *chat, *self._channel.heard])

    def _on_telegram(self, line: str) -> None:
        assert self._anna is not None
        if line in {"🚫", "✅"}:
            (self._anna.blocks_bot if line == "🚫" else self._anna.unblocks_bot)()
        else:
            self._anna.sends(line, date=self.clock.now())

    def _returned(self) -> bytes:
        """Return the report of a mail server about our last letter."""
        lost = self._letters.sent[-1]
        report = _REPORT.format(number=next(self._numbers), address=lost.recipients[0], message_id=lost.message_id)
        return report.replace("\n", "\r\n").encode()

    def _letter(self, line: str) -> bytes:
        message = EmailMessage()
        hers = [letter for letter in self._letters.sent if letter.recipients[0] not in self._channel.staff]
        answered = hers[-1] if hers else None
        message["From"], message["To"] = _WRITER, _OURS
        if match := _FROM.match(line):
            message.replace_header("From", match[1])
            line = line[match.end() :]
        if match := _REPLY.match(line):
            answered, line = hers[int(match[1] or 1) - 1], line[match.end() :]
        elif line.startswith("✉"):
            self._subject, _, line = line.removeprefix("✉").strip().partition("\n")
            answered = None
        message["Date"] = format_datetime(self.clock.now())
        message["Message-ID"] = f"<{self.clock.now():%Y%m%d%H%M%S}.{next(self._numbers)}@mail.example.org>"
        lines = line.split("\n")
        text = "\n".join(part for part in lines if not part.startswith(("📷", "📎")))
        if match := _CUT.match(line):
            assert answered is not None
            text = text[match.end() :]
            message["Subject"] = _subject(answered)
            if match[1] == "✂✂":
                message["In-Reply-To"] = f"<{answered.message_id}>"
                message.replace_header("To", f"koki+{token.tokens(self._letters.sent[0].message_id)[0]}@example.lv")
        elif answered:
            message["Subject"] = f"Re: {self._subject}"
            message["In-Reply-To"] = message["References"] = f"<{answered.message_id}>"
            text = _quoting(text, _body(answered))
        else:
            message["Subject"] = self._subject
        message.set_content(text)
        for part in (part for part in lines if part.startswith(("📷", "📎"))):
            self._attach(message, part)
        return message.as_bytes(policy=SMTP)

    def _attach(self, message: EmailMessage, line: str) -> None:
        number = next(self._numbers)
        if line.startswith("📷"):
            picture = jpeg(size=(640, 480 + number))
            message.add_attachment(picture, maintype="image", subtype="jpeg", filename=f"DSC{number}.jpg")
            return
        name = line.removeprefix("📎").strip()
        content = b"MZ\x90\x00" * 99 if name.endswith(".exe") else f"{number};ozols;50".encode()
        if name in FILES:
            content = FILES[name]()
        if name.endswith(".edoc"):
            content = edoc({"iesniegums.txt": content}, [certificate(common_name="JĀNIS PARAUGS")])
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)


class _Letters(RecordingChannel):
    """Records what is sent, and composes it as the real channel would."""

    pace = Pace.FORM

    def __init__(self, composer: Composer, clock: MovedClock) -> None:
        super().__init__(LETTERS)
        self._composer, self._clock = composer, clock
        self.sent: list[Composed] = []

    async def send(self, to: Destination, message: Outbound) -> str:
        """Show a letter, and keep it as it went out."""
        ref = await super().send(to, message)
        if to.chat.channel != LETTERS:
            return ref
        self.sent.append(self._composer.compose(to, message, self._clock.now()))
        return self.sent[-1].message_id


def _subject(letter: Composed) -> str:
    return str(message_from_bytes(letter.content, policy=default)["Subject"])


def _body(letter: Composed) -> str:
    part = message_from_bytes(letter.content, policy=default).get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n").strip()


def _quoting(text: str, ours: str) -> str:
    """Write a reply as mail programs do: above our letter, or between its lines."""
    match = _BETWEEN.match(text)
    if match is None:
        quoted = "\n".join(f"> {line}".rstrip() for line in ours.split("\n"))
        return f"{text}\n\nOtrd., 2026. g. 24. nov. plkst. 10:15, Koku palīgs (<{_OURS}>) rakstīja:\n\n{quoted}\n"
    marked: Callable[[str], str] = (lambda line: f"> {line}".rstrip()) if match[1] == "✎" else str
    answers = dict(re.findall(r"(\d+)\)\s*(.*)", text[match.end() :]))
    lines = []
    for line in ours.split("\n"):
        lines.append(marked(line))
        number = re.match(r"(\d+)\)", line)
        if number and number[1] in answers:
            lines += ["", answers[number[1]], ""]
    if match[1] == "✎":
        return "\n".join(lines)
    return f"No: Koku palīgs <{_OURS}>\nNosūtīts: otrdiena, 2026. gada 24. novembris 10:15\nKam: Anna\nTēma: Re\n\n" + (
        "\n".join(lines)
    )
