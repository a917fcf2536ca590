"""Clips get their pictures, and the player their loops."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from types import SimpleNamespace
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from core.arrangement import edits, groups
from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import Clip, ClipSource, LatentSource, RealSource, with_part_heard
from core.arrangement.mixdown import clip_loop
from core.playback.player import PlayerState
from core.session import Session
from core.settings import TICKS_PER_SEGMENT, segment_frames
from core.workers.service_client import SpectrogramResult
from technovae_gui.document import Document
from technovae_gui.main_window import MainWindow
from technovae_gui.timeline import ClipRequest, TimelineView
from technovae_gui.timeline.controller import TimelineController
from technovae_gui.timeline.thumbnails import ThumbnailRequest
from tests.technovae_gui.conftest import PATIENCE
from tests.technovae_gui.fakes import FakeBackground, FakeSessions, LaterBackground


def test_music_is_a_waveform_and_a_latent_a_spectrogram(window: MainWindow, qtbot: Any) -> None:
    found = window.session.map
    assert found is not None
    real = RealSource(found.segments[4].id)
    latent = LatentSource((found.latents[4],), model_hash=found.model_hash)
    clips = [(0, Clip("a", real, 0)), (0, Clip("b", latent, TICKS_PER_SEGMENT))]
    window.document.edit("place", lambda now: edits.put(now, clips))
    thumbnails = window.timeline.clip_style.thumbnails
    qtbot.waitUntil(lambda: real in thumbnails and latent in thumbnails, timeout=PATIENCE)
    wave, spectrogram = (thumbnails.image(source) for source in (real, latent))
    assert wave.height() == 48
    assert spectrogram.height() == 128
    assert window.timeline.missing() == []


class FakeLoops(QObject):
    """Has the loops that the test has put there."""

    arrived = Signal(object)
    failed = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self.there: dict[ClipSource, np.ndarray] = {}
        self.in_parts: dict[ClipSource, np.ndarray] = {}
        self.outstanding = 0

    def loop(self, source: ClipSource, bpm: float) -> np.ndarray | None:
        return self.there.get(source)

    def gain_db(self, source: ClipSource, bpm: float) -> float:
        return -1.0

    def parts(self, source: ClipSource, bpm: float) -> np.ndarray | None:
        return self.in_parts.get(source)

    def want(
        self,
        sources: Iterable[ClipSource],
        bpm: float,
        separated: Collection[ClipSource],
        soon: Collection[ClipSource],
    ) -> None:
        self.wanted, self.separated, self.soon = list(sources), separated, set(soon)


class FakeDecoder(QObject):
    spectrogram_ready = Signal(object)
    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[Hashable, ClipSource, bool]] = []

    def spectrogram(self, key: Hashable, source: ClipSource, *, parts: bool = False) -> None:
        self.asked.append((key, source, parts))


class FakePlayer:
    def __init__(self) -> None:
        self.auditioned: list[tuple[np.ndarray, float, float, float]] = []

    def audition(
        self, loop: np.ndarray, bpm: float, gain_db: float = 0.0, *, beats: float = 16
    ) -> None:
        self.auditioned.append((loop, bpm, gain_db, beats))

    def set_arrangement(self, arrangement: Arrangement, audio_of: Callable[[Clip], Any]) -> None:
        self.heard = {clip.id: audio_of(clip) for clip in arrangement.clips()}


def handed_over_to_fakes(
    document: Document, qtbot: Any
) -> tuple[TimelineController, FakeLoops, FakePlayer]:
    """A controller whose arrangement goes to a player that notes it."""
    timeline = TimelineView(document)
    qtbot.addWidget(timeline)
    loops, player = FakeLoops(), FakePlayer()
    services: Any = SimpleNamespace(
        loops=loops, decoder=FakeDecoder(), player=player, background=FakeBackground()
    )
    sessions: Any = FakeSessions(Session(1))
    return TimelineController(sessions, services, document, timeline, timeline), loops, player


def hand_over(controller: TimelineController) -> None:
    """Let the time be over in which a controller gathers edits and loops before it hands over."""
    controller._later()
    controller._timer.stop()
    controller._gathered()


def test_a_clip_sounds_as_before_until_it_is_there_without_a_part(
    document: Document, qtbot: Any
) -> None:
    controller, loops, player = handed_over_to_fakes(document, qtbot)
    whole = RealSource("x-0-0")
    muted = with_part_heard(whole, 0, heard=False)
    loops.there[whole] = loop = np.zeros((10, 2), np.float32)
    document.apply(edits.put(document.arrangement, [(0, Clip("a", whole, 0))]))
    hand_over(controller)
    assert player.heard["a"] is loop
    document.apply(edits.set_clip(document.arrangement, "a", source=muted))
    hand_over(controller)
    assert player.heard["a"] is loop
    assert loops.wanted == [muted]
    loops.there[muted] = other = loop + 1
    hand_over(controller)
    assert player.heard["a"] is other
    document.apply(edits.set_clip(document.arrangement, "a", source=RealSource("y-0-0")))
    hand_over(controller)
    assert player.heard["a"] is None  # another sound altogether
    document.apply(edits.set_clip(document.arrangement, "a", source=whole))
    hand_over(controller)
    document.apply(edits.set_clip(document.arrangement, "a", source=muted))
    del loops.there[muted]
    loops.failed.emit(muted, "it cannot be")
    hand_over(controller)
    assert player.heard["a"] is None


def test_loops_that_sound_later_are_gathered_for_longer(document: Document, qtbot: Any) -> None:
    controller, loops, player = handed_over_to_fakes(document, qtbot)
    sources = [RealSource(f"x-0-{number}") for number in range(120)]
    many = [(0, Clip(str(at), source, at * TICKS_PER_SEGMENT)) for at, source in enumerate(sources)]
    document.apply(edits.put(document.arrangement, many))
    hand_over(controller)
    assert loops.wanted == sources
    assert loops.soon == set(sources[:4])
    loops.wanted = []

    def waits() -> int:
        return controller._timer.interval() if controller._timer.isActive() else 0

    def arrive(source: RealSource) -> None:
        loops.there[source] = np.zeros((10, 2), np.float32)
        loops.arrived.emit(source)

    assert waits() == 0
    arrive(sources[100])
    gathered = waits()
    arrive(sources[101])
    assert waits() == gathered > 100
    arrive(sources[2])
    assert controller._timer.remainingTime() < gathered / 10
    qtbot.waitUntil(lambda: player.heard["2"] is not None, timeout=PATIENCE)
    assert player.heard["100"] is loops.there[sources[100]]
    assert loops.wanted == []  # for all of it has been asked for
    document.apply(edits.delete(document.arrangement, [str(it) for it in range(60)]))
    arrive(sources[102])
    assert 0 < waits() < gathered / 10  # an edit is heard at once
    qtbot.waitUntil(lambda: player.heard["102"] is not None, timeout=PATIENCE)
    assert loops.wanted == sources[60:]


def test_what_sounds_first_is_asked_for_first(document: Document, qtbot: Any) -> None:
    controller, loops, _ = handed_over_to_fakes(document, qtbot)
    places = [(0, 0), (0, 8), (0, 4), (1, 0), (1, 5), (2, 1), (2, 9)]
    clips = {at: Clip(f"{at}", RealSource(f"x-0-{at}"), at[1] * TICKS_PER_SEGMENT) for at in places}
    document.apply(edits.put(document.arrangement, [(row, clips[row, it]) for row, it in places]))
    hand_over(controller)
    assert loops.wanted == [clips[at].source for at in sorted(places, key=lambda at: at[1])]
    controller.show(PlayerState(frame=document.arrangement.frame(5 * TICKS_PER_SEGMENT)))
    hand_over(controller)
    soon, over = [(1, 5), (0, 8), (2, 9)], [(0, 0), (1, 0), (2, 1), (0, 4)]
    assert loops.wanted == [clips[at].source for at in [*soon, *over]]


def test_after_a_jump_what_sounds_there_is_asked_for_first(document: Document, qtbot: Any) -> None:
    controller, loops, _ = handed_over_to_fakes(document, qtbot)
    sources = [RealSource(f"x-0-{number}") for number in range(3)]
    clips = [(0, Clip(str(at), it, at * TICKS_PER_SEGMENT)) for at, it in enumerate(sources)]
    document.apply(edits.put(document.arrangement, clips))
    hand_over(controller)
    assert loops.soon == set()  # it is short
    loops.wanted, loops.outstanding = [], 2

    def is_heard_at(segment: float) -> bool:
        """Show the playhead; whether loops are asked for again."""
        frame = document.arrangement.frame(round(segment * TICKS_PER_SEGMENT))
        controller.show(PlayerState(frame=frame))
        return controller._timer.isActive()

    assert not is_heard_at(0.3)
    assert is_heard_at(2.1)
    controller._timer.stop()
    controller._gathered()
    assert loops.wanted == [sources[2], *sources[:2]]
    loops.outstanding = 0
    assert not is_heard_at(0.0)  # all are there


def test_a_group_is_listened_to_as_a_whole(document: Document, qtbot: Any) -> None:
    controller, loops, player = handed_over_to_fakes(document, qtbot)
    problems: list[str] = []
    controller.problem.connect(lambda _, line: problems.append(line))
    rng = np.random.default_rng(1)
    bpm = document.arrangement.bpm
    sources = [RealSource(f"{name}-0-0") for name in "ab"]
    clips = [
        Clip(source.segment_id, source, number * TICKS_PER_SEGMENT, TICKS_PER_SEGMENT)
        for number, source in enumerate(sources)
    ]
    document.apply(edits.put(document.arrangement, [(0, clip) for clip in clips]))
    made = groups.consolidate(document.arrangement, [clip.id for clip in clips])
    document.apply(made.arrangement)
    listen = ClipRequest((made.clip_id,))
    for source in sources:
        controller._timeline.audition_requested.emit(listen)
        loops.there[source] = rng.standard_normal((segment_frames(bpm), 2), np.float32)
    assert "still being rendered" in problems[1]
    assert not player.auditioned
    controller._timeline.audition_requested.emit(listen)
    ((sound, heard_bpm, _, beats),) = player.auditioned
    assert (heard_bpm, beats) == (bpm, 32.0)
    expected = clip_loop(document.arrangement.clip(made.clip_id), bpm, loops.there)
    np.testing.assert_array_equal(sound, expected)
    assert abs(len(sound) - 2 * segment_frames(bpm)) <= 2


def test_listening_to_a_clip_that_is_not_rendered_says_so(document: Document, qtbot: Any) -> None:
    controller, _, player = handed_over_to_fakes(document, qtbot)
    problems: list[str] = []
    controller.problem.connect(lambda _, line: problems.append(line))
    document.apply(edits.put(document.arrangement, [(0, Clip("a", RealSource("x-0-0"), 0))]))
    controller._timeline.audition_requested.emit(ClipRequest(("a",)))
    assert not player.auditioned
    assert "still being rendered" in problems[0]


def test_a_group_that_was_stopped_while_it_was_mixed_is_not_heard(
    document: Document, qtbot: Any
) -> None:
    controller, loops, player = handed_over_to_fakes(document, qtbot)
    later = LaterBackground()
    controller._services.background = later  # type: ignore[assignment]
    source = RealSource("x-0-0")
    loops.there[source] = np.zeros((segment_frames(document.arrangement.bpm), 2), np.float32)
    document.apply(edits.put(document.arrangement, [(0, Clip("a", source, 0))]))
    made = groups.consolidate(document.arrangement, ["a"])
    document.apply(made.arrangement)
    for stopped in (True, False):
        controller._timeline.audition_requested.emit(ClipRequest((made.clip_id,)))
        assert controller.is_awaited
        if stopped:
            controller.end_listening()
        later.work()
        assert not controller.is_awaited
        assert bool(player.auditioned) != stopped


def test_clips_that_are_crossfaded_by_parts_are_handed_over_in_parts(
    document: Document, qtbot: Any
) -> None:
    controller, loops, player = handed_over_to_fakes(document, qtbot)
    one, two = (with_part_heard(RealSource(f"{it}-0-0"), 0, heard=False) for it in "xy")
    whole = RealSource("z-0-0")
    for number, source in enumerate((one, two, whole)):
        clip = Clip(str(number), source, number * 7680)
        document.apply(edits.put(document.arrangement, [(0, clip)]))
        loops.there[source] = np.full((10, 2), number, np.float32)
    loops.in_parts[one] = np.zeros((4, 10, 2), np.float32)
    hand_over(controller)
    assert loops.separated == {one, two}
    assert player.heard["0"] is loops.in_parts[one]
    assert player.heard["1"] is loops.there[two]  # its parts are not there yet
    assert player.heard["2"] is loops.there[whole]


def test_a_clip_of_parts_is_drawn_in_their_shades(document: Document, qtbot: Any) -> None:
    timeline, decoder = TimelineView(document), FakeDecoder()
    qtbot.addWidget(timeline)
    services: Any = SimpleNamespace(
        loops=FakeLoops(), decoder=decoder, player=FakePlayer(), background=FakeBackground()
    )
    sessions: Any = FakeSessions(Session(1))
    controller = TimelineController(sessions, services, document, timeline, timeline)
    parts = with_part_heard(RealSource("x-0-0"), 0, heard=False)
    latent = LatentSource.of(np.zeros(64))
    timeline.missing_thumbnails.emit(ThumbnailRequest((parts, latent)))
    assert [(source, apart) for _, source, apart in decoder.asked] == [
        (parts, True),
        (latent, False),
    ]
    for (key, source, apart), shape in zip(decoder.asked, ((4, 512, 128), (512, 128)), strict=True):
        seen = np.full(shape, -20.0, np.float32)
        decoder.spectrogram_ready.emit(SpectrogramResult(key, source, seen))
        picture = timeline.clip_style.thumbnails.image(source)
        assert isinstance(picture, tuple) == apart
    assert controller is not None
