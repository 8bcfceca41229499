"""The report: what happened from one day to another, as whoever pays for the project wants it told.

Consultations are counted by the days on which they were given, registrations by the day on which they arrived, in the
state they have now. Nobody is named in it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import RIGA
from bot.messages import LETTERS
from bot.progress import counting, happenings, tallies
from bot.progress.counting import Group, counts, groups, places
from bot.progress.happenings import Held, Sent
from bot.progress.pace import Goal
from bot.progress.tallies import Tally
from bot.registrations import states
from bot.registrations.records import registrations
from bot.words.dates import say_month
from flows.event_purpose import INFORMATION, PLANTING
from flows.event_purpose import NAMES as PURPOSES

UNKNOWN = "nav zināms"

_CHANNELS = {"telegram": "Telegram", LETTERS: "Vēstules"}
_CONSULTED = {
    tallies.ANSWERED: "Atbildēja palīgs",
    tallies.UNANSWERED: "Nodots darbiniekam",
    tallies.PERSON: "Lūdza darbinieku",
}

Value = str | int | date
Row = tuple[Value, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A number of the summary, what it is called and means, and what was promised (None for nothing)."""

    name: str
    number: int
    why: str
    promised: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A sheet: its name, its headings, its rows, and for each number in it what it means."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Row]
    explained: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """All of it, for the days from `first` to `last`, both included."""

    first: date
    last: date
    made_at: datetime
    summary: Sequence[Target]
    tables: Sequence[Table]


def gather(tx: Connection, first: date, last: date, *, now: datetime, goal: Goal, topics: Mapping[str, str]) -> Report:
    """Read everything; raises ValueError where the last day is before the first."""
    if last < first:
        raise ValueError(f"{last} is before {first}")
    asked = tallies.between(tx, first, last, tallies.CONSULTATIONS)
    begins, ends_at = _midnight(first), _midnight(last + timedelta(days=1))
    events, sent = happenings.held(tx, begins, ends_at), happenings.sent(tx, begins, ends_at)
    months = _months(first, last)
    ends = [_midnight(day) for day in [*months, last + timedelta(days=1)]]
    found = groups(tx, ends)
    mine = [group for group in found if 0 < group.span < len(ends)]
    return Report(
        first=first,
        last=last,
        made_at=now,
        summary=[
            *_summary(asked, mine, [group for group in found if group.span < len(ends)], goal),
            *_summary_of_events([event for event in events if event.took_place(now)], sent, goal),
        ],
        tables=[
            *_consultations(asked, topics),
            _by_state(tx, first, last),
            _by_municipality([group for group in places(tx, ends) if 0 < group.span < len(ends)]),
            _by_month(mine, months),
            _events(events, now),
            _broadcasts(sent),
        ],
    )


def _summary(asked: list[Tally], mine: list[Group], so_far: list[Group], goal: Goal) -> list[Target]:
    told, checked, entered = (
        counting.total(group for group in mine if group.stage in stages)
        for stages in (counting.STAGES, counting.STAGES[1:], counting.STAGES[2:])
    )
    return [
        Target(
            name="Konsultācijas",
            number=sum(tally.number for tally in asked),
            why="Jautājumi, uz kuriem atbildēja palīgs vai kuri nodoti darbiniekam, un lūgumi sazvanīt darbinieku.",
        ),
        Target(name="Reģistrācijas", number=told.registrations, why="Šajā periodā saņemtās, ko ieskaita kopskaitā."),
        Target(name="Koki šajās reģistrācijās", number=told.trees, why="Pierakstīti pie mums; visi, arī pārbaudītie."),
        Target(name="no tiem pārbaudīti", number=checked.trees, why="Darbinieks reģistrāciju pieņēmis."),
        Target(name="no tiem ievadīti MapMyTree", number=entered.trees, why="Arī tie, kas nodoti caur Reportnet 3."),
        Target(
            name="Koki kopš sākuma līdz perioda beigām",
            number=counting.total(so_far).trees,
            why=f"Pierakstīti pie mums. Mērķis ir projekta solījums līdz {goal.day:%d.%m.%Y}. "
            "Kokus, ko cilvēki MapMyTree ievada paši, šeit neredz.",
            promised=goal.trees,
        ),
    ]


def _summary_of_events(events: list[Held], broadcasts: list[Sent], goal: Goal) -> list[Target]:
    by_purpose = {name: [event for event in events if event.purpose == name] for name in (*PURPOSES, "")}
    return [
        Target(
            name="Informatīvie pasākumi",
            number=len(by_purpose[INFORMATION]),
            why="Notikušie, kas nav atcelti. Mērķis ir projektā plānotais skaits.",
            promised=goal.events,
        ),
        Target(
            name="Stādīšanas pasākumi",
            number=len(by_purpose[PLANTING]),
            why="Notikušie, kas nav atcelti.",
        ),
        Target(
            name="Pašvaldības, kurās stādīts",
            number=len({event.municipality for event in by_purpose[PLANTING]} - {""}),
            why="Pašvaldības, kurās noticis vismaz viens stādīšanas pasākums. Mērķis ir projektā plānotais skaits.",
            promised=goal.municipalities,
        ),
        Target(
            name="Pasākumi bez norādīta veida",
            number=len(by_purpose[""]),
            why="Notikuši, bet plānoti, pirms sistēma jautāja veidu; iepriekšējās rindās tie nav skaitīti.",
        ),
        Target(
            name="Nosūtītās ziņas",
            number=sum(broadcast.sent for broadcast in broadcasts),
            why="Cik ziņu par pasākumiem sasniegušas Telegram vai pasta serveri.",
        ),
    ]


