"""Loops as the window keeps them, with clients that are fakes; and once from real processes."""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal

from core import resources
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip, ClipSource, LatentSource, RealSource, with_parts
from core.arrangement.project import Origin
from core.library import latent_map
from core.session import Session
from core.settings import segment_frames
from core.workers.loops import LoopCache, LoopService
from core.workers.protocol import Priority
from core.workers.segment_service import RenderedLoop
from core.workers.service_client import RENDERER, LoopResult, RequestFailed, ServiceClient

BPM = 131.0
PATIENCE = 240_000
REAL = RealSource("real")
LATENT = LatentSource((np.zeros(64),), model_hash="first")  # type: ignore[arg-type]
SESSION = Session(1, Path("library"), model_path=Path("model"), model_hash="first")


class FakeClient(QObject):
    """A `ServiceClient` that answers when it is told to."""

    session_replaced = Signal()
    partial_loop = Signal(object)
    loop_ready = Signal(object)
    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[Any] = []
        self.origin_of: Any = None
        self.separated = False
        self.bar: int | None = None
        self.beats = 0
        self.prepared = 0
        self.waiting: list[tuple[Hashable, ClipSource, float, Priority]] = []

    def open(self, library: Path, model: Path | None = None, generation: int | None = None) -> None:
        self._replace((library, model, generation))

    def refuse(self, message: str, generation: int | None = None) -> None:
        self._replace(message)

    def audition(
        self,
        key: Hashable,
        source: ClipSource,
        bpm: float,
        renderer: str | None,
        bar: int | None,
        *,
        separated: bool = False,
        beats: int,
    ) -> None:
        self.separated, self.bar, self.beats = separated, bar, beats
        self.waiting.insert(0, (key, source, bpm, Priority.AUDITION))

    def render(
        self, key: Hashable, source: ClipSource, bpm: float, *, separated: bool = False
    ) -> None:
        self.separated = separated
        self.waiting.append((key, source, bpm, Priority.CLIP))

    def prepare_parts(self) -> None:
        self.prepared += 1

    def keep_clips(self, keys: Container[Hashable]) -> None:
        self.waiting = [it for it in self.waiting if it[0] in keys or it[3] == Priority.AUDITION]

    def order_clips(self, keys: Iterable[Hashable]) -> None:
        places = {key: place for place, key in enumerate(keys)}
        self.waiting.sort(key=lambda it: places.get(it[0], len(places)))

    def sources(self) -> list[ClipSource]:
        return [source for _, source, _, _ in self.waiting]

    def answer(self, level: float = 1.0, *, begin: bool = False) -> None:
        key, source, bpm, priority = self.waiting[0] if begin else self.waiting.pop(0)
        loop = np.full((100, 2), level, np.float32)
        signal = self.partial_loop if begin else self.loop_ready
        parts = np.stack([loop] * 4) if self.separated else None
        bar = self.bar if begin else None
        made = LoopResult(key, source, bpm, loop, None, "guided", priority, 0.0, parts, bar)
        signal.emit(made)

    def fail(self) -> None:
        self.failed.emit(RequestFailed(self.waiting.pop(0)[0], "it cannot be"))

    def _replace(self, session: Any) -> None:
        self.opened.append(session)
        self.waiting.clear()
        self.session_replaced.emit()


class Bench:
    """A loop service between two fakes, and what it reports."""

    def __init__(self) -> None:
        self.renderer, self.reader = FakeClient(), FakeClient()
        self.loops = LoopService(self.renderer, reader=self.reader)  # type: ignore[arg-type]
        self.log: list[tuple[str, Any]] = []
        for name in ("arrived", "partial", "auditioned", "busy"):
            self._write(name)
        self.loops.failed.connect(lambda source, _: self.log.append(("failed", source)))

    def of(self, name: str) -> list[Any]:
        return [value for found, value in self.log if found == name]

    def level(self, source: ClipSource) -> float | None:
        """Of the loop that is kept of `source`."""
        loop = self.loops.loop(source, BPM)
        return None if loop is None else float(loop[0, 0])

    def _write(self, name: str) -> None:
        getattr(self.loops, name).connect(lambda value: self.log.append((name, value)))


