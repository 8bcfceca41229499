"""Pacing: Telegram's limits by the clock that is passed in."""

from collections.abc import Iterator
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.pacing import Limits, Pacer, Turns
from bot.messages import Address

_ANNA, _BERTA, _STAFF = Address("telegram", "1"), Address("telegram", "2"), Address("telegram", "-100500")


def _turns(pacer: Pacer, now: float, count: int) -> Iterator[float]:
    """Return when so many broadcasts go that are all waiting at `now`."""
    return (now + pacer.bulk_turn(now) for _ in range(count))


def test_a_reply_to_a_person_goes_at_once() -> None:
    """Replies are not held to the overall limit: a hundred at the same moment go."""
    pacer = Pacer()
    assert {0.0} == {pacer.ask(Address("telegram", str(number)), 5.0) for number in range(100)}


def test_a_group_takes_twenty_messages_a_minute() -> None:
    """The twenty-first waits until the first is a minute old; a person's chat does not."""
    pacer = Pacer()
    assert [0.0] * 20 == [pacer.ask(_STAFF, 100.0 + number) for number in range(20)]
    assert 39.0 == pacer.ask(_STAFF, 121.0)
    assert 0.0 == pacer.ask(_ANNA, 121.0)
    assert 0.0 == pacer.ask(_STAFF, 160.0)
    assert 1.0 == pacer.ask(_STAFF, 160.0)


def test_a_busy_group_spreads_out_what_can_wait() -> None:
    """Eight topics at once in a quiet group, then one every few seconds: places are left for the rest."""
    pacer = Pacer()
    assert Turns(20, 8) == pacer.turns(_STAFF, 100.0)
    assert [0.0] * 8 == [pacer.ask(_STAFF, 100.0, patient=True) for _ in range(8)]
    assert Turns(12, 0) == pacer.turns(_STAFF, 124.0)
    assert Turns(12, 1) == pacer.turns(_STAFF, 125.0)
    gone = _opened(pacer, _STAFF, 125.0, 1200)
    assert 17 * 20 == len(gone)
    assert 18 >= max(sum(at <= other < at + 60 for other in gone) for at in gone)
    pacer.halt(_STAFF, 5, 2000.0)
    assert Turns(0, 0) == pacer.turns(_STAFF, 2004.0)


def _opened(pacer: Pacer, group: Address, begin: float, seconds: int) -> list[float]:
    """Open a topic whenever there is a turn for one, looking each second; return when."""
    gone = []
    for at in (begin + second for second in range(seconds)):
        if pacer.turns(group, at).patient:
            assert 0.0 == pacer.ask(group, at, patient=True)
            gone.append(at)
    return gone


def test_a_429_holds_its_chat_and_every_broadcast_and_no_other_reply() -> None:
    """The wait that Telegram names is obeyed; it may have meant all of us, so broadcasts wait as well."""
    pacer = Pacer()
    pacer.halt(_ANNA, 5, 100.0)
    assert (4.0, 0.0) == (pacer.ask(_ANNA, 101.0), pacer.ask(_BERTA, 101.0))
    assert (4.0, 0) == (pacer.ask(_BERTA, 101.0, bulk=True), pacer.bulk_room(101.0))
    assert (0.0, 0.0) == (pacer.ask(_ANNA, 105.0), pacer.ask(_BERTA, 105.0, bulk=True))
    assert pacer.bulk_room(105.0) > 0


def test_a_letter_put_off_halts_nothing() -> None:
    """A greylisted recipient is no reason to hold back announcements, on Telegram or by letter, nor to slow down."""
    pacer, letter = Pacer(), Address("mailto", "anna@example.org")
    pacer.halt(letter, 1800, 100.0)
    assert (0.0, 0.0) == (pacer.ask(_ANNA, 100.0, bulk=True), pacer.ask(letter, 100.0, bulk=True))
    turns = list(_turns(pacer, 100.0, 3))
    assert (100.0, 29.0) == (turns[0], round(1 / (turns[1] - turns[0]), 6))