def _events(events: list[Held], now: datetime) -> Table:
    states_ = {True: "Notika", False: "Gaidāms"}
    return Table(
        name="Pasākumi",
        headings=("Diena", "Veids", "Pasākums", "Vieta", "Pašvaldība", "Stāvoklis", "Pieteikušies", "Atnāca"),
        rows=[
            (
                event.starts_at.astimezone(RIGA).date(),
                PURPOSES.get(event.purpose, UNKNOWN),
                event.title,
                event.where,
                event.municipality or UNKNOWN,
                "Atcelts" if event.cancelled else states_[event.took_place(now)],
                event.said,
                event.came,
            )
            for event in events
        ],
        explained={
            "Diena": "Kad pasākums sākas.",
            "Veids": "Stādīšana vai informatīvs pasākums, kā to norādījis organizators.",
            "Pasākums": "Nosaukums, kādu to redzēja cilvēki.",
            "Vieta": "Vieta cilvēkiem saprotamos vārdos.",
            "Pašvaldība": "Noteikta pēc vietas.",
            "Stāvoklis": "Notika, gaidāms vai atcelts atskaites sagatavošanas brīdī.",
            "Pieteikušies": "Cik cilvēku teica, ka nāks; rindā gaidošos neskaita.",
            "Atnāca": "Cik cilvēku organizators atzīmējis kā atnākušus. 0 var nozīmēt arī, ka neviens nav atzīmēts.",
        },
    )


def _broadcasts(sent: list[Sent]) -> Table:
    kinds = {"event": "Ielūgums", "news": "Paziņojums", "changed": "Izmaiņas"}
    kinds |= {"cancelled": "Atcelšana", "thanks": "Pateicība", "invitation": "Vēstules organizācijām"}
    return Table(
        name="Ziņas",
        headings=("Diena", "Veids", "Par ko", "Nosūtīta", "Neizdevās", "Nav zināms", "Izlaista"),
        rows=[
            (
                one.starts_at.astimezone(RIGA).date(),
                kinds.get(one.kind, one.kind),
                one.title,
                one.sent,
                one.failed,
                one.unknown,
                one.skipped,
            )
            for one in sent
        ],
        explained={
            "Diena": "Kad ziņa sagatavota.",
            "Veids": "Ielūgums, izmaiņas, atcelšana, pateicība vai paziņojums bez pasākuma.",
            "Par ko": "Pasākuma vai paziņojuma nosaukums.",
            "Nosūtīta": "Cik cilvēkiem tā nosūtīta.",
            "Neizdevās": "Cik cilvēkiem to nevarēja nosūtīt, piemēram, adrese vairs nedarbojas.",
            "Nav zināms": "Cik reižu nav zināms, vai ziņa aizgāja; tās neatkārto pašas no sevis.",
            "Izlaista": "Cik cilvēkiem to vairs nesūtīja, jo viņi tikmēr atteicās no ziņām vai sūtīšanu apturēja.",
        },
    )


def _consultations(asked: list[Tally], topics: Mapping[str, str]) -> Iterable[Table]:
    explained = {
        "Atbildēja palīgs": "Jautājumi, uz kuriem palīgs uzreiz atbildēja ar sagatavotu un pārbaudītu atbildi.",
        "Nodots darbiniekam": "Jautājumi, uz kuriem palīgs atbildi nezināja un tāpēc nodeva darbiniekam.",
        "Lūdza darbinieku": "Reizes, kad cilvēks pats lūdza sarunu ar darbinieku.",
        "Kopā": "Visas trīs ailes kopā. Viens cilvēks, kas jautā trīs reizes, ir trīs konsultācijas.",
    }
    by: tuple[tuple[str, str, Callable[[Tally], str], str], ...] = (
        ("tēmas", "Tēma", lambda tally: topics.get(tally.subject, tally.subject),
         "Ja darbinieks uzrunāts bez iepriekšēja jautājuma, tēma nav zināma."),
        ("kanāli", "Kanāls", lambda tally: _CHANNELS.get(tally.channel, tally.channel), "Kur cilvēks rakstīja."),
        ("pašvaldības", "Pašvaldība", lambda tally: tally.municipality,
         "Zināma tikai tiem, kas jau reģistrējuši kokus: viņu pēdējās reģistrācijas vieta."),
        ("mēneši", "Mēnesis", lambda tally: say_month(tally.day), "Kalendāra mēnesis."),
    )  # fmt: skip
    for name, heading, key, why in by:
        sums: dict[str, dict[str, int]] = {}
        for tally in asked:  # in the order of days, and so of months
            numbers = sums.setdefault(key(tally) or UNKNOWN, dict.fromkeys(_CONSULTED, 0))
            numbers[tally.what] += tally.number
        labels = list(sums) if name == "mēneši" else sorted(sums, key=lambda label: (-sum(sums[label].values()), label))
        yield Table(
            name=f"Konsultācijas – {name}",
            headings=(heading, *_CONSULTED.values(), "Kopā"),
            rows=[(label, *sums[label].values(), sum(sums[label].values())) for label in labels],
            explained={heading: why, **explained},
        )


