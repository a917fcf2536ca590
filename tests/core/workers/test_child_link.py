"""A link and its child: what comes first, what is dropped, what survives a death."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.arrangement.clip import RealSource
from core.workers.child_link import ChildLink
from core.workers.messages import MAPPING, OPENING, Failed, Open, Seen, Sounded
from tests.core.workers import services

PATIENCE = 30_000


class Log:
    """What a link tells, in order."""

    def __init__(self, link: ChildLink) -> None:
        self.all: list[Any] = []
        for name in ("ready", "sounded", "seen", "failed", "died"):
            getattr(link, name).connect(self.all.append)
        link.mapped.connect(lambda: self.all.append(MAPPING))

    def answered(self) -> list[Any]:
        return [it.key for it in self.all if isinstance(it, Sounded | Seen | Failed)]

    def of(self, kind: type) -> list[Any]:
        return [it for it in self.all if isinstance(it, kind)]


@pytest.fixture
def link(qapp: object) -> Iterator[ChildLink]:
    made = ChildLink(services.body, "pretender")
    yield made
    made.close()


def start(link: ChildLink, library: str = "1") -> Log:
    log = Log(link)
    link.start(Open(Path(library), None))
    return log


def test_what_waits_is_answered_in_the_order_of_its_urgency(link: ChildLink, qtbot: Any) -> None:
    log = start(link)
    for number in range(3):
        link.render(number, RealSource(f"{number}"), 120.0)
    link.render("again", RealSource("2"), 120.0)
    link.map()
    link.spectrogram("picture", RealSource("2"))
    link.audition("old", RealSource("a"), 120.0)
    link.audition("new", RealSource("b"), 121.0, "phase")
    qtbot.waitUntil(lambda: "again" in log.answered(), timeout=PATIENCE)
    assert log.answered() == ["new", "picture", 0, 1, 2, "again"]
    assert MAPPING in log.all
    first = log.of(Sounded)[0]
    assert (first.bpm, first.renderer, first.purpose) == (121.0, "phase", "audition")
    assert (first.loop == 121.0).all()
    assert first.loop.shape == (50_000, 2)
    assert not first.loop.flags.writeable
    assert log.of(Sounded)[1].purpose == "clip"


def test_one_bar_is_told_before_the_whole(link: ChildLink, qtbot: Any) -> None:
    log = start(link)
    link.begun.connect(lambda it: log.all.append(("begun", it.key, it.loop[0, 0])))
    link.audition("whole", RealSource("a"), 120.0)
    qtbot.waitUntil(lambda: "whole" in log.answered(), timeout=PATIENCE)
    link.audition("bar by bar", RealSource("a"), 120.0, bar=3)
    qtbot.waitUntil(lambda: "bar by bar" in log.answered(), timeout=PATIENCE)
    assert log.all[-2] == ("begun", "bar by bar", 3.0)
    assert log.all[-1].loop[0, 0] == 120.0
    assert sum(isinstance(it, tuple) for it in log.all) == 1


def test_renders_that_wait_can_be_dropped(link: ChildLink, qtbot: Any) -> None:
    log = start(link)
    for number in range(5):
        link.render(number, RealSource(f"{number}"), 120.0)
    link.cancel_renders({3})
    link.render("last", RealSource("last"), 120.0)
    qtbot.waitUntil(lambda: "last" in log.answered(), timeout=PATIENCE)
    assert log.answered() == [3, "last"]


@pytest.mark.parametrize(
    ("source", "line"), [(services.WRONG, "not this one"), (services.BUG, "ZeroDivisionError")]
)
def test_a_failure_is_one_line_and_the_next_order_is_met(
    link: ChildLink, qtbot: Any, source: RealSource, line: str
) -> None:
    log = start(link)
    link.render("bad", source, 120.0)
    link.render("good", RealSource("good"), 120.0)
    qtbot.waitUntil(lambda: "good" in log.answered(), timeout=PATIENCE)
    (failed,) = log.of(Failed)
    assert failed.key == "bad"
    assert line in failed.message
    assert "\n" not in failed.message


def test_a_killed_child_comes_back_and_answers(link: ChildLink, qtbot: Any) -> None:
    log = start(link)
    qtbot.waitUntil(lambda: len(log.all) == 1, timeout=PATIENCE)
    link.render("under way", services.SLOW, 120.0)
    link.render("waiting", RealSource("x"), 120.0)
    assert link.pid is not None
    os.kill(link.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: "waiting" in log.answered(), timeout=PATIENCE)
    assert log.answered() == ["under way", "waiting"]
    assert any("SIGKILL" in told for told in log.of(str))


def test_an_order_that_kills_is_given_up_and_the_others_are_met(
    link: ChildLink, qtbot: Any
) -> None:
    log = start(link)
    link.render("poison", services.POISON, 120.0)
    link.render("good", RealSource("good"), 120.0)
    qtbot.waitUntil(lambda: "good" in log.answered(), timeout=PATIENCE)
    assert log.answered() == ["poison", "good"]
    assert len(log.of(str)) == 2


def test_a_child_that_dies_again_and_again_is_left_alone_until_asked(
    link: ChildLink, qtbot: Any
) -> None:
    log = start(link)
    poisons = [RealSource("poison")] * 2
    for number, source in enumerate(poisons):
        link.render(number, source, 120.0 + number)
    link.render("never", RealSource("never"), 120.0)
    qtbot.waitUntil(lambda: "never" in log.answered(), timeout=PATIENCE)
    assert [failed.key for failed in log.of(Failed)] == [0, 1, "never"]
    assert link.pid is None
    link.audition("again", RealSource("again"), 120.0)
    qtbot.waitUntil(lambda: "again" in log.answered(), timeout=PATIENCE)


def test_another_library_answers_what_was_asked_before(link: ChildLink, qtbot: Any) -> None:
    log = start(link, "1")
    qtbot.waitUntil(lambda: len(log.all) == 1, timeout=PATIENCE)
    link.render("under way", services.SLOW, 120.0)
    link.spectrogram("waiting", RealSource("x"))
    link.start(Open(Path("2"), None))
    qtbot.waitUntil(lambda: "under way" in log.answered(), timeout=PATIENCE)
    assert {seen.spectrogram[0, 0] for seen in log.of(Seen) + log.of(Sounded)} == {2.0}


def test_another_library_does_not_wait_for_a_map(link: ChildLink, qtbot: Any) -> None:
    log = start(link, "9")
    with qtbot.waitSignal(link.progress, timeout=PATIENCE):
        link.map()
    link.start(Open(Path("2"), None))
    qtbot.waitUntil(lambda: len(log.all) == 2, timeout=PATIENCE)
    assert log.all[-1].model_hash == "model 2"
    assert MAPPING not in log.all


def test_what_cannot_be_opened_fails_all_that_waits(link: ChildLink, qtbot: Any) -> None:
    log = start(link, "none")
    link.render("waiting", RealSource("x"), 120.0)
    qtbot.waitUntil(lambda: len(log.all) == 2, timeout=PATIENCE)
    assert log.answered() == [OPENING, "waiting"]
    link.start(Open(Path("1"), None))
    link.render("now", RealSource("x"), 120.0)
    qtbot.waitUntil(lambda: "now" in log.answered(), timeout=PATIENCE)


def test_a_closed_link_says_nothing_more_and_can_be_opened_again(
    link: ChildLink, qtbot: Any
) -> None:
    log = start(link)
    link.render("lost", services.SLOW, 120.0)
    link.close()
    assert link.pid is None
    qtbot.wait(50)
    assert log.all == []
    link.start(Open(Path("1"), None))
    link.render("found", RealSource("x"), 120.0)
    qtbot.waitUntil(lambda: "found" in log.answered(), timeout=PATIENCE)


def test_a_child_that_cannot_be_started_is_told(
    link: ChildLink, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise RuntimeError("no second start")

    monkeypatch.setattr("core.workers.conversation.Child", refuse)
    log = start(link)
    link.render("never", RealSource("x"), 120.0)
    qtbot.waitUntil(lambda: "never" in log.answered(), timeout=PATIENCE)
    assert all("could not be started" in told for told in log.of(str))