@pytest.fixture
def bench(qapp: object) -> Bench:
    made = Bench()
    made.loops.set_session(SESSION)
    return made


def test_what_tells_parts_apart_is_loaded_once_after_a_first_sound(
    bench: Bench, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "has_parts_model", lambda: True)
    idle = bench.loops._idle
    idle.setInterval(0)
    assert not idle.isActive()
    bench.loops.audition(LATENT, BPM)
    assert not idle.isActive()
    bench.renderer.answer()
    assert idle.isActive()
    bench.loops.audition(REAL, BPM)  # somebody waits again
    assert not idle.isActive()
    bench.reader.answer()
    with qtbot.waitSignal(idle.timeout):
        pass
    assert bench.renderer.prepared == 1
    bench.loops.audition(LATENT, BPM, "phase")
    bench.renderer.answer()
    with qtbot.waitSignal(idle.timeout):
        pass
    assert bench.renderer.prepared == 1


def test_nothing_is_loaded_without_the_network_that_tells_parts_apart(
    bench: Bench, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "has_parts_model", lambda: False)
    bench.loops._idle.setInterval(0)
    bench.loops.audition(LATENT, BPM)
    bench.renderer.answer()
    with qtbot.waitSignal(bench.loops._idle.timeout):
        pass
    assert bench.renderer.prepared == 0


def test_a_loop_that_is_crossfaded_by_parts_comes_with_them(bench: Bench) -> None:
    parts = with_parts([REAL, LATENT, LATENT, LATENT])
    bench.loops.want([parts], BPM)
    bench.renderer.answer(0.5)
    assert bench.loops.parts(parts, BPM) is None
    first, second = Clip("a", parts, 0), Clip("b", parts, 7680, bass_swap=True)
    overlapping = Arrangement(BPM, (Lane("l", clips=(first, second)),))
    assert bench.loops.sounds(overlapping) is None
    bench.loops.want([parts], BPM, {parts})
    assert bench.level(parts) == 0.5  # heard until the other is there
    bench.renderer.answer(0.25)
    found = bench.loops.parts(parts, BPM)
    assert found is not None
    assert found.shape == (4, 100, 2)
    assert bench.level(parts) == 0.25
    sounds = bench.loops.sounds(overlapping)
    assert sounds is not None
    assert sounds[parts] is found
    alone = overlapping.changed(lanes=(Lane("l", clips=(first,)),))
    plain = bench.loops.sounds(alone)
    assert plain is not None
    assert plain[parts].shape == (100, 2)


def test_parts_come_from_the_renderer_also_those_of_segments(bench: Bench) -> None:
    bench.loops.audition(REAL, BPM)
    assert bench.reader.waiting
    assert not bench.renderer.waiting
    bench.loops.audition(REAL, BPM, separated=True)
    assert bench.renderer.separated
    bench.renderer.answer()
    assert bench.of("auditioned")[-1].parts.shape == (4, 100, 2)
    mixed = with_parts([REAL, LATENT, LATENT, LATENT])
    bench.loops.want([mixed], BPM)
    bench.renderer.answer(0.5)
    assert bench.level(mixed) == 0.5


def test_a_loop_counts_with_its_parts() -> None:
    loop = np.zeros((100, 2), np.float32)
    plain = LoopResult(0, REAL, BPM, loop, None, "", Priority.CLIP)
    assert replace(plain, parts=np.stack([loop] * 4)).nbytes == 5 * plain.nbytes


def test_a_session_opens_both_services(bench: Bench) -> None:
    assert bench.reader.opened == [(Path("library"), None, 1)]
    assert bench.renderer.opened == [(Path("library"), Path("model"), 1)]


