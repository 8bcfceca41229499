"""The mailbox over IMAP: what a connection does against Dovecot, and that nothing on it waits for ever."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.channels.email.account import encoded, parse
from bot.channels.email.imap import Mailbox, MailboxError, Trouble, opened
from tests.dovecot import Dovecot
from tests.imap_server import answering
from tests.letters import letter

_FOLDER = "Nosūtītie vēstuļu & citi"


async def _trouble(url: str, seconds: float = 5.0) -> tuple[Trouble, str]:
    with pytest.raises(MailboxError) as raised:
        async with opened(parse(url), seconds):
            pass
    return raised.value.trouble, raised.value.detail


async def _met(url: str, call: Callable[[Mailbox], Awaitable[Any]]) -> MailboxError:
    """Return what a call meets with."""
    async with opened(parse(url), 0.5) as mailbox:
        with pytest.raises(MailboxError) as raised:
            await asyncio.wait_for(call(mailbox), 5)
    return raised.value


async def test_letters_are_found_looked_at_and_fetched(dovecot: Dovecot, user: str) -> None:
    """Above a number, in order; with size and time; whole or only the header; what is gone is left out."""
    sent = [letter(f"teksts {number}", number=number) for number in range(1, 4)]
    await asyncio.to_thread(dovecot.deliver, user, *sent)
    async with opened(parse(dovecot.url(user))) as mailbox:
        assert [[1, 2, 3], [3], []] == [await mailbox.search(after) for after in (0, 2, 3)]
        waiting = await mailbox.look_at([1, 3, 99])
        assert [1, 3] == [one.uid for one in waiting]
        whole, header = await mailbox.fetch(waiting), await mailbox.fetch(waiting, whole=False)
        assert [True] * 2 == [one.raw.endswith(b"teksts %d\r\n" % one.uid) for one in whole]
        assert [(one.size, True) for one in whole] == [(len(one.raw), one.arrived_at is not None) for one in whole]
        assert [True] * 2 == [one.raw.endswith(b"\r\n\r\n") and b"teksts" not in one.raw for one in header]


async def test_a_letter_comes_as_it_was_sent(dovecot: Dovecot, user: str) -> None:
    """Whatever it holds: stars, brackets, braces, what looks like an answer of the server, eight bits, nothing."""
    evil = b"* text * ) ( {12}\r\nA1 OK done\r\n+ go\r\n\xff\xfe\x01\r\n* 5 FETCH (UID 5)\r\n"
    sent = [b"Subject: * star * \r\n\r\n" + evil * 40, b"Subject: x\r\n\r\n"]
    await asyncio.to_thread(dovecot.deliver, user, *sent)
    async with opened(parse(dovecot.url(user))) as mailbox:
        found = await mailbox.fetch(await mailbox.look_at(await mailbox.search(0)))
    assert [True, True] == [one.raw.endswith(raw) for one, raw in zip(found, sent, strict=True)]


async def test_a_mark_is_a_keyword_and_leaves_reading_to_people(dovecot: Dovecot, user: str) -> None:
    """Neither fetching nor marking makes a letter read."""
    await asyncio.to_thread(dovecot.deliver, user, letter(number=1), letter(number=2))
    async with opened(parse(dovecot.url(user))) as mailbox:
        await mailbox.fetch(await mailbox.look_at([1, 2]))
        await mailbox.mark([2])
        assert [1] == await mailbox.unmarked(2)
    assert ["", "$KokuPaligs"] == await asyncio.to_thread(dovecot.flags, user)


async def test_a_mark_that_can_not_be_made_is_left_out() -> None:
    """A full account, or one that we may only read: letters are taken in all the same."""
    commands: list[str] = []

    def answer(command: str) -> bytes:
        commands.append(command.partition(" ")[2].partition(" ")[0])
        return b"TAG NO [OVERQUOTA] full\r\n"

    async with answering(answer, flags=b"\\*") as url, opened(parse(url), 2.0) as mailbox:
        assert mailbox.marks
        await mailbox.mark([1])
        await mailbox.mark([2])
        assert [] == await mailbox.unmarked(2)
    assert ["STORE"] == commands


async def test_waiting_ends_with_a_letter_or_in_time(dovecot: Dovecot, user: str) -> None:
    """The server tells of it; without any it is for the search to find nothing."""
    async with opened(parse(dovecot.url(user))) as mailbox:
        await mailbox.idle(0.2)
        assert [] == await mailbox.search(0)
        waiting = asyncio.create_task(mailbox.idle(30))
        await asyncio.sleep(0.1)
        await asyncio.to_thread(dovecot.deliver, user, letter())
        await asyncio.wait_for(waiting, 10)
        assert [1] == await mailbox.search(0)


async def test_a_folder_may_have_any_name(dovecot: Dovecot, user: str) -> None:
    """Names are encoded and quoted: the library sends them bare."""
    url = dovecot.url(user, "Nos%C5%ABt%C4%ABtie%20v%C4%93stu%C4%BCu%20%26%20citi")
    async with opened(parse(url)) as mailbox:
        assert 0 == mailbox.count
    assert "Nos&AWs-t&ASs-tie v&ARM-stu&ATw-u &- citi" == encoded(_FOLDER)


async def test_what_is_wrong_is_told_apart(dovecot: Dovecot, user: str) -> None:
    """Host, port, certificate, password and folder: each is mended by another person."""
    url = dovecot.url(user)
    wrong = {
        "imaps://a:b@mail.example.invalid": Trouble.UNKNOWN_HOST,
        "imap://a:b@127.0.0.1:1": Trouble.UNREACHABLE,
        dovecot.url(user, tls=True): Trouble.TLS,
        url.replace("imap:", "imaps:"): Trouble.TLS,
        url.replace("slepeni", "nepareizi"): Trouble.LOGIN,
        url + "Nav": Trouble.FOLDER,
    }
    assert list(wrong.values()) == [(await _trouble(one))[0] for one in wrong]


async def test_a_trusted_certificate_opens_it(dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over TLS everything is the same."""
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate))
    if ssl.get_default_verify_paths().cafile is None:
        pytest.skip("this Python does not look at SSL_CERT_FILE")
    await asyncio.to_thread(dovecot.deliver, user, letter())
    async with opened(parse(dovecot.url(user, tls=True))) as mailbox:
        assert [1] == await mailbox.search(0)


