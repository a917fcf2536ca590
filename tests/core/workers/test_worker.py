"""A worker whose process is a fake: what comes first, what is dropped, what survives a death."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.workers.protocol import (
    STOP,
    Alive,
    Call,
    Cancel,
    Error,
    Order,
    Partial,
    Priority,
    Progress,
    Result,
)
from core.workers.queue import Request
from core.workers.worker import Worker, WorkerConfig, task_config
from tests.systems import needs_kill


class FakeChannel:
    """Remembers what is sent."""

    def __init__(self) -> None:
        self.sent: list[Order] = []
        self.pid = 1

    def begin(self) -> None:
        pass

    def send(self, message: Order) -> None:
        self.sent.append(message)

    def kill(self) -> None:
        pass


class Log:
    """Writes down what a worker reports."""

    def __init__(self) -> None:
        self.all: list[tuple[str, Any]] = []

    def on_opened(self, value: Any) -> None:
        self.all.append(("opened", value))

    def on_refused(self, message: str) -> None:
        self.all.append(("refused", message))

    def on_progress(self, request: Request, progress: Progress) -> None:
        self.all.append(("progress", progress.done))

    def on_partial(self, request: Request, value: Any) -> None:
        self.all.append(("partial", value))

    def on_alive(self, request: Request, alive: Alive) -> None:
        self.all.append(("alive", alive.cpu_seconds))

    def on_result(self, request: Request, value: Any) -> None:
        self.all += [("result", key) for key in request.keys]

    def on_failed(self, request: Request, error: Error) -> None:
        self.all += [("cancelled" if error.cancelled else "failed", key) for key in request.keys]
        self.message = error.message

    def on_died(self, message: str) -> None:
        self.all.append(("died", message))

    def on_ended(self) -> None:
        self.all.append(("ended", None))

    def of(self, name: str) -> list[Any]:
        return [value for found, value in self.all if found == name]


class Bench:
    """A worker, its channels and its log."""

    def __init__(self, config: WorkerConfig) -> None:
        self.log, self.channels = Log(), list[FakeChannel]()
        self.postponed: list[Callable[[], None]] = []
        self.worker = Worker(config, self.log, self._connect, self.postponed.append)

    @property
    def channel(self) -> FakeChannel:
        return self.channels[-1]

    @property
    def call(self) -> Call:
        """The call that was sent last."""
        return next(sent for sent in reversed(self.channel.sent) if isinstance(sent, Call))

    @property
    def cancelled(self) -> list[int]:
        """The calls that are to be given up."""
        return [sent.id for sent in self.channel.sent if isinstance(sent, Cancel)]

    def ask(self, name: str, priority: Priority = Priority.CLIP) -> None:
        self.worker.submit(Request("loop", {"name": name}, priority, [name], same=name))

    def open(self, generation: int = 1) -> None:
        self.worker.open(generation, library=generation)

    def answer(self, value: Any = None) -> None:
        self.worker.receive(self.channel, Result(self.call.id, value))

    def refuse(self, message: str = "no") -> None:
        self.worker.receive(self.channel, Error(self.call.id, message))

    def give_up(self) -> None:
        self.worker.receive(self.channel, Error(self.call.id, "as asked", cancelled=True))

    def die(self, exit_code: int | None = -9) -> None:
        self.worker.ended(self.channel, exit_code)

    def answer_all(self) -> list[str]:
        """The names of what is done, in order."""
        done = []
        while (call := self.call).function == "loop":
            done.append(call.arguments["name"])
            self.answer()
            if self.call is call:
                break
        return done

    def _connect(self, worker: Worker) -> FakeChannel:
        self.channels.append(FakeChannel())
        return self.channel


@pytest.fixture
def bench() -> Bench:
    return Bench(WorkerConfig("pretender", object))


@pytest.fixture
def opened(bench: Bench) -> Bench:
    bench.open()
    bench.answer("ready")
    return bench


def test_requests_wait_for_the_first_session(bench: Bench) -> None:
    bench.ask("clip")
    bench.ask("old", Priority.AUDITION)
    bench.ask("new", Priority.AUDITION)
    bench.ask("picture", Priority.SPECTROGRAM)
    assert bench.channels == []
    bench.open(7)
    assert (bench.call.function, bench.call.arguments) == ("open", {"library": 7})
    bench.answer("ready")
    assert bench.log.of("opened") == ["ready"]
    assert bench.call.generation == 7
    assert bench.answer_all() == ["new", "picture", "clip"]
    assert bench.log.of("result") == ["new", "picture", "clip"]


def test_a_process_that_was_started_before_opens_the_session(bench: Bench) -> None:
    bench.worker.start("prepare", library=7)
    bench.worker.start("prepare", library=8)
    prepare = bench.call
    assert (prepare.function, prepare.arguments) == ("prepare", {"library": 7})
    bench.open(7)
    bench.worker.receive(bench.channel, Result(prepare.id, "ready"))
    assert bench.log.all == []  # it is no answer to a request
    bench.answer("open")
    assert bench.log.of("opened") == ["open"]
    bench.worker.start("prepare", library=9)
    assert len(bench.channels) == 1
    assert [call.function for call in bench.channel.sent if isinstance(call, Call)] == [
        "prepare",
        "open",
    ]


def test_one_that_dies_before_the_session_is_replaced_when_that_is_opened(bench: Bench) -> None:
    bench.worker.start("prepare", library=7)
    bench.die()
    assert len(bench.log.of("died")) == 1
    bench.open(7)
    assert len(bench.channels) == 2
    bench.answer("open")
    assert bench.log.of("opened") == ["open"]


def test_none_is_started_any_more_once_it_is_closed(bench: Bench) -> None:
    bench.worker.close()
    bench.worker.start("prepare", library=7)
    assert bench.channels == []


def test_one_request_at_a_time_is_under_way(opened: Bench) -> None:
    opened.ask("a")
    opened.ask("b")
    opened.ask("urgent", Priority.AUDITION)
    assert opened.call.arguments == {"name": "a"}
    assert opened.answer_all() == ["a", "urgent", "b"]


def test_a_clip_gives_way_to_an_audition_and_is_done_after_it(opened: Bench) -> None:
    opened.ask("a")
    opened.ask("b")
    under_way = opened.call.id
    opened.ask("urgent", Priority.AUDITION)
    opened.ask("more urgent", Priority.AUDITION)
    assert opened.cancelled == [under_way]
    opened.give_up()
    assert opened.answer_all() == ["more urgent", "a", "b"]
    assert opened.log.of("cancelled") == []
    assert opened.log.of("result") == ["more urgent", "a", "b"]


def test_an_audition_gives_way_and_is_finished_when_nothing_else_is_to_be_done(
    opened: Bench,
) -> None:
    opened.ask("first", Priority.AUDITION)
    opened.ask("clip")
    assert opened.cancelled == []
    opened.ask("second", Priority.AUDITION)
    opened.give_up()
    assert opened.answer_all() == ["second", "clip", "first"]
    assert opened.log.of("cancelled") == []


def test_a_picture_and_a_click_do_not_wait_for_what_gave_way(opened: Bench) -> None:
    opened.ask("first", Priority.AUDITION)
    opened.ask("second", Priority.AUDITION)
    opened.give_up()
    opened.answer()
    for name, priority in (("picture", Priority.SPECTROGRAM), ("clip", Priority.CLIP)):
        assert opened.call.arguments == {"name": "first"}
        opened.ask(name, priority)
        assert opened.cancelled[-1] == opened.call.id
        opened.give_up()
        assert opened.call.arguments == {"name": name}
        opened.answer()
    opened.ask("first", Priority.AUDITION)
    opened.give_up()
    assert opened.call.priority == Priority.AUDITION
    assert opened.answer_all() == ["first"]


def test_the_same_sound_again_does_not_start_over(opened: Bench) -> None:
    opened.ask("a", Priority.AUDITION)
    opened.ask("a", Priority.AUDITION)
    assert opened.cancelled == []


def test_what_is_done_before_it_could_give_way_is_reported(opened: Bench) -> None:
    opened.ask("a")
    opened.ask("urgent", Priority.AUDITION)
    opened.answer()
    assert opened.log.of("result") == ["a"]
    assert opened.answer_all() == ["urgent"]


def test_giving_way_does_not_count_as_a_try(opened: Bench) -> None:
    opened.ask("clip")
    for number in range(3):
        opened.ask(f"urgent {number}", Priority.AUDITION)
        opened.give_up()
        opened.answer()
    opened.die()
    opened.answer("ready")
    assert opened.answer_all() == ["clip"]


def test_what_is_under_way_for_an_older_session_is_given_up(opened: Bench) -> None:
    opened.ask("old")
    under_way = opened.call.id
    opened.open(2)
    assert opened.cancelled == [under_way]
    opened.give_up()
    opened.answer("ready again")
    assert opened.log.all == [("opened", "ready"), ("opened", "ready again")]


def test_parts_and_progress_are_reported_meanwhile(opened: Bench) -> None:
    opened.ask("a")
    opened.worker.receive(opened.channel, Partial(opened.call.id, "a bar"))
    opened.worker.receive(opened.channel, Progress(opened.call.id, 1.0, 2.0))
    opened.answer()
    assert opened.log.all[1:] == [("partial", "a bar"), ("progress", 1.0), ("result", "a")]


def test_answers_of_an_older_session_are_dropped(opened: Bench) -> None:
    opened.ask("under way")
    opened.ask("waiting")
    opened.open(2)
    opened.worker.receive(opened.channel, Partial(opened.call.id, "a bar of the old one"))
    opened.answer()
    assert opened.call.arguments == {"library": 2}
    opened.answer("ready again")
    assert opened.log.all == [("opened", "ready"), ("opened", "ready again")]
    opened.ask("now")
    assert opened.answer_all() == ["now"]


def test_of_two_sessions_in_quick_succession_the_last_is_opened(bench: Bench) -> None:
    bench.open(1)
    bench.open(2)
    bench.open(3)
    bench.answer("first")
    assert bench.call.arguments == {"library": 3}
    bench.answer("third")
    assert bench.log.all == [("opened", "third")]


def test_after_a_refusal_requests_fail_at_once_until_a_session_opens(bench: Bench) -> None:
    bench.ask("before")
    bench.open(1)
    bench.refuse("no such library")
    assert bench.log.all == [("failed", "before"), ("refused", "no such library")]
    bench.ask("after")
    assert bench.log.of("failed") == ["before"]  # not before the request has been made
    bench.postponed.pop()()
    assert bench.log.of("failed") == ["before", "after"]
    assert bench.log.message == "no such library"
    bench.open(2)
    bench.answer("ready")
    bench.ask("now")
    assert bench.answer_all() == ["now"]


def test_a_failure_that_was_postponed_is_dropped_with_its_session(bench: Bench) -> None:
    bench.worker.refuse("no model", 1)
    bench.ask("old")
    bench.open(2)
    bench.postponed.pop()()
    assert bench.log.all == []


def test_a_request_that_failed_can_be_made_again(opened: Bench) -> None:
    opened.ask("picture", Priority.SPECTROGRAM)
    opened.refuse("not now")
    opened.ask("picture", Priority.SPECTROGRAM)
    opened.answer()
    assert opened.log.all[1:] == [("failed", "picture"), ("result", "picture")]


@needs_kill
def test_what_was_under_way_in_a_process_that_died_is_done_again(opened: Bench) -> None:
    opened.ask("under way")
    opened.ask("waiting")
    opened.die()
    assert len(opened.channels) == 2
    assert opened.call.function == "open"
    opened.answer("ready")
    assert opened.answer_all() == ["under way", "waiting"]
    (message,) = opened.log.of("died")
    assert "SIGKILL" in message
    assert "started again" in message


def test_what_kills_twice_is_given_up_and_the_others_are_done(opened: Bench) -> None:
    opened.ask("poison")
    opened.ask("good")
    for _ in range(2):
        assert opened.call.arguments == {"name": "poison"}
        opened.die()
        opened.answer("ready")
    assert opened.log.of("failed") == ["poison"]
    assert opened.answer_all() == ["good"]


def test_a_process_that_dies_again_and_again_is_left_alone_until_asked(opened: Bench) -> None:
    opened.ask("never")
    for _ in range(3):
        opened.die(1)
    assert len(opened.channels) == 4
    opened.die(1)
    assert len(opened.channels) == 4
    assert opened.worker.pid is None
    assert "with the next sound" in opened.log.of("died")[-1]
    assert opened.log.of("failed") == ["never"]
    opened.ask("again", Priority.AUDITION)
    assert len(opened.channels) == 5
    opened.answer("ready")
    assert opened.answer_all() == ["again"]


def test_a_process_that_cannot_be_started_is_reported(bench: Bench) -> None:
    bench.ask("never")
    bench.open()
    for _ in range(4):
        bench.die(None)
    assert bench.log.of("failed") == ["never"]
    assert all("could not be started" in message for message in bench.log.of("died"))


def test_messages_of_a_former_process_are_not_taken(opened: Bench) -> None:
    opened.ask("a")
    former, call = opened.channel, opened.call
    opened.die()
    opened.worker.receive(former, Result(call.id, "late"))
    opened.worker.ended(former, 0)
    assert opened.log.of("result") == []
    assert len(opened.channels) == 2


def test_clips_that_wait_can_be_dropped(opened: Bench) -> None:
    for name in "abcd":
        opened.ask(name)
    opened.worker.keep(Priority.CLIP, {"c"})
    assert opened.answer_all() == ["a", "c"]


def test_a_closed_worker_reports_nothing_and_can_be_opened_again(opened: Bench) -> None:
    opened.ask("lost")
    former = opened.channel
    opened.worker.close()
    assert former.sent[-1] is STOP
    opened.worker.receive(former, Result(1, "late"))
    opened.worker.ended(former, 0)
    assert opened.log.all == [("opened", "ready")]
    opened.open(2)
    opened.answer("ready again")
    opened.ask("found")
    assert opened.answer_all() == ["found"]


def ignore() -> None:
    """A task."""


@pytest.fixture
def task() -> Bench:
    bench = Bench(task_config(ignore))
    bench.worker.submit(Request(ignore, {}, Priority.TASK, ["task"]))
    return bench


def test_a_task_ends_its_process(task: Bench) -> None:
    assert task.call.function is ignore
    task.answer()
    assert task.channel.sent[-1] is STOP
    task.die(0)
    assert task.log.all == [("result", "task"), ("ended", None)]


def test_a_task_that_dies_is_not_started_again(task: Bench) -> None:
    task.die()
    assert len(task.channels) == 1
    assert task.log.all == [("failed", "task"), ("ended", None)]
    assert "what was finished is kept" in task.log.message


def test_a_task_that_dies_after_it_was_asked_to_stop_was_cancelled(task: Bench) -> None:
    task.worker.stop()
    assert task.channel.sent[-1] is STOP
    task.die()
    assert task.log.all == [("cancelled", "task"), ("ended", None)]