def test_what_is_wanted_arrives_and_is_kept(bench: Bench) -> None:
    bench.loops.want([REAL, LATENT, REAL], BPM)
    assert bench.loops.outstanding == 2
    bench.reader.answer(1.0)
    bench.renderer.answer(2.0)
    assert bench.of("arrived") == [REAL, LATENT]
    assert bench.of("busy")[-3:] == [2, 1, 0]
    assert (bench.level(REAL), bench.level(LATENT)) == (1.0, 2.0)
    bench.loops.want([REAL, LATENT], BPM)
    assert bench.reader.waiting == bench.renderer.waiting == []


def test_what_is_wanted_no_more_is_not_rendered(bench: Bench) -> None:
    others = [RealSource(name) for name in "abc"]
    bench.loops.want(others, BPM)
    bench.loops.want(others[1:2], BPM)
    assert [source for _, source, _, _ in bench.reader.waiting] == others[1:2]


def test_what_is_wanted_sooner_goes_before_what_already_waits(bench: Bench) -> None:
    a, b, c = (RealSource(name) for name in "abc")
    bench.loops.want([a, b, c], BPM)
    bench.loops.want([c, b, a], BPM)
    assert bench.reader.sources() == [c, b, a]


def test_what_sounds_later_is_not_rendered_before_what_sounds_soon(bench: Bench) -> None:
    """A real segment far away would take time of the processor from a latent that is near."""
    far, other = RealSource("far"), replace(LATENT, model_hash="other")
    bench.loops.want([REAL, LATENT, far, other], BPM, soon={REAL, LATENT})
    bench.loops._find_more()
    assert (bench.reader.sources(), bench.renderer.sources()) == ([REAL], [LATENT])
    bench.reader.answer()
    assert bench.reader.waiting == []
    bench.renderer.answer()
    assert (bench.reader.sources(), bench.renderer.sources()) == ([far], [other])


def test_what_sounds_later_does_not_wait_for_what_cannot_be_made(bench: Bench) -> None:
    far = RealSource("far")
    bench.loops.want([LATENT, far], BPM, soon={LATENT})
    bench.loops._find_more()
    bench.renderer.fail()
    assert bench.reader.sources() == [far]


def test_after_a_jump_what_sounds_there_is_rendered(bench: Bench) -> None:
    far, farther = RealSource("far"), RealSource("farther")
    bench.loops.want([LATENT, far, farther], BPM, soon={LATENT})
    bench.loops._find_more()
    assert bench.reader.sources() == []
    bench.loops.want([far, farther, LATENT], BPM, soon={far})
    assert bench.reader.sources() == [far]
    bench.loops.want([LATENT], BPM)
    bench.renderer.answer()
    assert bench.reader.waiting == []  # wanted no more


@pytest.mark.parametrize("library", ["library", "other"])
def test_with_another_session_nothing_waits_for_the_last_one(bench: Bench, library: str) -> None:
    far, other = RealSource("far"), RealSource("other")
    bench.loops.want([LATENT, far], BPM, soon={LATENT})
    session = replace(SESSION, generation=2, library_path=Path(library), model_hash="second")
    bench.loops.set_session(session)
    bench.loops.want([other, LATENT, far], BPM, soon={other})
    bench.loops._find_more()
    assert bench.reader.sources() == [other]
    bench.reader.answer()
    assert bench.renderer.sources() == [LATENT]
    assert bench.reader.sources() == [far]


def test_an_audition_comes_bar_first_and_then_at_once(bench: Bench) -> None:
    bench.loops.audition(LATENT, BPM, bar=2)
    bench.renderer.answer(1.0, begin=True)
    bench.renderer.answer(2.0)
    bench.loops.audition(LATENT, BPM)
    assert [name for name, _ in bench.log[-3:]] == ["partial", "auditioned", "auditioned"]
    assert [result.loop[0, 0] for _, result in bench.log[-3:]] == [1.0, 2.0, 2.0]
    assert {result.priority for _, result in bench.log[-3:]} == {Priority.AUDITION}