async def test_a_token_opens_what_takes_no_password(dovecot: Dovecot, user: str) -> None:
    """XOAUTH2 with what a command prints; a refused one, and a command that prints none, end at once."""
    url = dovecot.url(user).replace(":%C4%BCoti%2Fslepeni%40%3A", "")
    await asyncio.to_thread(dovecot.deliver, user, letter())
    async with opened(parse(url, f"echo {dovecot.access_token(user)}")) as mailbox:
        assert [1] == await mailbox.search(0)
    refused = {
        f"echo {dovecot.access_token('cits@example.lv')}x": Trouble.LOGIN,
        "false": Trouble.REFUSED,
        "echo divi vārdi": Trouble.REFUSED,
        "/nav/tāda": Trouble.REFUSED,
    }
    for command, trouble in refused.items():
        with pytest.raises(MailboxError) as raised:
            async with opened(parse(url, command), 5.0):
                pass
        assert trouble is raised.value.trouble, raised.value


async def test_a_full_account_is_noticed(dovecot: Dovecot, user: str) -> None:
    """The server says how much of its room is used."""
    async with opened(parse(dovecot.url(user))) as mailbox:
        quota = await mailbox.quota()
    assert quota is not None
    assert (102400, False) == (quota.limit, quota.is_nearly_full)


async def test_a_server_that_dies_while_we_wait_is_noticed_at_once(dovecot: Dovecot, user: str) -> None:
    """The library itself would sleep on until the end of its own patience."""
    async with opened(parse(dovecot.url(user))) as mailbox:
        waiting = asyncio.create_task(mailbox.idle(60))
        await asyncio.sleep(0.3)
        assert 1 == dovecot.kill_connections()
        with pytest.raises(MailboxError) as raised:
            await asyncio.wait_for(waiting, 5)
        assert Trouble.LOST is raised.value.trouble


async def test_a_silent_server_is_noticed_after_the_wait(dovecot: Dovecot, user: str) -> None:
    """A connection that leads nowhere is found by asking, when the wait is over."""
    async with opened(parse(dovecot.url(user)), 0.5) as mailbox:
        with dovecot.frozen():
            with pytest.raises(MailboxError) as raised:
                await asyncio.wait_for(mailbox.idle(0.5), 5)
            assert (Trouble.LOST, "no answer in time") == (raised.value.trouble, raised.value.detail)


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (b"* BYE\r\n", "hung up"),  # to IDLE the library waits for ever
        (b"", "no answer in time"),
        (b"* 1 FETCH (FLAGS ())\r\n" * 1200 + b"TAG OK done\r\n", "hung up"),  # its parser falls over
        (b"* \xff\xfe\r\nTAG OK done\r\n", "hung up"),
        (b"TAG NO [SERVERBUG] not now\r\n", "[SERVERBUG] not now"),
    ],
)
async def test_nothing_waits_for_ever(answer: bytes, detail: str) -> None:
    """Whatever the server does instead of answering, the call ends with the connection."""
    async with answering(lambda _: answer) as url:
        assert detail in (await _met(url, lambda mailbox: mailbox.look_at([1]))).detail
        assert detail in (await _met(url, lambda mailbox: mailbox.search(0))).detail
        await _met(url, lambda mailbox: mailbox.idle(0.3))


