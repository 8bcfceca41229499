"""Sending letters to a real mail server: each refusal has its fate, and no letter meets another one's."""

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.channels.email.compose import Letterhead
from bot.channels.email.pool import Limits, Relay
from bot.channels.email.sending import EmailChannel
from bot.messages import Address, Destination, Envelope, Fate, Outbound, Pace, SendError
from tests.smtp_server import DROP, HANG, MailServer, mail_server
from tests.transcripts.clock import MovedClock

_NOW = datetime(2026, 11, 26, 8, 30, tzinfo=UTC)
_HEAD = Letterhead(address="koki@example.lv", secret="s" * 32)
_ANNA, _BERTA = "anna@example.org", "berta@example.org"
_HELLO = Outbound(text="Labdien!")
_LATER, _NO_SUCH = "450 4.2.0 come again", "550 5.1.1 <anna@example.org> no such user"


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    """Run a mail server."""
    async with mail_server() as server:
        yield server


@pytest.fixture
async def channel(server: MailServer) -> AsyncIterator[EmailChannel]:
    """Return a channel of one connection."""
    async with _channel(server) as channel:
        yield channel


@asynccontextmanager
async def _channel(
    server: MailServer, url: str = "", clock: MovedClock | None = None, **limits: float
) -> AsyncIterator[EmailChannel]:
    given = Limits(**{"connections": 1, **limits})  # type: ignore[arg-type]
    channel = EmailChannel(_HEAD, url or server.url, clock or MovedClock(_NOW), limits=given)
    try:
        yield channel
    finally:
        await channel.close()


def _to(ident: str = _ANNA, token: str = "17") -> Destination:
    return Destination(chat=Address("mailto", ident), token=token)


async def _meets(channel: EmailChannel, ident: str = _ANNA, message: Outbound = _HELLO, token: str = "17") -> SendError:
    """Send a letter that is not confirmed, and return what is said of it."""
    with pytest.raises(SendError) as caught:
        await channel.send(_to(ident, token), message)
    return caught.value


def _known(error: SendError) -> tuple[Fate, str]:
    return error.fate, error.reason


async def test_a_letter_arrives_as_it_was_written(server: MailServer, channel: EmailChannel) -> None:
    """From us to the person, with the id that sending returns; lines that begin with a point keep it."""
    text = ".viens\n..divi\n\n.\n\nžņķ " + "garš " * 300
    sent = await channel.send(_to(), Outbound(text=text))
    [received] = server.taken
    assert ("koki@example.lv", (_ANNA,), f"<{sent}>") == (received.sender, received.recipients, received.message_id)
    body = received.letter.get_body(("plain",))
    assert body is not None
    assert text.strip().split("\n") == body.get_content().split("\r\n")[2:8]
    assert ("mailto", Pace.FORM) == (channel.name, channel.pace)


async def test_one_connection_carries_many_letters(server: MailServer, channel: EmailChannel) -> None:
    """Connecting costs more than a letter: ten letters, one connection."""
    for number in range(10):
        await channel.send(_to(token=str(number)), _HELLO)
    assert (10, 1) == (len(set(server.ids)), server.connections)


async def test_letters_go_side_by_side_over_as_many_connections_as_allowed(server: MailServer) -> None:
    """A free mailbox is locked when too many connections are open."""
    async with _channel(server, connections=3) as channel:
        await asyncio.gather(*(channel.send(_to(token=str(number)), _HELLO) for number in range(20)))
    assert (20, 3) == (len(set(server.ids)), server.most_open)


async def test_a_connection_is_closed_after_so_many_letters(server: MailServer) -> None:
    """Providers count; whoever comes back politely is welcome."""
    async with _channel(server, letters=4) as channel:
        for number in range(10):
            await channel.send(_to(token=str(number)), _HELLO)
        assert [1] * 4 + [2] * 4 + [3] * 2 == [received.connection for received in server.taken]
        await server.until(lambda: server.open == 1)
    assert 2 <= server.seen.count("QUIT")


async def test_an_idle_connection_is_closed(server: MailServer) -> None:
    """Nobody's connection is held open for nothing, and the next letter opens another one."""
    async with _channel(server, idle=0.01) as channel:
        await channel.send(_to(), _HELLO)
        await server.until(lambda: server.open == 0)
        assert "QUIT" == server.seen[-1]
        await channel.send(_to(token="18"), _HELLO)
    assert [1, 2] == [received.connection for received in server.taken]