def test_so_many_beats_as_are_enough_come_first(bench: Bench) -> None:
    bench.loops.prepare(LATENT, BPM, beats=2)
    assert bench.renderer.beats == 2
    bench.loops.audition(LATENT, BPM)
    assert len(bench.renderer.waiting) == 1  # what is being made is waited for
    bench.loops.audition(REAL, BPM, beats=2)
    assert bench.reader.beats == 2


def test_what_was_prepared_is_made_once_and_reported_when_it_is_auditioned(bench: Bench) -> None:
    bench.log.clear()
    bench.loops.prepare(LATENT, BPM, bar=2)
    bench.loops.prepare(LATENT, BPM, bar=2)
    bench.renderer.answer(1.0, begin=True)
    assert bench.log == []
    bench.loops.audition(LATENT, BPM, bar=3)  # by now another one would be made
    assert [result.bar for result in bench.of("partial")] == [2]
    bench.renderer.answer(2.0)
    assert [result.loop[0, 0] for result in bench.of("auditioned")] == [2.0]
    assert bench.renderer.waiting == []


def test_what_is_still_being_prepared_is_reported_as_any_audition(bench: Bench) -> None:
    bench.log.clear()
    bench.loops.prepare(LATENT, BPM, bar=2)
    bench.loops.audition(LATENT, BPM, bar=2)
    assert len(bench.renderer.waiting) == 1
    bench.renderer.answer(1.0, begin=True)
    bench.renderer.answer(2.0)
    assert [name for name, _ in bench.log] == ["partial", "auditioned"]


def test_what_was_made_before_the_click_is_heard_with_it(bench: Bench) -> None:
    bench.log.clear()
    bench.loops.prepare(REAL, BPM)
    bench.reader.answer(2.0)
    assert bench.log == []
    bench.loops.audition(REAL, BPM)
    assert [name for name, _ in bench.log] == ["auditioned"]
    assert bench.reader.waiting == []


def test_after_another_choice_or_a_failure_it_is_asked_for_again(bench: Bench) -> None:
    bench.loops.prepare(LATENT, BPM)
    bench.loops.audition(REAL, BPM)
    bench.loops.audition(LATENT, BPM)
    assert len(bench.renderer.waiting) == 2  # the worker knows whether the first one was begun
    bench.renderer.waiting.clear()
    bench.loops.prepare(REAL, BPM, separated=True)
    bench.renderer.fail()
    assert bench.of("failed") == []
    bench.loops.audition(REAL, BPM, separated=True)
    bench.renderer.fail()
    assert bench.of("failed") == [REAL]


def test_what_was_prepared_for_another_session_is_asked_for_again(bench: Bench) -> None:
    for source, client in ((LATENT, bench.renderer), (REAL, bench.reader)):
        bench.loops.prepare(source, BPM)
        session = replace(SESSION, generation=2, library_path=Path(type(source).__name__))
        bench.loops.set_session(session)
        bench.loops.audition(source, BPM)
        assert len(client.waiting) == 1


def test_a_place_whose_first_bar_was_heard_sounds_at_once(bench: Bench) -> None:
    bench.loops.audition(LATENT, BPM, bar=2)
    bench.renderer.answer(1.0, begin=True)
    bench.loops.audition(REAL, BPM)
    bench.loops.audition(LATENT, BPM, bar=2)
    assert [result.loop[0, 0] for result in bench.of("partial")] == [1.0, 1.0]
    assert bench.renderer.bar is None  # it need not be made again
    bench.loops.audition(LATENT, BPM, bar=3)
    assert len(bench.of("partial")) == 2
    assert bench.renderer.bar == 3


def test_a_first_bar_of_another_model_is_not_heard_again(bench: Bench) -> None:
    bench.loops.audition(LATENT, BPM)
    bench.renderer.answer(1.0, begin=True)
    bench.loops.set_session(replace(SESSION, generation=2, model_hash="second"))
    bench.loops.audition(LATENT, BPM)
    assert len(bench.of("partial")) == 1
    assert bench.renderer.bar == 0


