"""Steps through other people's systems: what is read of a step, what comes after it, and what staff write down."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.conversation.state import Act, Do
from bot.words import Words
from bot.words.catalogs import load_catalogs
from flows import engine
from flows.eu_login import EU_LOGIN
from flows.grammar import Flow, Partly, Understood
from flows.mapmytree_self import MAPMYTREE_SELF, mapmytree_self
from flows.reportnet_delivery import REPORTNET_DELIVERY, STEPS
from flows.run import Run
from flows.said import Said
from flows.steps_kind import Mark, Step, Steps
from knowledge import step as written
from tests.talking import START, Person

_TODAY = date(2026, 11, 23)
_WORDS = Words()
_WAY: dict[str, Any] = dict.fromkeys(("ask", "again", "label", "change", "why", "example"), "Kā iet?")
_QUESTION = Steps(
    key="way",
    **_WAY,
    steps=(
        Step(key="open", do="Atveriet.", repair="Pārbaudiet."),
        Step(key="fill", do="Aizpildiet."),
        Step(key="send", do="Nosūtiet.", repair="Mēģiniet vēlreiz."),
    ),
    reached=("jau ir",),
)
_FLOW = Flow(name="way", title="Ceļš", opening="Sākam.", questions=(_QUESTION,), ends_with="x", submit="Sūtīt")


def _after(*lines: str) -> dict[str, str]:
    """Return what each step has come to after what was said, over a restart each time."""
    run = Run(id="r", flow="way", started_at=START)
    for line in lines:
        run = engine.hear(_FLOW, run, Said(text=line), _TODAY).run
        if "way" in run.begun:
            assert run.begun["way"] == _QUESTION.decode(_QUESTION.encode(run.begun["way"]))
    value = run.answers.get("way") or run.begun.get("way", ())
    return {mark.step: mark.did for mark in value}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "gatavs",
            "Gatavs!",
            "ok",
            "tālāk",
            "izdarīju",
            "done",
            "jā, izdarīju",
            "sanāca",
            "ir",
            "next",
            "gatavs, tālāk",
        ),
        *(
            "gatavs, tālāk",
            "izdarīju no telefona",
            "izdariju",
            "talaak",
            "1) ok",
            "1. solis gatavs",
            "готово",
            "viss kārtībā, labi, gatavs",
        ),
    ],
)
def test_a_step_is_done(text: str) -> None:
    """People say that they have done it in many words, with and without diacritics."""
    assert "done" == _after(text)["open"]


@pytest.mark.parametrize(
    "text",
    [
        *("nesanāk", "neizdodas", "nestrādā", "nesanaak", "nē", "nezinu, kā", "man nav tādas pogas", "neredzu to pogu"),
        *("1) nesanāk", "1. solī nesanāk", "nesanāk 1 solī", "it doesn't work", "step 1 fails", "не получается"),
        "es mēģināju visādi un ilgi meklēju, bet nekas tur neatveras un nevaru tikt tālāk",
    ],
)
def test_a_step_fails(text: str) -> None:
    """A failure is heard in a sentence of any length, and shows the known repair."""
    assert {"open": "failed"} == _after(text)


@pytest.mark.parametrize(
    "text", ["zaļš", "3", "nav", "neesmu vēl tur", "varbūt gatavs būs rīt pēc pusdienām", "99) gatavs"]
)
def test_what_tells_nothing_of_a_step_changes_nothing(text: str) -> None:
    """Something else is no step done."""
    expected = {"open": "failed"} if text == "nav" else {}
    assert expected == _after(text)


def test_the_first_failure_shows_the_repair_the_second_calls_a_person() -> None:
    """A step without a known repair calls a person at once; gone past, it waits for them."""
    reading = _QUESTION.complete((Mark(step="open", did="failed"),))
    assert isinstance(reading, Partly)
    assert ("Pārbaudiet.", None, (1, 3)) == (reading.ask, reading.call, reading.part)
    assert {"open": "stuck"} == _after("nesanāk", "nesanāk")
    assert {"open": "done", "fill": "stuck"} == _after("ok", "nesanāk")
    assert {"open": "waits"} == _after("nesanāk", "nesanāk", "tālāk")
    stuck = _QUESTION.complete((Mark(step="fill", did="stuck"),))
    assert isinstance(stuck, Partly)
    assert stuck.call
    assert "Kā iet?, 2. solis: Aizpildiet." == stuck.call.subject


def test_a_number_names_the_step() -> None:
    """„3) nesanāk” is of the third step, and the steps before are done; a letter answers several at once."""
    assert {"open": "done", "fill": "done", "send": "failed"} == _after("3) nesanāk")
    assert {"open": "done", "fill": "done", "send": "failed"} == _after("1) gatavs\n2) ok\n3) nekas nesanāk")
    assert {"open": "done", "fill": "done", "send": "stuck"} == _after("3. solī nesanāk", "nesanāk 3. solī")
    assert {"open": "failed", "fill": "done"} == _after("ok", "ok", "1) tomēr nesanāk")


def test_everything_at_once_ends_it() -> None:
    """„Visu izdarīju” is said of all that is left, and „jau ir” where the aim itself can be there already."""
    everything = {"open": "done", "fill": "done", "send": "done"}
    assert everything == _after("visu izdarīju") == _after("ok", "viss gatavs") == _after("man jau ir")
    assert {**everything, "open": "waits"} == _after("nesanāk", "nesanāk", "tālāk", "visu izdarīju")
    assert {"account": "done"} == {
        mark.step: mark.did for mark in _delivery().combine((), _marks(_delivery(), "jau ir"))
    }


def test_back_is_the_step_before() -> None:
    """Going back undoes the last step that was settled; at the first there is nothing to undo."""
    run = Run(id="r", flow="way", started_at=START)
    for line in ("ok", "ok"):
        run = engine.hear(_FLOW, run, Said(text=line), _TODAY).run
    run = engine.back(_FLOW, run).run
    assert (Mark(step="open", did="done"),) == run.begun["way"]
    run = engine.back(_FLOW, run).run
    assert () == run.begun["way"]
    assert not engine.back(_FLOW, run).notes


def test_an_old_button_takes_nothing_back() -> None:
    """A button names its step: pressed twice or late it calls nobody, and a step that is no more counts for nothing."""
    run = Run(id="r", flow="way", started_at=START)
    for pressed in (
        [["open", "failed"]],
        [["open", "failed"]],
        [["open", "done"]],
        [["open", "stuck"]],
        [["gone", "done"]],
    ):
        run = engine.choose(_FLOW, run, "way", pressed, _TODAY).run
    assert (Mark(step="open", did="done"),) == run.begun["way"]
    for wrong in ("x", [["open", "flown"]], [["open"]], 7):
        with pytest.raises((TypeError, ValueError)):
            engine.choose(_FLOW, run, "way", wrong, _TODAY)


def test_how_far_it_is_is_said() -> None:
    """The recap says which step is next, the end what was left out."""
    voice = _WORDS.tongue("lv")
    assert "1. solis no 3" == _QUESTION.show((), voice)
    assert "3. solis no 3" == _QUESTION.show(_marks(_QUESTION, "2) ok"), voice)
    done = _QUESTION.combine((), _marks(_QUESTION, "visu izdarīju"))
    assert "visi soļi izdarīti" == _QUESTION.show(done, voice)
    left = tuple(Mark(step=mark.step, did="waits" if mark.step == "fill" else "done") for mark in done)
    assert "izdarīts viss, izņemot 2. soli" == _QUESTION.show(left, voice)


def test_a_delivery_has_the_twelve_steps() -> None:
    """From the account to the receipt; every step that is known to fail has its repair."""
    assert 12 == len(STEPS)
    assert {"help", "dataset", "receipt"} == {step.key for step in STEPS if not step.repair}
    assert ("eu_login",) == STEPS[0].leads_to


# --- what staff write down -----------------------------------------------------------------------------------

_CONTENT: dict[str, Any] = {
    "source": "seen by staff",
    "checked": date(2026, 11, 20),
    "steps": [
        {"key": "open", "do": {"lv": "Atveriet karti.", "en": "Open the map."}},
        {
            "key": "pin",
            "do": {"lv": "Atzīmējiet vietu.", "en": "Mark the place."},
            "repair": {"lv": "Pietuviniet karti.", "en": "Zoom in."},
        },
    ],
}


def _file(folder: Path, **changes: Any) -> Path:
    path = folder / "mapmytree.yaml"
    path.write_text(yaml.safe_dump({**_CONTENT, **changes}, allow_unicode=True), encoding="utf-8")
    return path


def test_our_steps_are_in_order() -> None:
    """What staff have written down is whole, or there is nothing yet."""
    assert [] == written.check(_TODAY)


def test_steps_that_staff_have_written_make_a_flow(tmp_path: Path) -> None:
    """Their texts and repairs are those of the flow, which asks for them one by one."""
    path = _file(tmp_path)
    assert [] == written.check(_TODAY, path)
    [question] = mapmytree_self(written.load(path)).questions
    assert isinstance(question, Steps)
    assert [("open", "Atveriet karti.", ""), ("pin", "Atzīmējiet vietu.", "Pietuviniet karti.")] == [
        (step.key, step.do, step.repair) for step in question.steps
    ]
    assert isinstance(question.start(), Partly)
    assert "Zoom in." == load_catalogs(written.load(path))["en"].gettext(question.steps[1].repair)


_OPEN = _CONTENT["steps"][0]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"steps": None}, "it holds no list of steps"),
        ({"source": ""}, "where the steps were seen"),
        ({"checked": None}, "where the steps were seen"),
        ({"steps": ["atveriet"]}, "step 1 has no key"),
        ({"steps": [_OPEN, _OPEN]}, "two steps have the key “open”"),
        ({"steps": [{**_OPEN, "hint": "x"}]}, "an unknown part “hint”"),
        ({"steps": [{"key": "open"}]}, "“do” of step “open” is not a text in lv and en"),
        ({"steps": [{**_OPEN, "repair": {"lv": "Pagaidiet."}}]}, "“repair” of step “open” is not a text in lv and en"),
        ({"steps": [{**_OPEN, "do": {"lv": "Atveriet.", "en": " "}}]}, "is empty in “en”"),
        ({"steps": [{**_OPEN, "do": {"lv": "50 % <b>", "en": "50"}}]}, "holds one of"),
        ({"steps": [{**_OPEN, "do": {"lv": "a" * 701, "en": "a"}}]}, "has 701 characters"),
        ({"checked": date(2025, 1, 1)}, "more than a year ago"),
    ],
)
def test_what_is_wrong_with_the_steps_is_told(tmp_path: Path, changes: dict[str, Any], told: str) -> None:
    """Each mistake is named; steps that are not whole are shown to nobody, old ones still are."""
    path = _file(tmp_path, **changes)
    assert [told] == [told for problem in written.check(_TODAY, path) if told in str(problem)]
    assert bool(written.load(path)) == (told == "more than a year ago")


def test_a_file_that_is_no_yaml_is_told(tmp_path: Path) -> None:
    """A slip of the typist is said as one, and no step is shown."""
    path = tmp_path / "mapmytree.yaml"
    path.write_text("steps: [„a: b", encoding="utf-8")
    assert ["this isn't YAML"] == [problem.what[:15] for problem in written.check(_TODAY, path)]
    assert () == written.load(path)


@pytest.mark.skipif(bool(MAPMYTREE_SELF.questions), reason="staff have written the steps down")
def test_without_steps_it_says_so_and_offers_what_we_can_do() -> None:
    """The exact steps are not invented: trees can be registered here, or a person asked."""
    person = Person()
    person.presses(person.finds(Act(do=Do.START, value="mapmytree_self"), run_id=""), 0)
    assert "Precīzus soļus platformā MapMyTree vēl nezinu" in person.heard
    assert ["Reģistrēt kokus", "Jautāt darbiniekam"] == person.buttons
    assert person.conversation.run is None
    person.says("[Reģistrēt kokus]")
    assert "Kas stādīja kokus?" in person.heard


def test_every_step_has_room_on_a_phone() -> None:
    """No step and no repair is longer than a screen, in either language."""
    steps = [step for question in EU_LOGIN.questions if isinstance(question, Steps) for step in question.steps]
    for step in (*steps, *STEPS):
        for sentence in filter(None, (step.do, step.repair)):
            for language in ("lv", "en"):
                assert len(_WORDS.tongue(language).text(sentence)) <= 700, step.key


def _delivery() -> Steps:
    [question] = REPORTNET_DELIVERY.questions
    assert isinstance(question, Steps)
    return question


def _marks(question: Steps, text: str) -> tuple[Mark, ...]:
    reading = question.read(Said(text=text), _TODAY)
    assert isinstance(reading, Partly | Understood)
    value: tuple[Mark, ...] = reading.value
    return value