@pytest.mark.parametrize(
    ("step", "reply", "fate", "reason"),
    [
        ("RCPT", _LATER, Fate.LATER, "450 4.2.0 at RCPT"),
        ("RCPT", "452 full", Fate.LATER, "452 at RCPT"),
        ("RCPT", _NO_SUCH, Fate.GONE, "550 5.1.1 at RCPT"),
        ("RCPT", "550 5.1.8 your address", Fate.REFUSED, "550 5.1.8 at RCPT"),
        ("RCPT", "550 5.7.1 blocked", Fate.REFUSED, "550 5.7.1 at RCPT"),
        ("RCPT", "550 no", Fate.REFUSED, "550 at RCPT"),
        ("MAIL", "451 4.3.0 busy", Fate.LATER, "451 4.3.0 at MAIL"),
        ("MAIL", "553 5.7.1 not your address", Fate.NOT_SENT, "553 5.7.1 at MAIL"),
        ("MAIL", "552 5.3.4 too big", Fate.REFUSED, "552 5.3.4 at MAIL"),
        ("DATA", "451 4.3.0 busy", Fate.LATER, "451 4.3.0 at DATA"),
        ("DATA", "554 no valid recipients", Fate.REFUSED, "554 at DATA"),
        ("end", "451 4.7.1 later", Fate.LATER, "451 4.7.1 at end of DATA"),
        ("end", "421 4.3.2 closing", Fate.LATER, "421 4.3.2 at end of DATA"),
        ("end", "552 5.2.2 full", Fate.REFUSED, "552 5.2.2 at end of DATA"),
        ("end", "554 5.7.1 spam", Fate.REFUSED, "554 5.7.1 at end of DATA"),
        ("MAIL", "421 4.7.0 too many", Fate.LATER, "421 4.7.0 at MAIL"),
        ("MAIL", DROP, Fate.NOT_SENT, "SMTPServerDisconnected at MAIL"),
        ("RCPT", DROP, Fate.NOT_SENT, "SMTPServerDisconnected at RCPT"),
        ("DATA", DROP, Fate.NOT_SENT, "SMTPServerDisconnected at DATA"),
        ("end", DROP, Fate.UNKNOWN, "SMTPServerDisconnected at end of DATA"),
        ("MAIL", "xyz", Fate.NOT_SENT, "an answer out of place at MAIL"),
        ("end", "xyz", Fate.UNKNOWN, "an answer out of place at end of DATA"),
    ],
)
async def test_each_refusal_has_its_fate(  # noqa: PLR0917 - what is given and what is expected
    server: MailServer, channel: EmailChannel, step: str, reply: str, fate: Fate, reason: str
) -> None:
    """Before the final point a letter surely did not go; after it only an answer tells. No address is in the reason.

    The letter after it, to somebody else, goes.
    """
    server.tell(step, reply)
    error = await _meets(channel)
    assert (fate, reason) == (error.fate, error.reason)
    channel._pool._not_before = 0.0  # a pause that is tested elsewhere
    sent = await channel.send(_to(_BERTA, "18"), _HELLO)
    assert f"<{sent}>" == server.ids[-1]
    assert (_BERTA,) == server.taken[-1].recipients


