"""For staff: commands that those of ours have in their own conversation with the bot."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from bot.conversation import acting, beginning, behalf, exporting, inviting, planning
from bot.conversation.roles import ANYONE, OURS, may
from bot.conversation.state import Do
from bot.conversation.talk import Talk
from flows.said import Said
from knowledge.acts import acts
from knowledge.latvian.coming import find_coming_days
from knowledge.latvian.text import fold

_MOST_BY_LETTER = 20  # topics: choices of a letter stand under a) to z)


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """One of them: who may give it, what it is for (in Latvian), and what it does with the words after it."""

    role: str
    help: str
    do: Callable[[Talk, str], None]
    button: str = ""  # that does it, where it needs no words after it and is wanted every day


def carry_out(talk: Talk, name: str, rest: str) -> bool:
    """Carry out a command of staff; whether there is such a one. Who has not the role for it is told so kindly."""
    command = COMMANDS.get(name)
    if command is None:
        return False
    if may(talk.conversation.role, command.role) and talk.sure:
        command.do(talk, rest)
    else:
        talk.say("staff_only")
    return True


def _own(talk: Talk, _: str) -> None:
    role = talk.conversation.role
    mine = {name: command.help for name, command in COMMANDS.items() if may(role, command.role)}
    talk.say("team_commands", role=role, commands=mine)
    for name, command in COMMANDS.items():
        if command.button and may(role, command.role):
            talk.offer(command.button, Do.WORK, key=name)


def _register(talk: Talk, rest: str) -> None:
    """Register somebody else's trees, while they are on the telephone."""
    talk.say("register_for")
    flow = talk.world.flows[talk.world.main_flow]
    beginning.begin(talk, flow, Said(text=rest) if rest else None, subject=behalf.OTHER)


def _export(talk: Talk, rest: str) -> None:
    order = exporting.read(rest, talk.today)
    if isinstance(order, exporting.Released):
        talk.emit("export.released", export=order.number)
        talk.say("export_released")
    elif isinstance(order, exporting.Wanted):
        talk.emit("export.asked", **order.plain)
        talk.say("export_ordered")
    else:
        talk.say("export_help", unread=order)


def _thank(talk: Talk, rest: str) -> None:
    code = rest.strip()[:64]
    if not code:
        talk.say("certificates_help")
        return
    talk.emit("certificates.sent", campaign=code)
    talk.say("certificates_sent")


def _progress(talk: Talk, rest: str) -> None:
    talk.emit("progress.asked", sharp=fold(rest) == "fails")
    talk.say("progress_ordered")


def _funnel(talk: Talk, _: str) -> None:
    talk.emit("funnel.asked")
    talk.say("progress_funnel")


def _report(talk: Talk, rest: str) -> None:
    """Take the first and the last day, 2026-01-01 or 1.1.2026; without any, this year so far."""
    given = [_day(word) for word in rest.replace("–", " ").split()] or [date(talk.today.year, 1, 1), talk.today]
    days = [day for day in given if day]
    if len(given) != 2 or len(days) != 2 or days[1] < days[0]:
        talk.say("report_unclear")
        return
    talk.emit("report.asked", first=days[0].isoformat(), last=days[1].isoformat())
    talk.say("report_ordered", first=days[0], last=days[1])


def _day(word: str) -> date | None:
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", word):
        year, month, day = map(int, match.groups())
    elif match := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})\.?", word):
        day, month, year = map(int, match.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _letters(talk: Talk, _: str) -> None:
    talk.emit("team.letters")
    talk.say("letters_switched")


def _away(talk: Talk, rest: str) -> None:
    """Note when one of ours is away; „nē” takes it back."""
    days = find_coming_days(rest, talk.today)
    back = any(act.kind == "no" for act in acts(rest))
    if days is None and not back:
        talk.say("team_away_unclear", given=rest[:60])
        return
    first, last = (day.isoformat() for day in days) if days else (None, None)
    talk.emit("team.away", first=first, last=last)
    talk.say("team_away", days=days)


def _plan(talk: Talk, rest: str) -> None:
    acting.plan(talk, rest, planning.FLOW)


def _announce(talk: Talk, rest: str) -> None:
    acting.plan(talk, rest, planning.NEWS_FLOW)


def _announcements(talk: Talk, _: str) -> None:
    planning.show_announcements(talk)


def _events(talk: Talk, _: str) -> None:
    planning.show_own(talk)


def _automatic(talk: Talk, rest: str) -> None:
    """List the topics, or those of some words, each with a button that changes whether a person looks at it first."""
    topics, wanted = talk.world.topics, fold(rest)
    found = [known for known in topics.values() if wanted in fold(f"{known.title['lv']} {known.label['lv']}")]
    waiting = [known.label["lv"] for known in topics.values() if talk.world.waits(known.id)]
    talk.emit("automatic.listed")
    talk.say("automatic_listed", waiting=waiting, labels={key: known.label["lv"] for key, known in topics.items()})
    most = _MOST_BY_LETTER if talk.by_letter else len(found)
    for known in sorted(found, key=lambda known: known.title["lv"])[:most]:
        waits = talk.world.waits(known.id)
        talk.offer(f"{'✋' if waits else '✅'} {known.title['lv']}", Do.AUTOMATIC, key=known.id, value=waits)


# A room adds its own here. Whatever they lead to is looked at again where it is written down (`team.allowed`).
COMMANDS: Mapping[str, Command] = {
    "darbs": Command(role=ANYONE, help="ko varat darīt šeit", do=_own),
    "pasakums": Command(role="coordinator", help="jauns pasākums", do=_plan, button="Jauns pasākums"),
    "manipasakumi": Command(role="coordinator", help="pasākumi, ko vadāt", do=_events, button="Mani pasākumi"),
    "pazinojums": Command(role="coordinator", help="jauns paziņojums", do=_announce, button="Jauns paziņojums"),
    "manipazinojumi": Command(role="coordinator", help="paziņojumi, arī vēl neizsūtītie", do=_announcements),
    "organizacijas": Command(role="coordinator", help="organizācijas, kam rakstām, un kas atbildēja", do=inviting.show),
    "registret": Command(
        role="staff",
        help="reģistrēt kokus cita cilvēka vārdā, runājot pa tālruni",
        do=_register,
        button="Reģistrēt citam",
    ),
    "eksports": Command(role="staff", help="reģistrācijas failā: Excel, kartei, sistēmai Reportnet 3", do=_export),
    "pateicibas": Command(role=OURS, help="pateicības raksti visiem, kas reģistrēja ar pasākuma kodu", do=_thank),
    "gaita": Command(
        role=OURS,
        help="cik koku pierakstīts; „/gaita fails” sūta asāku attēlu ekrānam",
        do=_progress,
        button="Cik koku ir",
    ),
    "piltuve": Command(role=OURS, help="kur cilvēki apstājas, un jautājumi bez atbildes", do=_funnel),
    "atskaite": Command(role="coordinator", help="atskaite finansētājam: /atskaite 2026-01-01 2026-12-31", do=_report),
    "prombutne": Command(role=OURS, help="kad neesat darbā: /prombutne 1.–5. decembrī", do=_away),
    "vestules": Command(role="staff", help="saņemt pieteikumus arī pa e-pastu, vai vairs ne", do=_letters),
    "automatiskie": Command(role="admin", help="uz ko palīgs atbild pats; „/automatiskie augļu” meklē", do=_automatic),
}
