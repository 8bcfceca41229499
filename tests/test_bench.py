"""The bench: what it says is the promised mix, and nothing but the right answers makes a figure. No timing here."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from aiohttp import ClientSession, web

from bot.conversation.state import decode
from bot.database import Database
from bot.delivery.outbox import deliveries
from bot.inbox import ledger
from bot.inbox.ledger import inbound
from bot.messages import Address
from bot.people import privacy
from bot.settings import Settings
from flows.catalogue import FLOWS
from tests.bench.broadcast import Broadcast
from tests.bench.letters import Letters, measure_letters
from tests.bench.lines import SCRIPTS, Kind, read_script
from tests.bench.mailbox import Mailbox, measure_mailbox
from tests.bench.measuring import Figures, Round, gather
from tests.bench.people import Person, Shown, echo
from tests.bench.report import report
from tests.bench.results import Results
from tests.bench.strict_api import Seen, StrictApi
from tests.bench.targets import AT_ONCE, judge
from tests.bench.telegram import Talk, Telegram
from tests.bench.years import chat_of, live_through
from tests.dovecot import Dovecot

Say = Callable[[str, str], Awaitable[None]]
Bot = Callable[[Say, str, str], Awaitable[None]]

_LAP = "\n".join([*["- Cēsis"] * 6, *["? vai Cēsis?"] * 3, "! Cēsis"])


def test_every_script_has_the_promised_mix() -> None:
    """Of all that is said, 60 % are answers, 30 % questions and 10 % taps."""
    kinds = Counter(line.kind for script in SCRIPTS for lap in script for line in lap)
    assert {Kind.ANSWER: 60, Kind.QUESTION: 30, Kind.TAP: 10} == {k: 100 * n // kinds.total() for k, n in kinds.items()}


@pytest.mark.parametrize(
    "script",
    [
        f"{_LAP}\n\n{_LAP.replace('? ', '! ', 1)}",  # a question has become a tap
        f"{_LAP}\n\n{_LAP.removesuffix('! Cēsis')}",  # a line is missing
        _LAP,  # a lap is missing
    ],
)
def test_a_script_without_the_mix_is_refused(script: str) -> None:
    """Figures of other mixes can't be compared."""
    assert 2 == len(read_script(f"{_LAP}\n\n{_LAP}"))
    with pytest.raises(ValueError, match="6 answers, 3 questions and 1 tap"):
        read_script(script)


async def test_right_answers_make_a_figure() -> None:
    """Everybody says every line, each is answered, and nothing is wrong."""

    async def repeats(say: Say, chat: str, text: str) -> None:
        await say(chat, text)

    talk, wrong = await _talk_to(repeats)
    assert (30, []) == (len(talk.waits), wrong)


async def _says_something_else(say: Say, chat: str, text: str) -> None:
    await say(chat, f"{text}!" if text == "es pats" else text)


async def _says_it_twice(say: Say, chat: str, text: str) -> None:
    for _ in range(2 if text == "es pats" else 1):
        await say(chat, text)


async def _says_nothing(say: Say, chat: str, text: str) -> None:
    if text != "es pats":
        await say(chat, text)


async def _tells_somebody_else(say: Say, chat: str, text: str) -> None:
    await say("999" if text == "es pats" else chat, text)


async def _fails(say: Say, chat: str, text: str) -> None:
    if text == "es pats":
        raise web.HTTPInternalServerError
    await say(chat, text)


@pytest.mark.parametrize(
    ("bot", "complaint"),
    [
        (_says_something_else, "es pats!"),
        (_says_it_twice, "es pats"),
        (_says_nothing, "not answered"),
        (_tells_somebody_else, "nobody's"),
        (_fails, "answered with 500"),
    ],
)
async def test_a_wrong_or_missing_answer_makes_the_figure_void(bot: Bot, complaint: str) -> None:
    """Another text, one too many, none, one for somebody else, an update refused: each is told of."""
    _, wrong = await _talk_to(bot)
    assert any(complaint in what for what in wrong), wrong


def test_people_press_only_buttons_that_were_sent() -> None:
    """A tap carries the data of the button with that label, and without one nobody can go on."""
    person = Person(id=7, role=0, began=0)
    person.speaks(1)
    with pytest.raises(LookupError, match="Es vai ģimene"):
        person.speaks(2)
    person.hears(Shown(5, "sendMessage", "Kas stādīja?", (("Skola", "p:0"), ("Es vai ģimene", "p:1"))))
    query = person.speaks(3)["callback_query"]
    assert ("p:1", 5) == (query["data"], query["message"]["message_id"])