@pytest.mark.parametrize(
    ("step", "fate"), [("MAIL", Fate.NOT_SENT), ("RCPT", Fate.NOT_SENT), ("DATA", Fate.NOT_SENT), ("end", Fate.UNKNOWN)]
)
@pytest.mark.parametrize("limits", [{"reply": 0.1}, {"letter": 0.1}])
async def test_silence_has_its_fate(server: MailServer, step: str, fate: Fate, limits: dict[str, Any]) -> None:
    """A server that says nothing more is given up, and its connection with it."""
    async with _channel(server, **limits) as channel:
        await channel.send(_to(_BERTA, "16"), _HELLO)
        server.always(step, HANG)
        assert fate == (await _meets(channel)).fate
        server.always(step, "")
        channel._pool._not_before = 0.0
        await channel.send(_to(_BERTA, "18"), _HELLO)
    assert server.taken[-1].connection > 1


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "end"])
async def test_a_cancelled_letter_leaves_nothing_to_the_next(
    server: MailServer, channel: EmailChannel, step: str
) -> None:
    """The library would give the next person the answer meant for this one: here it is told who gets which."""
    await channel.send(_to(token="16"), _HELLO)
    server.tell(step, HANG)
    sending = asyncio.create_task(channel.send(_to(), _HELLO))
    waiting = {"MAIL": "MAIL koki@example.lv", "RCPT": f"RCPT {_ANNA}", "DATA": "DATA", "end": "end"}[step]
    before = server.seen.count(waiting)
    await server.until(lambda: server.seen.count(waiting) > before)
    sending.cancel()
    with pytest.raises(SendError) as caught:
        await sending
    assert (Fate.UNKNOWN if step == "end" else Fate.NOT_SENT) == caught.value.fate
    server.tell(f"RCPT {_ANNA}", _NO_SUCH)
    await channel.send(_to(_BERTA, "18"), _HELLO)
    assert Fate.GONE == (await _meets(channel, token="19")).fate
    await channel.send(_to(_BERTA, "20"), _HELLO)
    assert [(_BERTA,), (_BERTA,)] == [received.recipients for received in server.taken[-2:]]


@pytest.mark.parametrize("goodbye", ["421 4.4.2 idle too long", DROP])
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
async def test_a_server_that_hung_up_between_letters_is_called_again(
    server: MailServer, channel: EmailChannel, step: str, goodbye: str
) -> None:
    """The letter goes over a new connection at once, as if nothing had been."""
    await channel.send(_to(token="16"), _HELLO)
    server.tell(step, goodbye)
    await channel.send(_to(), _HELLO)
    assert [1, 2] == [received.connection for received in server.taken]


async def test_a_letter_that_may_have_arrived_is_not_sent_again_by_ourselves(
    server: MailServer, channel: EmailChannel
) -> None:
    """Whether twice is better than never depends on the letter, and the sender decides it."""
    await channel.send(_to(_BERTA, "16"), _HELLO)
    server.tell("end", DROP)
    assert Fate.UNKNOWN == (await _meets(channel)).fate
    assert [(_BERTA,), (_ANNA,)] == [received.recipients for received in server.taken]


async def test_a_doubtful_connection_is_asked_first(server: MailServer, channel: EmailChannel) -> None:
    """A letter is not risked on a connection that has been quiet for long."""
    await channel.send(_to(token="16"), _HELLO)
    [line] = channel._pool._free
    line.free_since -= 3600
    assert line.smtp.protocol
    line.smtp.protocol.write(b"QUIT\r\n")  # as if the server had had enough
    await server.until(lambda: server.open == 0)
    await channel.send(_to(), _HELLO)
    assert [1, 2] == [received.connection for received in server.taken]


async def test_refusals_do_not_cost_a_connection(server: MailServer, channel: EmailChannel) -> None:
    """A list of dead addresses is worked off on one connection, each letter begun anew."""
    server.always("RCPT", _NO_SUCH)
    for number in range(5):
        assert Fate.GONE == (await _meets(channel, token=str(number))).fate
    server.always("RCPT", "")
    await channel.send(_to(_BERTA), _HELLO)
    assert (1, 5) == (server.connections, server.seen.count("RSET"))


async def test_a_copy_that_is_refused_costs_nobody_their_letter(
    server: MailServer, channel: EmailChannel, caplog: pytest.LogCaptureFixture
) -> None:
    """The person and the other copy get it; the log says that one was not taken, and not which address it is."""
    copy = ("skola@example.org", "pagasts@example.org")
    message = Outbound(text="Labdien!", envelope=Envelope(message_id="a@example.org", copy=copy))
    server.tell("RCPT skola@example.org", _NO_SUCH)
    await channel.send(_to(), message)
    assert [(_ANNA, "pagasts@example.org")] == [received.recipients for received in server.taken]
    assert ["delivery 17: a copy was not taken: 550 5.1.1 at RCPT"] == caplog.messages


async def test_without_the_person_nobody_gets_the_letter(server: MailServer, channel: EmailChannel) -> None:
    """A copy is no letter by itself: what the person could not get goes later to all, or to none."""
    message = Outbound(text="Labdien!", envelope=Envelope(message_id="a@example.org", copy=("skola@example.org",)))
    server.tell(f"RCPT {_ANNA}", _LATER)
    assert Fate.LATER == (await _meets(channel, message=message)).fate
    await channel.send(_to(), message)
    assert [(_ANNA, "skola@example.org")] == [received.recipients for received in server.taken]