def test_only_the_last_audition_is_reported(bench: Bench) -> None:
    bench.loops.audition(REAL, BPM)
    bench.loops.audition(LATENT, BPM)
    bench.reader.answer()
    assert bench.of("auditioned") == []
    assert bench.level(REAL) == 1.0  # but kept
    bench.renderer.answer()
    assert [result.source for result in bench.of("auditioned")] == [LATENT]


def test_what_fails_is_reported_and_can_be_wanted_again(bench: Bench) -> None:
    bench.loops.want([REAL], BPM)
    bench.reader.fail()
    assert bench.of("failed") == [REAL]
    assert bench.loops.outstanding == 0
    bench.loops.want([REAL], BPM)
    bench.reader.answer()
    assert bench.level(REAL) == 1.0


def test_requests_of_others_are_left_to_them(bench: Bench) -> None:
    bench.renderer.render("another's", LATENT, BPM)
    bench.renderer.answer()
    assert bench.level(LATENT) is None


def test_with_another_library_clips_sound_on_until_they_are_rendered_anew(bench: Bench) -> None:
    """Fault: the arrangement fell silent."""
    for source in (REAL, RealSource("no clip")):
        bench.loops.audition(source, BPM)
        bench.reader.answer(1.0)
    bench.loops.want([REAL], BPM)
    bench.loops.set_session(replace(SESSION, generation=2, library_path=Path("another")))
    assert bench.reader.opened[-1] == (Path("another"), None, 2)
    assert bench.level(REAL) == 1.0
    assert bench.level(RealSource("no clip")) is None
    bench.loops.want([REAL], BPM)
    assert bench.loops.outstanding == 1
    bench.reader.fail()
    assert bench.level(REAL) is None


def test_both_clients_know_what_sources_are_made_from(bench: Bench) -> None:
    other = Origin(Path("other"))
    bench.loops.set_origins({LATENT: other}.get)
    for client in (bench.renderer, bench.reader):
        assert client.origin_of(LATENT) is other
        assert client.origin_of(REAL) is None


@pytest.mark.parametrize("ask", ["want", "audition", "spectrogram"])
def test_without_a_model_the_renderer_runs_for_latents_of_another_one(
    bench: Bench, ask: str
) -> None:
    bench.loops.set_session(replace(SESSION, generation=2, model_path=None, model_hash=""))
    bench.loops.set_origins({LATENT: Origin(Path("other"))}.get)
    bench.loops.want([REAL], BPM)
    assert "no model is open" in bench.renderer.opened[-1]
    if ask == "want":
        bench.loops.want([REAL, LATENT], BPM)
    elif ask == "audition":
        bench.loops.audition(LATENT, BPM)
    else:
        bench.renderer.origin_of(LATENT)  # as a client does for each request
    assert bench.renderer.opened[-1] == (Path("library"), None, 2)


def test_another_model_lets_clips_sound_on_until_they_are_rendered_anew(bench: Bench) -> None:
    bench.loops.want([REAL, LATENT], BPM)
    bench.reader.answer(1.0)
    bench.renderer.answer(1.0)
    bench.loops.set_session(replace(SESSION, generation=2, model_hash="second"))
    assert len(bench.reader.opened) == 1  # the music is the same
    assert (bench.level(REAL), bench.level(LATENT)) == (1.0, 1.0)
    bench.loops.want([REAL, LATENT], BPM)
    assert bench.loops.outstanding == 1
    bench.renderer.answer(2.0)
    assert bench.level(LATENT) == 2.0


def test_what_waits_for_the_last_model_is_asked_of_the_next(bench: Bench) -> None:
    bench.loops.want([REAL, LATENT], BPM)
    bench.loops.audition(LATENT, BPM)
    bench.loops.set_session(replace(SESSION, generation=2, model_hash="second"))
    assert [priority for *_, priority in bench.renderer.waiting] == [
        Priority.AUDITION,
        Priority.CLIP,
    ]
    assert len(bench.reader.waiting) == 1


def test_without_a_model_latents_are_refused(bench: Bench) -> None:
    bench.loops.set_session(replace(SESSION, generation=2, model_path=None, model_hash=""))
    assert "no model is open" in bench.renderer.opened[-1]