def test_people_do_not_write_more_than_the_flood_limit_allows() -> None:
    """By the dates of their messages, people in a hurry are still people."""
    person = Person(id=7, role=2, began=0, plain=True)
    dates = [person.speaks(number)["message"]["date"] for number in range(20)]
    assert max(sum(since <= date < since + 60 for date in dates) for since in dates) <= 20


def test_answers_are_the_same_for_everybody_but_for_digits() -> None:
    """People say different numbers, so that a reply meant for another would show, and are compared without them."""
    anna, berta = (Person(id=number, role=0, began=0, plain=True) for number in (1, 2))
    for person in (anna, berta):
        for number in range(3):
            person.speaks(number)
    assert anna.text != berta.text
    assert echo(anna) == echo(berta)


def test_years_of_use_are_what_the_product_would_have_written(database_url: str) -> None:
    """Contacts are found by their chats, with conversations that load, and there is nothing to send or to erase."""
    database = Database(database_url)
    database.write_now(lambda tx: live_through(tx, 30))
    stored = database.read_now(lambda tx: ledger.load(tx, Address("telegram", str(chat_of(30)))))
    sizes = database.read_now(
        lambda tx: [
            tx.execute(sa.select(sa.func.count()).select_from(table)).scalar() for table in (inbound, deliveries)
        ]
    )
    now, keep = datetime.now(UTC), timedelta(days=Settings().raw_days)
    erased = database.write_now(lambda tx: privacy.forget_old_texts(tx, now, keep))
    waiting = database.read_now(lambda tx: tx.execute(sa.select(deliveries.c.state).distinct()).scalars().all())
    database.dispose()
    assert decode(stored.state, FLOWS).greeted
    assert [120, 120] == sizes
    assert (0, ["sent"]) == (erased, waiting)


def test_targets_are_judged_by_ratios_of_the_same_repetition() -> None:
    """Each repetition is compared with its own rival; what is missed or was not measured is told plainly."""
    speed = {
        "aiogram": [_round(1000), _round(100), _round(2000)],
        "sqlite": [_round(700, cpu=1.1), _round(70), _round(1000)],
    }
    results = Results(speed=speed)
    met = {verdict.what: (verdict.measured, verdict.met) for verdict in judge(results)}
    assert (0.7, True) == met["ours, SQLite: updates/s of aiogram echo, 0 ms"]
    assert (None, None) == met["ours, SQLite: updates/s of aiogram + Redis, 0 ms"]
    assert (2.0, False) == met["ours, SQLite: CPU for each update, 0 ms"]


def test_a_void_repetition_counts_for_nothing() -> None:
    """One wrong answer takes its repetition out of every figure, and the report says so."""
    results = Results(speed={"sqlite": [_round(700, cpu=1.0), _round(9000, cpu=0.1, wrong=("line 3: nothing heard",))]})
    met = {verdict.what: verdict.measured for verdict in judge(results)}
    assert 1.0 == met["ours, SQLite: CPU for each update, 0 ms"]
    assert "9,000" not in report(results, (AT_ONCE,))
    assert "sqlite: line 3: nothing heard" in report(results, (AT_ONCE,))


def test_letters_are_judged_too() -> None:
    """By what a core writes, and by how much faster the pool is; a letter that is missing makes the figure void."""
    good = Letters(read=1700, written=3000, naive=7, pooled=91, wrong=())
    void = Letters(read=1, written=9000, naive=1, pooled=900, wrong=("letters, pool: 9 sent, 8 came, 8 of them new",))
    results = Results(letters=[good, void])
    met = {verdict.what: (verdict.measured, verdict.met) for verdict in judge(results)}
    expected = {
        "letters written on a core": (3000, True),
        "letters sent, 8 connections of one per letter, 20 ms": (13, True),
    }
    assert expected == met
    assert list(void.wrong) == results.wrong()
    assert "9,000" not in report(results, (AT_ONCE,))


def test_the_mailbox_is_judged_too() -> None:
    """By the usual wait, the worst one after a crash, and whether memory stays where it is."""
    good = Mailbox(waits=(0.5, 0.6, 0.9), recoveries=(0.2, 1.1), backlog=120, grown=3.5, wrong=())
    void = Mailbox(waits=(9,), recoveries=(9,), backlog=9000, grown=90, wrong=("mailbox: 4 answers of 5",))
    results = Results(mailbox=[good, void])
    met = {verdict.what: (verdict.measured, verdict.met) for verdict in judge(results)}
    expected = {
        "letters: from delivery to answer, median": (0.6, True),
        "letters: the same after the server was killed, at most": (1.1, False),
        "letters: memory grown over a backlog": (3.5, True),
    }
    assert (expected, ["mailbox: 4 answers of 5"]) == (met, results.wrong())
    assert (True, False) == ("120" in report(results, (AT_ONCE,)), "9,000" in report(results, (AT_ONCE,)))