async def test_a_letter_put_off_waits_longer_each_time(server: MailServer) -> None:
    """Greylisted, it goes at the second try; put off for two days, it is refused for good."""
    clock = MovedClock(_NOW)
    async with _channel(server, clock=clock) as channel:
        server.tell("RCPT", _LATER, _LATER, _LATER)
        assert [60, 120, 240] == [(await _meets(channel)).wait for _ in range(3)]
        await channel.send(_to(), _HELLO)
        server.always("RCPT", _LATER)
        waits = [(await _meets(channel)).wait for _ in range(7)]
        assert (60, 1800, 1800) == (waits[0], waits[5], waits[6])
        clock.move(timedelta(days=2, seconds=1))
        error = await _meets(channel)
        assert (Fate.REFUSED, "put off for two days: 450 4.2.0 at RCPT") == (error.fate, error.reason)


async def test_the_hour_has_as_many_letters_as_the_provider_allows(server: MailServer) -> None:
    """The sixteenth waits until the first is an hour old; what was refused does not count."""
    clock = MovedClock(_NOW)
    channel = EmailChannel(_HEAD, server.url, clock, hourly=15)
    server.tell("RCPT", _NO_SUCH, _LATER)
    for _ in range(2):
        await _meets(channel)
    for number in range(15):
        await channel.send(_to(token=str(number)), _HELLO)
        clock.move(timedelta(seconds=10))
    error = await _meets(channel, token="15")
    assert (Fate.LATER, 3450.0) == (error.fate, error.wait)
    clock.move(timedelta(seconds=error.wait))
    await channel.send(_to(token="15"), _HELLO)
    assert Fate.LATER == (await _meets(channel, token="16")).fate
    assert 16 == len(server.taken)
    await channel.close()


async def test_what_is_announced_leaves_a_part_of_the_hour_for_answers(server: MailServer) -> None:
    """Of ten letters an hour two are answers', however much is announced; the next announcement waits for its place."""
    clock = MovedClock(_NOW)
    channel = EmailChannel(_HEAD, server.url, clock, hourly=10)
    news = Outbound(text="Stādām ozolus.", envelope=Envelope(subject="Stādām"), bulk=True)
    for number in range(8):
        await channel.send(_to(token=str(number)), news)
        clock.move(timedelta(seconds=10))
    error = await _meets(channel, message=news, token="8")
    assert (Fate.LATER, 3520.0) == (error.fate, error.wait)
    for number in range(9, 11):
        await channel.send(_to(token=str(number)), _HELLO)
    assert Fate.LATER == (await _meets(channel, token="11")).fate
    # Two of the announced are an hour old, but the answers have had their places meanwhile.
    clock.move(timedelta(seconds=error.wait + 10))
    assert (Fate.LATER, 10.0) == ((again := await _meets(channel, message=news, token="8")).fate, again.wait)
    clock.move(timedelta(seconds=10))
    await channel.send(_to(token="8"), news)
    assert 11 == len(server.taken)
    await channel.close()


