"""From files to parts: music is imported, taken apart by a network, and mixed while it sounds."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from core import resources
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip, LatentSource, RealSource, with_parts
from core.arrangement.export_options import ExportOptions
from core.arrangement.mixdown import Mixdown
from core.arrangement.transitions import separated_sources
from core.library.importing import import_audio
from core.library.store import Library
from core.parts import network_file
from core.parts.network import PartsNetwork, input_shape
from core.playback.mixer import Mixer
from core.progress import silent
from core.render import parts as render_parts
from core.settings import SAMPLE_RATE, TICKS_PER_SEGMENT, segment_frames
from core.workers import tasks
from core.workers.render_service import RenderService
from core.workers.segment_service import SeparatedLoop
from tests import synthetic
from tests.core.parts.conftest import TINY

Array = NDArray[np.float32]
BPM = 129.0


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Two tracks that were written as files and imported."""
    music = []
    for number, bpm in enumerate((126.0, 130.0)):
        spec = synthetic.Spec(bpm=bpm, parts=(synthetic.Part(12),), seed=number, channels=2)
        music.append(tmp_path / f"track {number}.wav")
        soundfile.write(music[-1], synthetic.render(spec).samples, SAMPLE_RATE)
    report = import_audio(tmp_path / "library", music, workers=1)
    assert [file.status for file in report.files] == ["imported"] * 2
    return tmp_path / "library"


@pytest.fixture
def network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A network with random weights, as if it were the one that ships."""
    made = PartsNetwork(**TINY)
    made.build(input_shape())
    rng = np.random.default_rng(0)
    made.set_weights([0.3 * rng.standard_normal(w.shape) for w in made.get_weights()])
    network_file.save(made, tmp_path / "parts.keras", {})
    monkeypatch.setattr(resources, "parts_model", lambda: tmp_path / "parts.keras")
    render_parts.shared_separator.cache_clear()
    yield
    render_parts.shared_separator.cache_clear()


@pytest.fixture
def service() -> Iterator[RenderService]:
    made = RenderService()
    yield made
    made._exit.close()


def played(loop: Array, parts: Array, gains: tuple[float, ...]) -> Array:
    """The loop from its second block on, as an audition at these gains."""
    mixer = Mixer()
    mixer.set_part_gains(gains)
    mixer.audition(loop, parts=parts)
    mixer.render(512)
    return mixer.render(len(loop) - 512)[0]


def level_db(sound: Array) -> float:
    return float(10 * np.log10(np.mean(np.square(sound, dtype=np.float64)) + 1e-20))


@pytest.mark.slow
@pytest.mark.usefixtures("network")
def test_imported_music_is_taken_apart_and_its_parts_are_the_loop(
    library: Path, service: RenderService
) -> None:
    opened = service.open(library, resources.demo_model())
    with Library.open(library, read_only=True) as read:
        first, last = (RealSource(read.segments()[row].id) for row in (0, -1))
    assert service._space is not None
    _, latents = service._space.decoder.latents()
    between = LatentSource.of((latents[0] + latents[-1]) / 2, model_hash=opened.model_hash)
    mixed = with_parts([first, between, last, between])
    for source in (first, between, mixed):
        bars: list[SeparatedLoop] = []
        made = service.separated_loop(source, BPM, None, 0, bars.append)
        plain = service.loop(source, BPM, None, None, bars.append)
        assert made.parts is not None
        assert made.parts.shape == (4, segment_frames(BPM), 2)
        assert level_db(plain.loop) > -40.0
        assert level_db(made.parts.sum(axis=0) - plain.loop) < level_db(plain.loop) - 60.0
        assert made.gain_db == pytest.approx(plain.gain_db, abs=1e-3)
        whole = played(made.loop, made.parts, (1.0, 1.0, 1.0, 1.0))
        np.testing.assert_array_equal(whole, made.loop[512:])
        bass = played(made.loop, made.parts, (0.0, 1.0, 0.0, 0.0))
        np.testing.assert_allclose(bass, made.parts[1, 512:], atol=1e-5)


@pytest.mark.slow
@pytest.mark.usefixtures("network")
def test_a_crossfade_by_parts_is_exported_as_it_is_heard(
    library: Path, service: RenderService, tmp_path: Path
) -> None:
    opened = service.open(library, resources.demo_model())
    with Library.open(library, read_only=True) as read:
        first, last = (RealSource(read.segments()[row].id) for row in (0, -1))
    assert service._space is not None
    _, latents = service._space.decoder.latents()
    between = LatentSource.of((latents[0] + latents[-1]) / 2, model_hash=opened.model_hash)
    kept_kick = with_parts([first, between, last, between], gains_db=(0.0, -3.0, 2.0, 0.0))
    bassless = with_parts([first] * 4, (False, True, False, False))
    clips = (
        Clip("a", bassless, 0, 2 * TICKS_PER_SEGMENT, gain_db=-15.0),
        Clip(
            "b", kept_kick, TICKS_PER_SEGMENT, TICKS_PER_SEGMENT * 2, gain_db=-15.0, bass_swap=True
        ),
    )
    arrangement = Arrangement(BPM, (Lane("l", "Lane", clips),))
    assert separated_sources(arrangement) == {bassless, kept_kick}
    heard = {
        source: service.separated_loop(source, BPM, None, None, lambda _: None).parts
        for source in (bassless, kept_kick)
    }
    mix = Mixdown(arrangement, lambda clip: heard[clip.source])  # type: ignore[arg-type,return-value]
    played = mix.render(0, mix.frames)
    path = tmp_path / "mix.wav"
    tasks.export_audio(
        *(library, resources.demo_model(), arrangement, path),
        ExportOptions(bit_depth=32, lufs=None),
        progress=silent,
        cancel=threading.Event(),
    )
    written = soundfile.read(path, dtype="float32")[0]
    assert level_db(written) > -50.0
    np.testing.assert_array_equal(written, played)
    whole = Mixdown(arrangement, lambda clip: heard[clip.source].sum(axis=0))  # type: ignore[union-attr]
    inside = slice(arrangement.frame(TICKS_PER_SEGMENT), arrangement.frame(2 * TICKS_PER_SEGMENT))
    by_bands = whole.render(0, whole.frames)[inside]
    assert level_db(by_bands - played[inside]) > level_db(played[inside]) - 40.0