def _by_state(tx: Connection, first: date, last: date) -> Table:
    listed = registrations.c
    within = (listed.received_at >= _midnight(first), listed.received_at < _midnight(last + timedelta(days=1)))
    unfit = sa.case((counts(), 0), (listed.state.in_(states.OPEN), 1), else_=0).label("unfit")
    one = sa.select(listed.state, unfit, sa.func.coalesce(listed.trees, 0).label("trees")).where(*within).subquery()
    query = sa.select(one.c.state, one.c.unfit, sa.func.count(), sa.func.sum(one.c.trees))
    found = tx.execute(query.group_by(one.c.state, one.c.unfit).order_by(one.c.unfit, sa.desc(sa.func.count())))
    rows = [
        (
            _state(row[0], unfit=bool(row[1])),
            row[2],
            int(row[3]),
            "nē" if row[1] or row[0] not in states.COUNTS else "jā",
        )
        for row in found
    ]
    return Table(
        name="Reģistrācijas – stāvokļi",
        headings=("Stāvoklis", "Reģistrācijas", "Koki", "Ieskaita kopskaitā"),
        rows=rows,
        explained={
            "Stāvoklis": "Kāds tas ir atskaites sagatavošanas brīdī reģistrācijām, kas saņemtas šajā periodā.",
            "Reģistrācijas": "Cik reģistrāciju saņemts. Katrai reģistrācijai ir savs numurs 3MK-….",
            "Koki": "Cilvēku nosauktais koku skaits. Ja teikts „no 50 līdz 60”, skaita 50; nezināmu skaitu – 0.",
            "Ieskaita kopskaitā": "Noraidītas, atsauktas un neatbilstošas reģistrācijas citās lapās neskaita.",
        },
    )


def _state(state: str, *, unfit: bool) -> str:
    return f"{states.NAMES.get(state, state)} (izskatās, ka neder)" if unfit else states.NAMES.get(state, state)


_STAGES = {
    "Koki": "Koki, kas pierakstīti pie mums: pārbaudītie un ievadītie ir to skaitā.",
    "Pārbaudīti": "Koki reģistrācijās, ko darbinieks pieņēmis; ievadītie ir to skaitā.",
    "Ievadīti MapMyTree": "Koki reģistrācijās, kas ievadītas MapMyTree vai nodotas caur Reportnet 3.",
}


def _staged(found: Iterable[Group]) -> tuple[int, int, int, int]:
    """Return registrations and trees of a part, then trees checked and entered."""
    mine = list(found)
    told, checked, entered = (
        counting.total(group for group in mine if group.stage in stages)
        for stages in (counting.STAGES, counting.STAGES[1:], counting.STAGES[2:])
    )
    return told.registrations, told.trees, checked.trees, entered.trees


def _by_municipality(mine: list[Group]) -> Table:
    names = [*counting.by_municipality(mine), ""]
    rows = [(name or UNKNOWN, *_staged(group for group in mine if group.municipality == name)) for name in names]
    return Table(
        name="Reģistrācijas – pašvaldības",
        headings=("Pašvaldība", "Reģistrācijas", *_STAGES),
        rows=[row for row in rows if row[1]],
        explained={
            "Pašvaldība": "Kurā pašvaldībā koki aug. Saraksts ar vairākām pašvaldībām ir katrā no tām.",
            "Reģistrācijas": "Cik reģistrāciju.",
            **_STAGES,
        },
    )


def _by_month(mine: list[Group], months: list[date]) -> Table:
    rows = [
        (say_month(month), *_staged(group for group in mine if group.span == number))
        for number, month in enumerate(months, start=1)
    ]
    return Table(
        name="Reģistrācijas – mēneši",
        headings=("Mēnesis", "Reģistrācijas", *_STAGES),
        rows=rows,
        explained={
            "Mēnesis": "Kad reģistrācija saņemta (nevis kad koki stādīti), pēc Rīgas laika.",
            "Reģistrācijas": "Cik reģistrāciju.",
            **_STAGES,
        },
    )


def _months(first: date, last: date) -> list[date]:
    """Return where each month of the period begins: its first day, or the period's."""
    begin = [date(year, month, 1) for year in range(first.year, last.year + 1) for month in range(1, 13)]
    return [first, *(day for day in begin if first < day <= last)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), RIGA)