def test_broadcasts_go_evenly_without_a_burst() -> None:
    """A thousand that wait at once go one after the other, 29 in every second, the first one now."""
    turns = list(_turns(Pacer(), 50.0, 1000))
    assert 50.0 == turns[0]
    assert {1.0} == {round((after - before) * 29.0, 6) for before, after in pairwise(turns)}
    assert round(999 / 29.0, 6) == round(turns[-1] - 50.0, 6)


def test_no_more_are_claimed_than_have_a_turn_soon() -> None:
    """What would wait is left in the database, where it can be stopped and is nobody's yet."""
    pacer = Pacer()
    first = pacer.bulk_room(10.0)
    assert 9 == first
    turns = list(_turns(pacer, 10.0, first))
    assert (0, 0) == (pacer.bulk_room(10.0), pacer.bulk_room(10.01))
    assert 0.01 < pacer.bulk_pause(10.0) < 0.02
    assert [0.0] * 3 == [pacer.bulk_hold(turn) for turn in turns[:3]]
    assert (3, 0.0) == (pacer.bulk_room(10.1), pacer.bulk_pause(10.1))


def test_what_is_late_is_not_joined_by_more() -> None:
    """A process that is held up claims nothing until those that it has are gone: when it dies, so few are unknown."""
    pacer = Pacer()
    list(_turns(pacer, 10.0, 9))
    assert 0 == pacer.bulk_room(15.0)
    assert 0.0 == pacer.bulk_hold(15.0)
    pacer.bulk_leave()
    assert 2 == pacer.bulk_room(15.0)


def test_a_429_slows_broadcasts_down_for_a_while() -> None:
    """The limit is not published: after a refusal we go slower, once an episode, and recover with what goes well."""
    pacer = Pacer()
    pacer.halt(_ANNA, 2, 100.0)
    pacer.halt(_BERTA, 2, 100.5)
    turns = list(_turns(pacer, 110.0, 3))
    assert 26.1 == round(1 / (turns[1] - turns[0]), 1)
    list(_turns(pacer, 120.0, 200))
    turns = list(_turns(pacer, 500.0, 2))
    assert 29.0 == round(1 / (turns[1] - turns[0]), 6)


def test_turns_that_were_missed_are_not_taken_all_at_once() -> None:
    """A process that was held up for a moment sends on nearly evenly: never more than 30 in a second."""
    pacer, now = Pacer(), 100.0
    sent: list[float] = []
    for _ in range(100):
        if wait := pacer.bulk_hold(now):
            now += wait
            assert not pacer.bulk_hold(now + 1e-9)
        sent.append(now)
    assert [] == [at for at in sent if sum(at <= other < at + 0.999 for other in sent) > 30]


def test_what_was_long_on_its_way_counts_from_when_it_arrived() -> None:
    """A message that was held up for 150 ms is closer to the next ones: else 31 could arrive in one second."""
    pacer, went = Pacer(), [100.0 + number / 29 for number in range(29)]
    assert [0.0] * 29 == [pacer.bulk_hold(at) for at in went]
    for number, at in enumerate(went):
        pacer.bulk_answered(at, at + (0.2 if number == 1 else 0.05))
    assert 0.0 == pacer.bulk_hold(101.02)
    # The place of the second one, which went a second ago, is not free yet; the third one's is the next.
    assert round(went[2] + 1.01 - 101.05, 6) == round(pacer.bulk_hold(101.05), 6)


@given(st.lists(st.floats(0, 3), min_size=1, max_size=200), st.floats(1, 30))
def test_no_second_ever_sees_more_broadcasts_than_allowed(pauses: list[float], rate: float) -> None:
    """Whenever they come in, any second from one of them on holds at most as many as the rate says, and one more."""
    pacer = Pacer(limits=Limits(bulk_per_second=rate))
    now, turns = 0.0, []
    for pause in pauses:
        now += pause / rate
        turns.append(now + pacer.bulk_turn(now))
    assert [] == [at for at in turns if sum(at <= turn < at + 0.999 for turn in turns) > rate + 1]