async def test_a_server_that_does_not_tell_of_letters_is_asked() -> None:
    """Without IDLE the mailbox is looked into again and again."""
    commands: list[str] = []

    def answer(command: str) -> bytes:
        commands.append(command)
        return b"* OK\r\n"

    async with answering(answer, capabilities=b"IMAP4rev1") as url, opened(parse(url), 2.0) as mailbox:
        await mailbox.idle(0.1)
    assert ["NOOP"] == commands


@pytest.mark.parametrize(
    ("login", "trouble"),
    [
        (b"TAG NO [UNAVAILABLE] Temporary authentication failure\r\n", Trouble.REFUSED),
        (b"TAG NO [AUTHENTICATIONFAILED] Invalid credentials\r\n", Trouble.LOGIN),
        (b"TAG NO Application-specific password required\r\n", Trouble.LOGIN),
        (b"TAG BAD what\r\n", Trouble.LOGIN),
        (b"* BYE\r\n", Trouble.LOST),
    ],
)
async def test_a_login_that_fails_for_now_is_told_from_a_refused_one(login: bytes, trouble: Trouble) -> None:
    """Only after a refused one we must keep away for long."""
    async with answering(lambda _: b"", login=login) as url:
        assert trouble is (await _trouble(url, 1.0))[0]


async def test_a_server_that_takes_no_passwords_is_not_shown_one() -> None:
    """It says so before we log in."""
    async with answering(lambda _: b"", capabilities=b"IMAP4rev1 LOGINDISABLED") as url:
        assert (Trouble.LOGIN, "it takes no passwords") == await _trouble(url, 1.0)


async def test_a_server_that_does_not_greet_is_not_waited_for() -> None:
    """Something listens there, which is no mail server, or one that is stuck."""
    async with answering(lambda _: b"", greeting=b"") as url:
        trouble, detail = await _trouble(url, 0.3)
        assert (Trouble.UNREACHABLE, True) == (trouble, detail.endswith(": no greeting"))


async def test_a_server_that_hangs_up_at_the_door() -> None:
    """It is busy, or has banned us: neither is waited for."""
    async with answering(lambda _: b"", greeting=b"* BYE too many connections\r\n") as url:
        assert Trouble.UNREACHABLE is (await _trouble(url, 1.0))[0]


async def test_the_last_letter_that_is_named_again_is_not_a_new_one() -> None:
    """`n:*` names the last letter even where its number is below n."""
    async with answering(lambda _: b"* SEARCH 9\r\n") as url, opened(parse(url), 2.0) as mailbox:
        assert [[], [9]] == [await mailbox.search(after) for after in (9, 8)]


async def test_content_in_quotes_and_flags_of_others_are_understood() -> None:
    """A short content may come in quotes, and what others do with flags is told in between."""
    said = b'* 4 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (UID 1 RFC822.SIZE 5 BODY[] "a\\"b")\r\n* 2 EXPUNGE\r\n'
    async with answering(lambda _: said) as url, opened(parse(url), 2.0) as mailbox:
        assert [b'a"b'] == [one.raw for one in await mailbox.fetch(await mailbox.look_at([1]))]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("https://a:b@example.lv", "must be like"),
        ("imap://a:b@example.lv", "must begin with imaps://"),
        ("imaps://example.lv", "needs a user"),
        ("imaps://a:b#c@example.lv", "write #"),
        ("imaps://a:b@example.lv:x", "write #"),
        ("imaps://a:b%0d%0aX@example.lv", "control character"),
    ],
)
def test_an_address_that_can_not_be_used_says_why(url: str, says: str) -> None:
    """In a sentence that does not show the password."""
    with pytest.raises(ValueError, match=says) as raised:
        parse(url)
    assert "b#c" not in str(raised.value)


def test_special_characters_stand_percent_encoded() -> None:
    """A user name is an address, and a generated password holds anything."""
    account = parse("imaps://koki%40example.lv:p%2F%40%3A%23@mail.example.lv/Koki%2FJaunie")
    assert ("koki@example.lv", "p/@:#", 993, "Koki/Jaunie", True) == (
        account.user, account.password, account.port, account.folder, account.tls,
    )  # fmt: skip
    assert "p/@" not in repr(account)
