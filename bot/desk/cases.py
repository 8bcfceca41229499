"""Cases: matters that staff must settle, each with what was said, and by when the person was told to expect word."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import timers
from bot.clock import RIGA
from bot.conversation.response import Event, Timer
from bot.database import BigKey, UTCDateTime, metadata
from bot.delivery import outbox
from bot.desk import mirrors, team
from bot.desk.mirrors import Spot
from bot.desk.promise import WorkingHours, promise
from bot.messages import Address, Outbound
from bot.notices import Notices
from bot.people import contacts, nobody
from bot.rooms import Scene

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("kind", sa.String(40), nullable=False),  # question request stuck message privacy submission
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("chat", sa.String(400), nullable=False),
    sa.Column("name", sa.String(120), nullable=False, server_default=""),  # as the person is called there
    sa.Column("state", sa.String(20), nullable=False),  # open | closed
    sa.Column("subject", sa.Text),  # what the person wrote, with secrets masked
    sa.Column("details", sa.JSON, nullable=False),
    sa.Column("opened_at", UTCDateTime, nullable=False),
    sa.Column("promised_at", UTCDateTime, nullable=False),
    sa.Column("closed_at", UTCDateTime),
    sa.Column("thread", sa.String(40), nullable=False, server_default=""),  # its topic in the staff's group
    sa.Column("owner", sa.String(400)),  # address of the member of staff who has it
    sa.Column("owner_name", sa.String(120), nullable=False, server_default=""),
    sa.Column("answered_at", UTCDateTime),
    sa.Column("answered_by", sa.String(400)),
    sa.Column("theme", sa.String(20), nullable=False, server_default=""),  # what it was about, by staff
    sa.Column("document", sa.String(40), nullable=False, server_default=""),  # of a submission: its number
    sa.Column("legal_at", UTCDateTime),  # and by when the law wants it answered
    sa.Column("reply_document", sa.String(80), nullable=False, server_default=""),  # and the answer's number, or a word
    sa.Column("rating", sa.SmallInteger),  # 1 to 5, by the person
    sa.Index("ix_cases_thread", "thread"),
)

# Cases whose topic is yet to be opened: their thread is named after them until Telegram has numbered it.
WAITING = sa.and_(cases.c.state == "open", cases.c.thread > "case:", cases.c.thread < "case;")

_MOST_SLIPS = 2

KINDS = {
    "request": "Grib runāt ar cilvēku",
    "stuck": "Iestrēdzis kādā solī",
    "question": "Jautājums bez atbildes",
    "message": "Ziņa, ko palīgs neprot izlasīt",
    "privacy": "Lūdz dzēst datus",
    "erased": "Jādzēš MapMyTree vai Reportnet 3",
    "submission": "Iesniegums",
    "registration": "Jauna reģistrācija",
    "fault": "Kļūda mājaslapā",
    "land": "Zeme kokiem vai ziedošanas platforma",
    "visit": "Lūdz speciālista vizīti",
    "invitation": "Ielūgums uz pasākumu",
    "challenge": "Skolu izaicinājums",
}
# What becomes of a flow that tells staff something.
_OF_FLOWS = {
    "site_fault": "fault",
    "land_offer": "land",
    "expert_visit": "visit",
    "event_invitation": "invitation",
    "school_challenge": "challenge",
}
_ODD = {"pupils_named": "iespējams, minēts skolēna vārds"}


def title_of(case: sa.Row[Any]) -> str:
    """Name the topic of a case: number, person, and who of staff has it."""
    title = f"#{case.id} {case.name or KINDS[case.kind]}"
    return f"{title} – {case.owner_name}" if case.owner else title


def case_row(tx: Connection, case_id: int) -> sa.Row[Any]:
    """Return a case as it is stored."""
    return tx.execute(sa.select(cases).where(cases.c.id == case_id)).one()


class Crowd(Protocol):
    """Whoever minds that many cases come at once."""

    def watch(self, tx: Connection, scene: Scene) -> None:
        """Hear of a new case."""
        ...


class Topics(Protocol):
    """Where cases have topics of their own."""

    def open(self, tx: Connection, case_id: int, title: str, summary: str, now: datetime) -> int:
        """Open a topic for a new case; returns the delivery that tells of it."""
        ...

    def post(self, tx: Connection, case_id: int, message: Outbound, now: datetime, *, kind: str) -> int:
        """Write into a case's topic."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """Where staff are told, and how fast they answer."""

    notices: Notices  # of the staff's chat
    hours: WorkingHours
    answer_within: timedelta
    legal_within: timedelta | None = None  # of submissions; None where no such time is known
    summary: Callable[[Connection, sa.Row[Any]], str]  # what staff are told of a case
    topics: Topics | None = None  # where each case has a topic of its own
    crowd: Crowd | None = None

    def open(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Record a case, tell staff, and return the promise that the person is told."""
        known = self._known(tx, event, scene)
        if known:
            return known
        promised = promise(scene.now, self.hours, self.answer_within)
        row = {
            "kind": event.data["kind"],
            "contact_id": scene.contact_id,
            "chat": str(scene.chat),
            "name": self._name(tx, scene),
            "state": "open",
            "subject": event.data.get("subject") or None,
            "details": dict(event.data.get("details", {})),
            "opened_at": scene.now,
            "promised_at": promised,
        }
        case_id = int(tx.execute(sa.insert(cases).values(row).returning(cases.c.id)).scalar_one())
        if event.data["kind"] == "submission":
            self._enter_document(tx, case_id, scene)
        if self.topics:
            tx.execute(sa.update(cases).where(cases.c.id == case_id).values(thread=f"case:{case_id}"))
            case = case_row(tx, case_id)
            told = self.topics.open(tx, case_id, title_of(case), self.summary(tx, case), scene.now)
            mirrors.pair(tx, case_id, Spot(scene.chat, scene.ref), told, scene.now)
            self._watch(tx, scene, case_id, promised, slips=0)
            if self.crowd:
                self.crowd.watch(tx, scene)
        else:
            self.notices.tell(tx, self.summary(tx, case_row(tx, case_id)), scene.now, about=scene.contact_id)
        return {"case": case_id, "promised_at": promised}

    def task(self, tx: Connection, kind: str, subject: str, now: datetime) -> None:
        """Record a matter that is nobody's, for staff to carry out, and tell them."""
        promised = promise(now, self.hours, self.answer_within)
        row = {
            "kind": kind,
            "contact_id": nobody.ensure(tx),
            "chat": "",
            "state": "open",
            "subject": subject,
            "details": {},
            "opened_at": now,
            "promised_at": promised,
        }
        case_id = int(tx.execute(sa.insert(cases).values(row).returning(cases.c.id)).scalar_one())
        text = self.summary(tx, case_row(tx, case_id))
        if self.topics:
            tx.execute(sa.update(cases).where(cases.c.id == case_id).values(thread=f"case:{case_id}"))
            self.topics.open(tx, case_id, f"#{case_id} {KINDS[kind]}", text, now)
        else:
            self.notices.tell(tx, text, now)

    def detail(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Add what the person told us further to their open request, or open one with it."""
        query = sa.select(cases).where(
            cases.c.contact_id == scene.contact_id, cases.c.state == "open", cases.c.kind.in_(("request", "submission"))
        )
        row = tx.execute(query.order_by(cases.c.id.desc()).limit(1)).first()
        answers = dict(event.data["stored"])
        if row is None:
            told = {"kind": "request", "subject": answers.get("matter", ""), "details": {"answers": answers}}
            return self.open(tx, Event(type="case.opened", data=told), scene)
        details = {**row.details, "flow": event.data.get("flow", ""), "answers": answers}
        subject = answers.get("matter") or row.subject
        tx.execute(sa.update(cases).where(cases.c.id == row.id).values(details=details, subject=subject))
        text = self.summary(tx, case_row(tx, row.id))
        if self.topics:
            self.topics.post(tx, row.id, Outbound(text=text), scene.now, kind="summary")
        else:
            self.notices.tell(tx, text, scene.now, about=scene.contact_id)
        return {"case": row.id, "promised_at": row.promised_at}

    def promise_by(self, tx: Connection, scene: Scene, case_id: int, promised: datetime) -> None:
        """Hold a case to a promise that was given before it was opened."""
        tx.execute(sa.update(cases).where(cases.c.id == case_id).values(promised_at=promised))
        if self.topics:
            self._watch(tx, scene, case_id, promised, slips=0)

    def report(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Open a case with everything that a flow has asked for staff; the same told twice is one matter."""
        voice = self.notices.words.tongue("lv")
        told = [f"{one.question.label}: {one.question.show(one.value, voice)}" for one in event.data["answers"]]
        odd = ", ".join(_ODD.get(key, key) for key in event.data["warnings"])
        opened = {
            "kind": _OF_FLOWS[event.data["flow"]],
            "subject": "\n".join(told),
            "details": {"uzmanību": odd} if odd else {},
        }
        return self.open(tx, Event(type="case.opened", data=opened), scene)

    def overdue(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Look at a promise whose time has come: kept, or given anew to the person and told to staff.

        The person hears of it twice at most; staff until somebody answers.
        """
        case = tx.execute(sa.select(cases).where(cases.c.id == event.data["case"])).first()
        if case is None or case.state != "open" or case.answered_at is not None or self.topics is None:
            return {"slipped": False, "promised_at": scene.now}
        again, slips = promise(scene.now, self.hours, self.answer_within), event.data["slips"]
        told = slips < _MOST_SLIPS
        if told:
            tx.execute(sa.update(cases).where(cases.c.id == case.id).values(promised_at=again))
        says = {"promised": case.promised_at, "again": again, "told": told, "owner": case.owner_name}
        says["ping"] = Address.parse(case.owner).ident if case.owner else ""
        text = self.notices.say("desk_overdue", **says)
        self.topics.post(tx, case.id, Outbound(text=text), scene.now, kind="notice")
        if slips:
            self._tell_coordinators(tx, case, scene)
        self._watch(tx, scene, case.id, again, slips=slips + 1)
        return {"slipped": told, "promised_at": again}

    def _tell_coordinators(self, tx: Connection, case: sa.Row[Any], scene: Scene) -> None:
        """Tell the coordinators in their own chats that nobody answers; of the person they hear nothing."""
        says = {"number": case.id, "promised": case.promised_at, "owner": case.owner_name}
        told = Outbound(text=self.notices.say("desk_late_coordinator", **says))
        for one in (member for member in team.members(tx) if member.role == "coordinator"):
            mine = contacts.owner(tx, one.address)
            outbox.put(tx, told, chat=one.address, now=scene.now, contact_id=mine, lane=outbox.Lane.NOTICE)

    @staticmethod
    def _watch(tx: Connection, scene: Scene, case_id: int, due_at: datetime, *, slips: int) -> None:
        payload = {"case": case_id, "slips": slips}
        timer = Timer(key=f"promise:{case_id}", due_at=due_at, kind="promise", payload=payload)
        timers.put(tx, scene.contact_id, str(scene.chat), timer)

    def _enter_document(self, tx: Connection, case_id: int, scene: Scene) -> None:
        """Give a submission the number under which it is kept, and the day by which the law wants an answer."""
        year = scene.now.astimezone(RIGA).year
        legal_at = scene.now + self.legal_within if self.legal_within else None
        numbered = sa.update(cases).where(cases.c.id == case_id)
        tx.execute(numbered.values(document=f"IES-{year}-{case_id:04d}", legal_at=legal_at))

    @staticmethod
    def _name(tx: Connection, scene: Scene) -> str:
        """Return how the person is called where they write, or was when they last had a case."""
        before = sa.select(cases.c.name).where(cases.c.contact_id == scene.contact_id).order_by(cases.c.id.desc())
        return (scene.name or tx.execute(before.limit(1)).scalar() or "")[:120]

    @staticmethod
    def _known(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any] | None:
        """Return the open case of the same kind with the same words: asking twice is one matter."""
        query = sa.select(cases.c.id, cases.c.promised_at).where(
            cases.c.contact_id == scene.contact_id,
            cases.c.kind == event.data["kind"],
            cases.c.state == "open",
            cases.c.subject == event.data.get("subject"),
        )
        row = tx.execute(query).first()
        return {"case": row.id, "promised_at": row.promised_at} if row else None
