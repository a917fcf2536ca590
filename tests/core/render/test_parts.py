"""Loops taken apart: by a stand-in for the network, whose shares are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core import resources, settings
from core.arrangement.clip import Clip, LatentSource, PartsSource, RealSource, with_parts
from core.dsp.spectrogram import db_to_power, of_segment
from core.errors import ModelError
from core.library.store import Library
from core.render.decoder import Decoder
from core.render.latent_renderer import LatentRenderer
from core.render.parts import PartsSeparator
from core.render.real_segments import FirstBar
from tests.core.render.conftest import CosineCodec

Array = NDArray[np.float32]
BPM = 127.0
FRAMES = settings.segment_frames(BPM)
KICK, BASS, DRUMS, REST = range(4)


class BandModel:
    """Kick below band 10, bass below 30, drums from 90 on, rest between; it counts."""

    asked = 0

    def shares(self, spectrograms_db: Array) -> Array:
        self.asked += len(spectrograms_db)
        shares = np.zeros((*spectrograms_db.shape, 4), np.float32)
        edges = (slice(0, 10), slice(10, 30), slice(90, None), slice(30, 90))
        for part, bands in enumerate(edges):
            shares[:, :, bands, part] = 1.0
        return shares


@pytest.fixture
def model() -> BandModel:
    return BandModel()


@pytest.fixture
def decoder(library: Library, codec: CosineCodec, model: BandModel) -> Decoder:
    separator = PartsSeparator(model=model)
    return Decoder(library, codec, separator=separator)  # type: ignore[arg-type]


def _latent(decoder: Decoder, first: int = 0, **more: object) -> LatentSource:
    _, latents = decoder.latents()
    return LatentSource((latents[first] + latents[first + 2]) / 2, **more)  # type: ignore


def _level_db(sound: Array) -> float:
    return float(10 * np.log10(np.mean(np.square(sound, dtype=np.float64)) + 1e-20))


@pytest.mark.parametrize("renderer", ["mosaic", "guided", "phase"])
def test_parts_of_a_latent_sum_to_its_loop_which_is_rendered_once(
    decoder: Decoder, renderer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered = 0
    loop_of = LatentRenderer.loop

    def counted(self: LatentRenderer, *arguments: object, **more: object) -> Array:
        nonlocal rendered
        rendered += 1
        return loop_of(self, *arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(LatentRenderer, "loop", counted)
    source = _latent(decoder, renderer=renderer)
    loop = decoder.audio(source, BPM)
    parts = decoder.parts(source, BPM)
    assert parts.shape == (4, FRAMES, 2)
    assert not parts.flags.writeable
    assert rendered == 1
    assert _level_db(parts.sum(axis=0) - loop) < _level_db(loop) - 60.0


def test_a_part_holds_its_own_bands(decoder: Decoder, library: Library) -> None:
    parts = decoder.parts(RealSource(library.segments()[0].id), BPM)
    seen = [db_to_power(of_segment(part)).sum(axis=0) for part in parts]
    whole = np.sum(seen, axis=0)
    assert seen[KICK][:8].sum() > 0.9 * whole[:8].sum()
    assert seen[DRUMS][95:].sum() > 0.9 * whole[95:].sum()
    assert seen[DRUMS][:60].sum() < 1e-3 * whole[:60].sum()


def test_parts_of_a_transposed_segment_are_those_of_what_sounds(
    decoder: Decoder, library: Library
) -> None:
    source = RealSource(library.segments()[0].id, transpose=3)
    loop, parts = decoder.audio(source, BPM), decoder.parts(source, BPM)
    assert _level_db(parts.sum(axis=0) - loop) < _level_db(loop) - 60.0


def test_a_locked_part_is_the_same_samples_beside_others(decoder: Decoder) -> None:
    one, other = _latent(decoder), _latent(decoder, 3)
    mixed = with_parts([one, other, other, other])
    parts = decoder.parts(mixed, BPM)
    np.testing.assert_array_equal(parts[KICK], decoder.parts(one, BPM)[KICK])
    np.testing.assert_array_equal(parts[BASS:], decoder.parts(other, BPM)[BASS:])
    np.testing.assert_array_equal(decoder.audio(mixed, BPM), parts.sum(axis=0))


def test_muted_parts_are_silent(decoder: Decoder) -> None:
    source = _latent(decoder)
    muted = with_parts([source] * 4, (True, False, False, True))
    parts = decoder.parts(muted, BPM)
    assert not parts[[KICK, REST]].any()
    np.testing.assert_array_equal(parts[BASS], decoder.parts(source, BPM)[BASS])


def test_parts_sound_at_their_gains(decoder: Decoder) -> None:
    source = _latent(decoder)
    louder = with_parts([source] * 4, gains_db=(6.0, 0.0, -96.0, 0.0))
    parts, plain = decoder.parts(louder, BPM), decoder.parts(source, BPM)
    np.testing.assert_allclose(parts[KICK], plain[KICK] * 10 ** (6 / 20), rtol=1e-6)
    assert not parts[DRUMS].any()
    np.testing.assert_array_equal(parts[[BASS, REST]], plain[[BASS, REST]])
    np.testing.assert_array_equal(decoder.audio(louder, BPM), parts.sum(axis=0))
    seen = decoder.spectrogram(louder) - decoder.spectrogram(source)
    np.testing.assert_allclose(seen[:, :10], 6.0, atol=1e-3)
    assert (decoder.spectrogram(louder)[:, 90:] == settings.FLOOR_DB).all()


def test_what_a_mixdown_gets_of_a_clip_of_parts_is_its_parts(decoder: Decoder) -> None:
    source = _latent(decoder)
    muted = with_parts([source] * 4, (True, False, False, False))
    audio_of = decoder.clip_audio(BPM)
    np.testing.assert_array_equal(audio_of(Clip("a", muted, 0)), decoder.parts(muted, BPM))
    np.testing.assert_array_equal(audio_of(Clip("b", source, 0)), decoder.audio(source, BPM))


def test_parts_are_kept(decoder: Decoder, model: BandModel) -> None:
    source = _latent(decoder)
    assert decoder.parts(source, BPM) is decoder.parts(source, BPM)
    assert model.asked == 1
    decoder.refresh()
    decoder.parts(source, BPM)
    assert model.asked == 2


def test_a_bar_comes_first_in_parts_beside_what_is_locked(decoder: Decoder) -> None:
    one, other = _latent(decoder), _latent(decoder, 3)
    decoder.parts(one, BPM)
    bars: list[Array] = []
    mixed = with_parts([one, other, other, other])
    parts = decoder.parts(mixed, BPM, first=FirstBar(1, bars.append))
    (bar,) = bars
    assert bar.shape == (4, FRAMES, 2)
    np.testing.assert_array_equal(bar[KICK], parts[KICK])
    heard: list[Array] = []
    again = with_parts([one, _latent(decoder, 4)] + [one] * 2)
    decoder.audio(again, BPM, first=FirstBar(1, heard.append))
    assert [it.shape for it in heard] == [(FRAMES, 2)]


def test_the_spectrogram_of_parts_is_what_is_heard_of_each(decoder: Decoder) -> None:
    one, other = _latent(decoder), _latent(decoder, 3)
    mixed = with_parts([one, other, other, other], (False, True, False, False))
    seen, first, last = (decoder.spectrogram(it) for it in (mixed, one, other))
    np.testing.assert_allclose(seen[:, :10], first[:, :10], atol=1e-3)
    np.testing.assert_allclose(seen[:, 30:], last[:, 30:], atol=1e-3)
    assert (seen[:, 10:30] == settings.FLOOR_DB).all()


def test_each_part_has_a_spectrogram(decoder: Decoder) -> None:
    one, other = _latent(decoder), _latent(decoder, 3)
    mixed = with_parts([one, other, other, other], (False, True, False, False), (6.0, 0, 0, 0))
    parts = decoder.part_spectrograms(mixed)
    first, last = decoder.spectrogram(one), decoder.spectrogram(other)
    assert parts.shape == (4, 512, 128)
    np.testing.assert_allclose(parts[KICK, :, :10], first[:, :10] + 6.0, atol=0.1)
    assert (parts[KICK, :, 10:] == settings.FLOOR_DB).all()
    assert (parts[BASS] == settings.FLOOR_DB).all()
    np.testing.assert_allclose(parts[REST, :, 30:90], last[:, 30:90], atol=0.1)


def test_the_renderer_of_parts_is_that_of_most(decoder: Decoder, library: Library) -> None:
    real, latent = RealSource(library.segments()[0].id), _latent(decoder, renderer="phase")
    assert decoder.renderer_for(with_parts([real, latent, latent, latent])) == "phase"
    assert decoder.renderer_for(PartsSource((real,) * 4, (True,) * 4)) == "original"


def test_without_the_network_all_but_parts_works(
    library: Library, codec: CosineCodec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "parts_model", lambda: tmp_path / "parts.keras")
    decoder = Decoder(library, codec, separator=PartsSeparator())  # type: ignore[arg-type]
    source = _latent(decoder)
    assert decoder.audio(source, BPM).any()
    with pytest.raises(ModelError) as raised:
        decoder.parts(source, BPM)
    assert str(raised.value) == resources.PARTS_MISSING
