"""The segment helper gives what is read without it, and is missed by nobody when it is gone."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.arrangement.clip import RealSource
from core.arrangement.project import Origin
from core.audio import stretch
from core.audio.levelling import rough_gain_db
from core.dsp.spectrogram import of_segment
from core.errors import LibraryError
from core.library import shards, spectrograms
from core.library.store import Library
from core.render import real_segments
from core.render.guides import Guide
from core.render.real_segments import RealSegments
from core.settings import bar_rows, segment_frames
from core.workers.segment_service import (
    Array,
    RenderedLoop,
    SegmentHelper,
    SegmentService,
    bar_gain_db,
    loop_gain_db,
)
from tests.systems import needs_kill

BPM = 131.0


class Asked:
    """A helper that notes what it is asked for, and does nothing."""

    def __init__(self) -> None:
        self.segments: list[str] = []

    def request(
        self, segment_id: str, bpm: float, bars: Sequence[int] | None, *, spectrogram: bool
    ) -> None:
        self.segments.append(segment_id)

    def request_bar(
        self,
        segment_id: str,
        bpm: float,
        bar: int,
        beats: int = 4,
        *,
        narrow: bool = False,
        wait: bool = False,
    ) -> None:
        pass


@pytest.fixture
def reader(library: Path) -> Iterator[SegmentHelper]:
    made = SegmentHelper(library)
    yield made
    made.close()


@pytest.fixture
def music(library: Path) -> Iterator[RealSegments]:
    with Library.open(library, read_only=True) as opened:
        yield RealSegments(opened, decode, 1 << 28)


def decode(latents: Array) -> Array:
    return np.zeros((len(latents), 512, 128), np.float32)


def louder_after_a_beat(_library: Library, _segment: object, _bar: object = None) -> Array:
    """A spectrogram of which all but the first beat is louder by 8 dB."""
    rows = np.full((512, 128), -40.0, np.float32)
    rows[32:] += 8.0
    return rows


def guides(library: Path, count: int) -> list[Guide]:
    with Library.open(library, read_only=True) as opened:
        ids = [segment.id for segment in opened.segments()[:count]]
    return [Guide(i, np.zeros(64, np.float32), 0.5) for i in ids]


def until_open(
    reader: SegmentHelper, segment_id: str, *, spectrogram: bool = True
) -> tuple[Array, Array | None]:
    for _ in range(6000):
        answer = reader.request(segment_id, BPM, None, spectrogram=spectrogram)
        if answer is not None:
            return answer()
        time.sleep(0.05)
    raise TimeoutError


def test_it_reads_the_same_bits(reader: SegmentHelper, music: RealSegments, library: Path) -> None:
    (guide,) = guides(library, 1)
    loop, own = until_open(reader, guide.segment_id)
    np.testing.assert_array_equal(loop, music.loop(guide.segment_id, BPM))
    np.testing.assert_array_equal(own, music.spectra(guide.segment_id, guide.latent)[0])


def test_a_segment_that_is_not_there_is_told_and_the_next_one_read(
    reader: SegmentHelper, library: Path
) -> None:
    (guide,) = guides(library, 1)
    with pytest.raises(LibraryError, match="nothing"):
        until_open(reader, "nothing-0-0")
    loop, own = until_open(reader, guide.segment_id, spectrogram=False)
    assert loop.shape[1] == 2
    assert own is None


def test_one_thread_at_a_time_is_served(reader: SegmentHelper, library: Path) -> None:
    first, second = guides(library, 2)
    until_open(reader, first.segment_id)
    answer = reader.request(first.segment_id, BPM, None, spectrogram=True)
    assert answer is not None
    assert reader.request(second.segment_id, BPM, None, spectrogram=True) is None
    answer()
    assert reader.request(second.segment_id, BPM, None, spectrogram=True) is not None


def test_who_waits_is_served_after_the_other(reader: SegmentHelper, library: Path) -> None:
    first, second = guides(library, 2)
    until_open(reader, first.segment_id)
    answer = reader.request_bar(first.segment_id, BPM, 1)
    assert answer is not None
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lambda: reader.request_bar(second.segment_id, BPM, 1, wait=True))
        one = answer()
        other = waiting.result()
    assert other is not None
    assert one.shape == other().shape


@pytest.mark.parametrize("behind_db", [-200.0, -30.0, -20.0, -10.0])
@pytest.mark.parametrize("decay", [0.05, 1e9])
def test_a_beat_before_a_pause_is_no_louder_than_the_loop(behind_db: float, decay: float) -> None:
    """A chord, or a stab that dies away, in the first beat; then silence, or a quiet pad."""
    frames = segment_frames(BPM)
    beat, time = frames // 16, np.arange(frames) / 44_100
    chord = sum(np.sin(2 * np.pi * hertz * time) for hertz in (220.0, 277.2, 329.6)) / 12
    level = np.where(np.arange(frames) < beat, np.exp(-time / decay), 10.0 ** (behind_db / 20.0))
    loop = np.repeat((level * chord)[:, None], 2, axis=1).astype(np.float32)
    first = np.concatenate([loop[:beat]] * 16)
    rough = bar_gain_db(first, of_segment(loop), bar_rows(0, 1))
    assert rough == pytest.approx(loop_gain_db(loop), abs=1.5)
    whole = bar_gain_db(np.concatenate([loop[: 4 * beat]] * 4), of_segment(loop), bar_rows(0))
    assert whole == pytest.approx(loop_gain_db(loop), abs=1.5)


def test_a_beat_of_the_segment_of_another_library_is_as_loud_as_the_rest(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(real_segments, "_REST_TAKES", 0.0)
    monkeypatch.setattr(Library, "kept_spectrogram", louder_after_a_beat)
    (guide,) = guides(library, 1)
    source = RealSource(guide.segment_id)
    own, other = list[RenderedLoop](), list[RenderedLoop]()
    service = SegmentService()
    service.loop(source, BPM, None, 0, other.append, Origin(library), beats=1)
    service.open(library)
    service.loop(source, BPM, None, 0, own.append, beats=1)
    service._exit.close()
    assert other[0].gain_db == own[0].gain_db
    assert other[0].gain_db < rough_gain_db(other[0].loop) - 6.0


@pytest.mark.parametrize("kept", [True, False])
def test_a_beat_is_as_loud_as_the_rest_and_no_spectrogram_is_made_for_that(
    library: Path, monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    """Of the demo none is kept when its first dot is clicked."""
    monkeypatch.setattr(spectrograms, "of_bars", lambda *_: pytest.fail("it takes its time"))
    monkeypatch.setattr(real_segments, "_REST_TAKES", 0.0)
    if not kept:
        monkeypatch.setattr(shards, "find", lambda *_: None)
    emitted: list[RenderedLoop] = []
    service = SegmentService()
    service.open(library)
    (guide,) = guides(library, 1)
    source = RealSource(guide.segment_id)
    whole = service.loop(source, BPM, None, 0, emitted.append, beats=1)
    (beat,) = emitted
    assert beat.beats == 1
    assert beat.loop.shape == whole.loop.shape
    if kept:
        assert beat.gain_db == pytest.approx(whole.gain_db, abs=1.5)


def test_every_other_guide_is_read_by_the_helper(
    reader: SegmentHelper, music: RealSegments, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = guides(library, 3)
    until_open(reader, wanted[0].segment_id)
    music.helper = reader
    music.load([*wanted, wanted[0]], BPM, {wanted[1].segment_id})
    asked: list[str] = []
    monkeypatch.setattr(music, "_read", lambda segment_id, frames: asked.append(segment_id))
    for guide in wanted[:2]:
        music.loop(guide.segment_id, BPM)
    assert asked == []  # both are there


def test_what_a_first_bar_waits_for_is_stretched_by_the_helper(
    reader: SegmentHelper, music: RealSegments, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (guide,) = (replace(each, needs=(1,)) for each in guides(library, 1))
    here = music.guide_bar(guide, BPM, 1)
    music.clear()
    until_open(reader, guide.segment_id)
    music.helper = reader
    stretched: list[int] = []
    monkeypatch.setattr(stretch, "stretch_passage", lambda *how: stretched.append(0))
    np.testing.assert_array_equal(music.guide_bar(guide, BPM, 1), here)
    assert stretched == []  # not in this process


def test_bars_that_are_in_memory_are_not_stretched_again_by_the_helper(
    music: RealSegments, library: Path
) -> None:
    """Of two guides that take turns, it gets the one of which nothing is there."""
    one, other = (
        replace(guide, bars=bars)
        for guide, bars in zip(guides(library, 2), ((0, 2), (1, 3)), strict=True)
    )
    music.stretched_bar(other.segment_id, BPM, 1)
    helper = Asked()
    music.helper = helper
    music.load([one, other], BPM)
    assert helper.segments == [one.segment_id]


@needs_kill
def test_when_it_has_died_all_is_read_here(
    reader: SegmentHelper, music: RealSegments, library: Path
) -> None:
    wanted = guides(library, 2)
    until_open(reader, wanted[0].segment_id)
    os.kill(reader.pid, signal.SIGKILL)
    music.helper = reader
    assert music.stretched_bar(wanted[0].segment_id, BPM, 0).shape[1] == 2
    music.load(wanted, BPM)
    assert music.loop(wanted[1].segment_id, BPM).shape[1] == 2
    assert reader.request(wanted[1].segment_id, BPM, None, spectrogram=True) is None


def test_segments_of_another_library(library: Path, tmp_path: Path) -> None:
    """Without its own library being touched, and before one is open."""
    other = tmp_path / "other"
    shutil.copytree(library, other)
    (guide,) = guides(library, 1)
    source = RealSource(guide.segment_id)
    service = SegmentService()
    emitted: list[RenderedLoop] = []
    from_other = service.loop(source, BPM, None, 2, emitted.append, Origin(other))
    shape = service.spectrogram(source, Origin(other)).shape
    service.open(library)
    own = service.loop(source, BPM, None, None, emitted.append)
    np.testing.assert_array_equal(from_other.loop, own.loop)
    assert shape == (512, 128)
    assert len(emitted) == 1
    with pytest.raises(LibraryError):
        service.loop(source, BPM, None, None, emitted.append, Origin(tmp_path / "gone"))
    service._exit.close()