def _seen(**changes: float) -> Seen:
    peace: dict[str, Any] = {
        "people": 3000, "seconds": 104.0, "rest": 103.0, "refused": 0, "injected": 0, "lost": 0, "doubled": 0,
        "replies": 300, "median": 20.0, "slowest": 90.0,
    }  # fmt: skip
    return Seen(**{**peace, **changes})


def test_broadcasts_are_judged_too() -> None:
    """Ours by its share of the limit, its 429s and the answers meanwhile; one lost or told twice makes it void."""
    good = Broadcast(name="ours", peace=_seen(), trouble=_seen(people=300, injected=1), recorded=3000)
    rival = Broadcast(name="ptb", peace=_seen(refused=700, lost=690), trouble=_seen(injected=9), recorded=2310)
    results = Results(broadcasts=[good, rival])
    met = {verdict.what: (round(verdict.measured or 0.0, 3), verdict.met) for verdict in judge(results)}
    expected = {
        "broadcast: of the limit of 30 a second": (0.967, True),
        "broadcast: 429s": (0, True),
        "broadcast: 429s after one that nobody saw coming": (1, True),
        "broadcast: replies, median": (20, True),
        "broadcast: replies, 99th percentile": (90, True),
    }
    assert (expected, []) == (met, results.wrong())
    assert "690" in report(results, ())
    void = Broadcast(name="ours", peace=_seen(lost=1), trouble=_seen(doubled=2), recorded=2999)
    told = ["broadcast: 1 lost, 0 doubled", "broadcast: 0 lost, 2 doubled", "broadcast: 1 not recorded as sent"]
    assert told == Results(broadcasts=[void]).wrong()
    assert [] == judge(Results(broadcasts=[void]))


def test_the_strict_api_of_the_bench_enforces_its_limit() -> None:
    """Thirty in any second; past that nothing for three, however often it is asked; and one refusal when told to."""
    api = StrictApi(people=100, after=40)
    sent = [api.takes(number, 10.0 + number / 100) for number in range(35)]
    assert ([True] * 30 + [False] * 5, 5) == (sent, api.refused)
    assert (False, True) == (api.takes(50, 13.29), api.takes(50, 13.31))
    assert [True] * 9 == [api.takes(60 + number, 14.0 + number / 10) for number in range(9)]
    assert [False, False, False] == [api.takes(70 + number, 15.0) for number in range(3)]
    assert (6, 2) == (api.refused, api.injected)
    assert [True, True] == [api.takes(80, 18.1), api.takes(80, 18.2)]
    assert (6, 2, 1) == (api.refused, api.injected, api.seen().doubled)


async def test_every_letter_that_comes_in_is_answered_once_in_the_bench(dovecot: Dovecot) -> None:  # noqa: ARG001
    """A process of ours before a real mailbox: in time, after a crash of its server, and out of a backlog."""
    found = await measure_mailbox(waits=1, kills=1, backlog=5)
    assert (1, 1, ()) == (len(found.waits), len(found.recoveries), found.wrong)


async def test_every_letter_of_the_bench_arrives() -> None:
    """Both ways of sending are measured with letters that all came, each once."""
    assert () == (await measure_letters(written=1, naive=1, pooled=3)).wrong


def _round(rate: float, *, cpu: float = 2.0, wrong: tuple[str, ...] = ()) -> Round:
    return Round(ready=1.0, memory=100, figures={AT_ONCE: Figures(rate=rate, cpu=cpu, waits=())}, wrong=wrong)


async def _talk_to(bot: Bot) -> tuple[Talk, list[str]]:
    """Let people who write everything talk to a bot; two of them say „es pats”."""
    telegram = Telegram(patience=1.0)
    async with telegram.serving() as api, _running(bot, api):
        talk = await telegram.talk(dict.fromkeys(gather(10, plain=True), 3), echo)
    return talk, telegram.wrong


@asynccontextmanager
async def _running(bot: Bot, api: str) -> AsyncIterator[None]:
    """Run a bot behind a webhook."""
    async with ClientSession() as session:

        async def call(method: str, **parameters: str) -> None:
            async with session.post(f"{api}/bot1:x/{method}", json=parameters) as answer:
                assert (await answer.json())["ok"]

        async def say(chat: str, text: str) -> None:
            await call("sendMessage", chat_id=chat, text=text)

        async def receive(request: web.Request) -> web.Response:
            message = (await request.json())["message"]
            await bot(say, str(message["chat"]["id"]), message["text"])
            return web.Response()

        app = web.Application()
        app.router.add_post("/hook", receive)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        await call("setWebhook", url=f"http://127.0.0.1:{runner.addresses[0][1]}/hook")
        try:
            yield
        finally:
            await runner.cleanup()