async def test_announcements_that_wait_are_told_a_place_each(server: MailServer) -> None:
    """A hundred letters at ten an hour come back one by one over half a day, and not all of them for every place."""
    clock = MovedClock(_NOW)
    channel = EmailChannel(_HEAD, server.url, clock, hourly=10)
    news = Outbound(text="Stādām ozolus.", envelope=Envelope(subject="Stādām"), bulk=True)
    for number in range(8):
        await channel.send(_to(token=str(number)), news)
    waits = {number: (await _meets(channel, message=news, token=str(number))).wait for number in range(8, 100)}
    assert [3600.0 * (1 + number // 8) for number in range(92)] == list(waits.values())
    began = clock.now()
    for number, wait in waits.items():
        clock.move_to(began + timedelta(seconds=wait))
        await channel.send(_to(token=str(number)), news)
    assert 100 == len(server.taken)
    await channel.close()


async def test_the_hour_is_remembered_over_a_restart_and_shared(server: MailServer) -> None:
    """What this or another process has sent counts, each letter once."""
    clock, out = MovedClock(_NOW), {"a@example.lv": _NOW - timedelta(minutes=50), "b@example.lv": _NOW}

    async def recent(since: datetime) -> Mapping[str, datetime]:
        return {id_: at for id_, at in out.items() if at > since}

    channel = EmailChannel(_HEAD, server.url, clock, hourly=4, recent=recent)
    out[await channel.send(_to(token="1"), _HELLO)] = _NOW
    clock.move(timedelta(minutes=2))
    await channel.send(_to(token="2"), _HELLO)
    error = await _meets(channel, token="3")
    assert (Fate.LATER, 480.0) == (error.fate, error.wait)
    clock.move(timedelta(seconds=480))
    await channel.send(_to(token="3"), _HELLO)
    assert 3 == len(server.taken)
    await channel.close()


async def test_an_outage_is_no_reason_to_knock_again_and_again(server: MailServer) -> None:
    """After a failure letters are told so without another connection, for longer each time; then they go again."""
    server.always("hello", "554 5.7.0 go away")
    async with _channel(server) as channel:
        reasons = [(error.fate, error.reason) for error in [await _meets(channel) for _ in range(5)]]
        assert ([(Fate.NOT_SENT, "no connection: 554 5.7.0")] * 5, 1) == (reasons, server.connections)
        pauses = []
        for _ in range(6):
            pool = channel._pool
            pauses.append(round(pool._not_before - asyncio.get_running_loop().time(), -1))
            pool._not_before = 0.0
            await _meets(channel)
        assert ([60, 120, 240, 480, 900, 900], 7) == (pauses, server.connections)
        server.always("hello", "")
        channel._pool._not_before = 0.0
        await channel.send(_to(), _HELLO)
        assert 0 == channel._pool._failures


async def test_nobody_is_there(server: MailServer) -> None:
    """A server that can't be reached at all: nothing left, and trying again is safe."""
    async with _channel(server, url="smtp://127.0.0.1:9") as channel:
        error = await _meets(channel)
        assert (Fate.NOT_SENT, "no connection: SMTPConnectError") == (error.fate, error.reason)


async def test_a_password_is_given_and_a_wrong_one_is_told() -> None:
    """Special characters of the URL are what they stand for; the reason names the server's code and no secret."""
    async with mail_server(password="p@ss/ž") as server:
        good = f"smtp://koki%40example.lv:p%40ss%2F%C5%BE@127.0.0.1:{server.port}"
        async with _channel(server, url=good) as channel:
            await channel.probe()
            await channel.send(_to(), _HELLO)
        async with _channel(server, url=good.replace("p%40ss", "wrong")) as channel:
            error = await _meets(channel)
            assert (Fate.NOT_SENT, "no connection: 535 5.7.8") == (error.fate, error.reason)
            with pytest.raises(SendError, match="535"):
                await channel.probe()
    assert 1 == len(server.taken)


@pytest.mark.parametrize(
    ("command", "known"),
    [
        ("echo ya29.good", None),
        ("echo ya29.stale", (Fate.NOT_SENT, "no connection: 535")),
        ("false", (Fate.NOT_SENT, "MAIL_TOKEN_COMMAND ended with 1 and no token")),
    ],
)
async def test_a_token_is_shown_where_no_password_is_taken(command: str, known: tuple[Fate, str] | None) -> None:
    """XOAUTH2 with what a command prints; without a good one nothing is sent, and it is tried again later."""
    async with mail_server(password="ya29.good") as server:
        url = f"smtp://koki%40example.lv@127.0.0.1:{server.port}"
        channel = EmailChannel(_HEAD, url, MovedClock(_NOW), token_command=command)
        try:
            if known is None:
                await channel.send(_to(), _HELLO)
                assert (["koki@example.lv"], 1) == (server.logins, len(server.taken))
            else:
                fate, reason = _known(await _meets(channel))
                assert (known[0], True) == (fate, reason.startswith(known[1]))
        finally:
            await channel.close()


async def test_no_password_and_no_letter_leaves_this_machine_in_the_clear() -> None:
    """A server elsewhere that offers no TLS gets nothing."""
    async with mail_server(host="127.0.0.2") as server:
        url = server.url.replace("//", "//koki:secret@")
        async with _channel(server, url=url) as channel:
            assert (Fate.NOT_SENT, "no connection: SMTPException") == _known(await _meets(channel))
    assert ([], []) == (server.taken, server.seen)


@pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl to make a certificate with")
@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_a_server_has_to_prove_who_it_is(scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a certificate that nobody vouches for it hears neither password nor letter; with a good one it does."""
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subject = ["-subj", "/CN=mail", "-addext", "subjectAltName=IP:127.0.0.2", "-days", "2"]
    asked = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", *subject]
    subprocess.run([*asked, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)  # noqa: ASYNC221
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(cert, key)
    async with mail_server(host="127.0.0.2", tls=tls, scheme=scheme, password="secret") as server:
        url = server.url.replace("//", "//koki:secret@")
        async with _channel(server, url=url) as channel:
            assert Fate.NOT_SENT == (await _meets(channel)).fate
        assert ([], []) == (server.taken, server.logins)
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        async with _channel(server, url=url) as channel:
            sent = await channel.send(_to(), _HELLO)
        assert ([f"<{sent}>"], ["koki"]) == (server.ids, server.logins)


@pytest.mark.parametrize("url", ["", "mail.example.org", "imaps://a:b@mail.example.org", "smtp://", "smtp://h:port"])
def test_a_url_that_is_none_is_told_at_once(url: str) -> None:
    """When the service starts, and not by the first letter."""
    with pytest.raises(ValueError, match=r"smtps://|[Pp]ort"):
        EmailChannel(_HEAD, url, MovedClock(_NOW))


def test_a_url_is_read_in_all_its_parts() -> None:
    """Ports are those of the schemes unless given, and a password does not show."""
    relay = Relay.parse("smtps://koki%40example.lv:a%2Fb@mail.example.org")
    assert ("mail.example.org", 465, "koki@example.lv", "a/b", "smtps") == (
        relay.host,
        relay.port,
        relay.user,
        relay.password,
        relay.tls,
    )
    assert 587 == Relay.parse("smtp://mail.example.org").port
    assert 2525 == Relay.parse("smtp://mail.example.org:2525").port
    assert "a/b" not in repr(relay)


async def test_letters_that_find_too_many_waiting_get_a_turn_later(server: MailServer, channel: EmailChannel) -> None:
    """Nobody waits on the wire for a slow server: those who would are told when their turn is, one after the other."""
    server.tell("MAIL", HANG)
    sending = [asyncio.create_task(channel.send(_to(token=str(number)), _HELLO)) for number in range(12)]
    await server.until(lambda: bool(server.seen))
    errors = [error for task in sending[9:] if (error := (await asyncio.wait([task]), task.exception())[1])]
    assert [Fate.LATER] * 3 == [error.fate for error in errors if isinstance(error, SendError)]
    waits = [error.wait for error in errors if isinstance(error, SendError)]
    assert waits == sorted(waits)
    assert waits[0] > 0
    for task in sending:
        task.cancel()
    ends = await asyncio.gather(*sending, return_exceptions=True)
    assert {Fate.NOT_SENT, Fate.LATER} == {end.fate for end in ends if isinstance(end, SendError)}
    assert (12, []) == (len(ends), server.taken)


async def test_closing_lets_what_is_on_the_wire_finish(server: MailServer) -> None:
    """Told to stop, a letter on its way arrives, those behind it surely did not go, and the server hears goodbye."""
    async with _channel(server) as channel:
        closing: list[asyncio.Task[None]] = []
        server.on_end = lambda: closing.append(asyncio.create_task(channel.close()))
        first = asyncio.create_task(channel.send(_to(token="1"), _HELLO))
        second = asyncio.create_task(channel.send(_to(token="2"), _HELLO))
        sent = await first
        with pytest.raises(SendError) as caught:
            await second
        await closing[0]
        assert ([f"<{sent}>"], Fate.NOT_SENT, "stopped") == (server.ids, caught.value.fate, caught.value.reason)
        await server.until(lambda: server.open == 0)
        assert "QUIT" == server.seen[-1]


async def test_a_hostile_address_adds_no_recipient(server: MailServer, channel: EmailChannel) -> None:
    """What is no address never reaches the server."""
    for ident in ("a@example.org>\r\nRCPT TO:<b@example.org", "jānis@example.org", "a b@example.org", ""):
        assert Fate.REFUSED == (await _meets(channel, ident)).fate
    assert [] == server.seen