def test_what_is_needed_stays_however_much_that_is(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or wanting it again and again would make it again and again."""
    monkeypatch.setattr(bench.loops, "_cache", LoopCache(0))
    wanted = [RealSource(name) for name in "abcd"]
    bench.loops.want(wanted, BPM)
    for _ in wanted:
        bench.reader.answer()
    assert all(bench.level(source) for source in wanted)
    bench.loops.want(wanted, BPM)
    assert bench.loops.outstanding == 0
    bench.loops.want(wanted[:1], BPM)
    assert bench.level(wanted[0])
    assert sum(bench.level(source) is not None for source in wanted) <= 2


def result(level: float) -> LoopResult:
    loop = np.full((100, 2), level, np.float32)
    return LoopResult("key", REAL, 120.0, loop, None, "guided", Priority.CLIP)


def test_outdated_loops_that_are_needed_are_kept_until_their_successors_come() -> None:
    cache: LoopCache[str] = LoopCache(1 << 20)
    for name in ("real", "latent", "once"):
        cache.put(name, result(1.0))
    cache.need(["real", "latent"])
    cache.outdate(lambda key: key != "real")
    assert "real" in cache
    assert "latent" not in cache
    assert cache.get("latent") is not None
    assert cache.get("once") is None
    cache.put("latent", result(2.0))
    assert "latent" in cache


def test_an_outdated_loop_that_is_needed_no_more_goes_with_the_others() -> None:
    cache: LoopCache[str] = LoopCache(0)
    for name in ("a", "b", "c"):
        cache.put(name, result(1.0))
        cache.need([*(n for n in ("a", "b", "c") if n <= name)])
    cache.outdate(lambda key: True)
    cache.need(["a"])
    assert cache.get("a") is not None
    assert len(cache) <= 2
    cache.drop("a")
    assert cache.get("a") is None


@pytest.mark.slow
def test_real_processes_make_loops_of_the_demo(qtbot: Any) -> None:
    demo = latent_map.load(resources.demo_library(), resources.demo_model())
    assert demo is not None
    real = RealSource(demo.segments[9].id)
    between = LatentSource(demo.latents[[3, 20]].mean(axis=0), model_hash=demo.model_hash)  # type: ignore[arg-type]
    renderer = ServiceClient(RENDERER)
    loops = LoopService(renderer)
    order: list[tuple[str, LoopResult]] = []
    loops.partial.connect(lambda it: order.append(("bar", it)))
    loops.auditioned.connect(lambda it: order.append(("whole", it)))
    loops.set_session(
        Session(1, demo.library_path, model_path=demo.model_path, model_hash=demo.model_hash)
    )
    for source, name in ((real, "original"), (between, "mosaic")):
        order.clear()
        with qtbot.waitSignal(loops.auditioned, timeout=PATIENCE):
            loops.audition(source, BPM, bar=2)
        assert [name for name, _ in order] == ["bar", "whole"]
        (_, bar), (_, whole) = order
        assert bar.loop.shape == whole.loop.shape == (segment_frames(BPM), 2)
        assert whole.renderer == name
        assert np.abs(whole.loop).max() > 0.05
        assert loops.loop(source, BPM) is whole.loop  # what is kept is the whole
    with qtbot.waitSignal(loops.failed, timeout=PATIENCE) as failure:
        loops.want([RealSource("nothing-0-0")], BPM)
    assert failure.args[0] == RealSource("nothing-0-0")
    loops.close()
    renderer.close()


class FakeStore:
    """A `LoopStore` that answers when it is told to."""

    def __init__(self) -> None:
        self.kept: dict[tuple[int, ClipSource], RenderedLoop] = {}
        self.asked: list[Any] = []
        self.writing: list[Any] | None = None
        """Calls that say that something is on disk, to be called by the test."""

    def find(self, session: Session, source: ClipSource, bpm: float, then: Any) -> None:
        self.asked.append((session, source, then))

    def keep(
        self, session: Session, source: ClipSource, bpm: float, loop: RenderedLoop, then: Any
    ) -> None:
        self.kept[session.generation, source] = loop
        on_disk = replace(loop, loop=loop.loop.copy())
        if self.writing is None:
            then(on_disk)
        else:
            self.writing.append(lambda: then(on_disk))

    def close(self) -> None:
        self.asked.clear()

    def answer(self, level: float | None) -> None:
        _, _, then = self.asked.pop(0)
        made = None if level is None else np.full((100, 2), level, np.float32)
        then(None if made is None else RenderedLoop(made, None, "mosaic", 1.0))


@pytest.fixture
def store(bench: Bench) -> FakeStore:
    made = FakeStore()
    bench.loops._store = made  # type: ignore[assignment]
    return made


def test_what_is_on_disk_is_not_rendered_again(bench: Bench, store: FakeStore) -> None:
    bench.loops.want([LATENT, REAL], BPM)
    store.answer(0.25)
    store.answer(None)
    assert bench.level(LATENT) == 0.25
    assert bench.of("arrived") == [LATENT]
    assert bench.renderer.waiting == []
    assert [source for _, source, _, _ in bench.reader.waiting] == [REAL]
    bench.reader.answer(2.0)
    assert bench.of("arrived") == [LATENT, REAL]
    assert [source for _, source in store.kept] == [REAL]  # the other is there already


def test_what_was_auditioned_is_kept_once_it_is_a_clip(bench: Bench, store: FakeStore) -> None:
    bench.loops.audition(LATENT, BPM)
    bench.renderer.answer(3.0)
    assert store.kept == {}
    bench.loops.want([LATENT], BPM)
    assert store.kept[1, LATENT].loop[0, 0] == 3.0
    assert store.asked == []


def test_a_thousand_loops_on_disk_are_taken_one_by_one(
    bench: Bench, store: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = [RealSource(f"0123456789abcdef-0-{number}") for number in range(1000)]
    bench.loops.want(sources, BPM)
    looked_at: list[int] = []
    for client in (bench.renderer, bench.reader):
        monkeypatch.setattr(client, "keep_clips", lambda keys: looked_at.append(len(keys)))
    monkeypatch.setattr(LoopCache, "_shrink", lambda cache: looked_at.append(len(cache)))
    for _ in sources:
        store.answer(0.5)
    assert bench.loops.outstanding == 0
    assert sum(looked_at) < 10 * len(sources)


def test_what_sounds_later_is_not_looked_for_before_what_sounds_soon(
    bench: Bench, store: FakeStore, qtbot: Any
) -> None:
    far = [RealSource(f"0123456789abcdef-0-{number}") for number in range(1000)]
    bench.loops.want([REAL, LATENT, *far], BPM, soon={REAL, LATENT})
    assert [source for _, source, _ in store.asked] == [REAL, LATENT]
    bench.loops._find_more()
    assert 0 < len(store.asked) < 100  # in one turn of the event loop
    qtbot.waitUntil(lambda: len(store.asked) == 1002, timeout=PATIENCE)
    assert [source for _, source, _ in store.asked] == [REAL, LATENT, *far]
    store.answer(0.5)
    store.answer(None)
    store.answer(0.5)
    store.answer(None)
    assert bench.of("arrived") == [REAL, far[0]]
    assert (bench.renderer.sources(), bench.reader.sources()) == ([LATENT], [])
    bench.renderer.answer()
    assert bench.reader.sources() == [far[1]]


def test_what_a_clip_plays_lies_on_disk(bench: Bench, store: FakeStore) -> None:
    store.writing = []
    bench.loops.want([LATENT], BPM)
    store.answer(None)
    bench.renderer.answer(3.0)
    assert bench.of("arrived") == []
    assert bench.loops.outstanding == 1
    bench.loops.want([LATENT], BPM)
    assert store.asked == bench.renderer.waiting == []  # it is not asked for twice
    store.writing.pop()()
    assert bench.of("arrived") == [LATENT]
    assert bench.level(LATENT) == 3.0
    assert bench.loops.loop(LATENT, BPM) is not store.kept[1, LATENT].loop
    # What was heard before it was placed plays from memory until it is on disk.
    bench.loops.audition(REAL, BPM)
    bench.reader.answer(2.0)
    bench.loops.want([LATENT, REAL], BPM)
    before = bench.loops.loop(REAL, BPM)
    assert before is store.kept[1, REAL].loop
    store.writing.pop()()
    after = bench.loops.loop(REAL, BPM)
    assert after is not before
    np.testing.assert_array_equal(after, before)


def test_what_is_written_while_a_session_takes_over_still_arrives(
    bench: Bench, store: FakeStore
) -> None:
    store.writing = []
    bench.loops.want([REAL], BPM)
    store.answer(None)
    bench.reader.answer(2.0)
    bench.loops.set_session(replace(SESSION, generation=2))
    store.writing.pop()()
    assert bench.of("arrived") == [REAL]


def test_what_is_found_for_an_older_session_is_not_used(bench: Bench, store: FakeStore) -> None:
    bench.loops.want([LATENT, REAL], BPM)
    bench.loops.set_session(replace(SESSION, generation=2, model_hash="second"))
    store.answer(0.25)
    store.answer(0.5)
    assert bench.level(LATENT) is None
    assert bench.level(REAL) is None
    assert [source for _, source, _, _ in bench.reader.waiting] == [REAL]
    assert [session.generation for session, _, _ in store.asked] == [2]
    store.answer(0.75)
    assert bench.level(LATENT) == 0.75


def test_clips_of_other_libraries_are_neither_looked_for_nor_kept(
    bench: Bench, store: FakeStore
) -> None:
    bench.loops.set_origins({LATENT: Origin(Path("other"))}.get)
    bench.loops.want([LATENT], BPM)
    bench.renderer.answer()
    assert bench.level(LATENT) == 1.0
    assert store.asked == []
    assert store.kept == {}


def test_until_its_parts_are_rendered_a_loop_on_disk_sounds_whole(
    bench: Bench, store: FakeStore
) -> None:
    bench.loops.want([REAL], BPM, separated=[REAL])
    assert [source for _, source, _, _ in bench.renderer.waiting] == [REAL]
    store.answer(0.25)
    assert bench.of("arrived") == [REAL]
    assert bench.level(REAL) == 0.25
    assert bench.loops.outstanding == 1
    bench.renderer.answer(2.0)
    assert bench.of("arrived") == [REAL, REAL]
    assert bench.level(REAL) == 2.0


def test_what_sounds_soon_goes_before_what_waits_when_it_is_not_on_disk(
    bench: Bench, store: FakeStore
) -> None:
    """Fault: a new clip at the playhead was rendered after all others of a large project."""
    far = [RealSource(f"0123456789abcdef-0-{number}") for number in range(20)]
    bench.loops.want(far, BPM)
    for _ in far:
        store.answer(None)
    bench.loops.want([REAL, *far], BPM, soon={REAL})
    store.answer(None)
    assert bench.reader.sources() == [REAL, *far]


def test_what_is_held_may_be_asked_for_by_what_is_rendered_before_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault: the first of two latents of another library opened the renderer, whose new session
    asked for the second, which was then looked for in vain."""
    others = [replace(LATENT, seed=seed, model_hash="other") for seed in (1, 2)]
    bench.loops.set_origins(dict.fromkeys(others, Origin(Path("other"))).get)
    bench.loops.want([REAL, *others], BPM, soon={REAL})
    bench.loops._find_more()
    bench.loops.set_session(replace(SESSION, model_path=None, model_hash=None))
    render = bench.renderer.render

    def as_a_client(key: Hashable, source: ClipSource, bpm: float, **how: bool) -> None:
        bench.renderer.origin_of(source)
        render(key, source, bpm, **how)

    monkeypatch.setattr(bench.renderer, "render", as_a_client)
    bench.reader.answer()
    assert bench.of("arrived") == [REAL]
    assert set(bench.renderer.sources()) == set(others)
