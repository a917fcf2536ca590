from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core import settings
from core.arrangement.clip import ORIGINAL, Clip, LatentSource, RealSource
from core.audio.varispeed import varispeed
from core.dsp import renderers
from core.dsp.renderers import RenderSource
from core.dsp.spectrogram import db_to_power, of_segment
from core.errors import Cancelled, InputError, LibraryError, ModelError
from core.library.store import Library
from core.render import latent_renderer, library_latents, real_segments
from core.render.decoder import Decoder
from core.render.guides import Guide
from core.render.latent_renderer import likeness
from core.render.loops import at_length, bar_edges
from core.render.real_segments import FirstBar
from tests.core.library.building import add_track
from tests.core.render.conftest import CosineCodec

Array = NDArray[np.float32]
BPM = 127.0
FRAMES = settings.segment_frames(BPM)


def _between(decoder: Decoder, share: float = 0.5, **more: object) -> LatentSource:
    """A latent between the first segments of two tracks."""
    _, latents = decoder.latents()
    return LatentSource(latents[0] + share * (latents[2] - latents[0]), **more)  # type: ignore


def _moving(decoder: Decoder) -> LatentSource:
    _, latents = decoder.latents()
    return LatentSource(latents[[0, 2, 4, 6]])  # type: ignore[arg-type]


# Latents and map


def test_latents_are_encoded_once_and_kept(library: Library) -> None:
    codec = CosineCodec("counting")
    ids, latents = Decoder(library, codec).latents()  # type: ignore[arg-type]
    assert ids == [segment.id for segment in library.segments()]
    assert latents.shape == (8, 64)
    assert codec.encoded == 8
    again_ids, again = Decoder(library, codec).latents()  # type: ignore[arg-type]
    assert codec.encoded == 8
    assert again_ids == ids
    np.testing.assert_array_equal(again, latents)


def test_a_large_library_has_its_map_before_its_latents_are_refined(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_latents, "_REFINED_AT_ONCE", 7)
    codec = CosineCodec("hasty")
    ids, first = Decoder(library, codec, refined=False).latents()  # type: ignore[arg-type]
    _, xy = Decoder(library, codec, refined=False).map()  # type: ignore[arg-type]
    assert (codec.encoded, codec.refined) == (8, 0)
    assert library.latents("hasty")[0] == []
    assert library.has_unrefined_latents("hasty")
    dots = library.dots("hasty", ids)
    assert dots is not None
    np.testing.assert_array_equal(dots[0], xy)
    np.testing.assert_array_equal(dots[1], first)
    refined_ids, refined = Decoder(library, codec).latents()  # type: ignore[arg-type]
    assert codec.refined == 8
    assert refined_ids == ids
    np.testing.assert_allclose(refined, first - 0.01, atol=1e-6)
    assert not library.has_unrefined_latents("hasty")
    np.testing.assert_array_equal(Decoder(library, codec).map()[1], xy)  # type: ignore[arg-type]


def test_refining_goes_on_where_it_was_stopped(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_latents, "_REFINED_AT_ONCE", 7)
    monkeypatch.setattr(library_latents, "_BATCH", 2)
    codec, stop = CosineCodec("hasty"), threading.Event()
    Decoder(library, codec, refined=False).latents()  # type: ignore[arg-type]

    def stopping(done: float, _total: float, _what: str) -> None:
        if done >= 4:
            stop.set()

    with pytest.raises(Cancelled):
        Decoder(library, codec).latents(progress=stopping, cancel=stop)  # type: ignore[arg-type]
    assert 0 < len(library.latents("hasty")[0]) < 8
    assert len(library.latents("hasty", with_unrefined=True)[0]) == 8
    before = codec.encoded
    Decoder(library, codec, refined=False).latents()  # type: ignore[arg-type]
    assert codec.encoded == before
    Decoder(library, codec).latents()  # type: ignore[arg-type]
    assert codec.refined == 8


def test_new_music_is_encoded_alone_after_a_refresh(library: Library) -> None:
    codec = CosineCodec("counting")
    decoder = Decoder(library, codec)  # type: ignore[arg-type]
    before, _ = decoder.latents()
    add_track(library, "New", seconds=9.0, bpm=125.0, seed=9)
    assert len(decoder.latents()[0]) == len(before)
    decoder.refresh()
    assert len(decoder.latents()[0]) == len(before) + 1
    assert codec.encoded == 9


def test_map_is_kept_and_follows_the_library(decoder: Decoder, library: Library) -> None:
    ids, xy = decoder.map()
    assert xy.shape == (8, 2)
    assert (library.map("c0ffee")[0]) == ids
    np.testing.assert_array_equal(decoder.map()[1], xy)
    add_track(library, "New", seconds=9.0, bpm=125.0, seed=9)
    decoder.refresh()
    assert len(decoder.map()[0]) == 9


def test_the_map_of_another_model_lies_over_the_last(decoder: Decoder, library: Library) -> None:
    ids, xy = decoder.map()
    other = CosineCodec("retrained")
    again_ids, again = Decoder(library, other).map()  # type: ignore[arg-type]
    assert again_ids == ids
    np.testing.assert_allclose(again, xy, atol=0.05)


def test_an_empty_library_says_so(tmp_path: Path, codec: CosineCodec) -> None:
    with Library.create(tmp_path / "empty") as empty, pytest.raises(LibraryError, match="import"):
        Decoder(empty, codec).latents()  # type: ignore[arg-type]


def test_encoding_can_be_stopped(library: Library) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        Decoder(library, CosineCodec("new")).latents(cancel=stop)  # type: ignore[arg-type]


# Spectrograms


def test_spectrograms_of_segments_and_latents(decoder: Decoder, library: Library) -> None:
    ids, latents = decoder.latents()
    real = decoder.spectrogram(RealSource(ids[3]))
    np.testing.assert_array_equal(real, library.segment_spectrogram(library.segment(ids[3])))
    single = decoder.spectrogram(LatentSource(latents[3]))  # type: ignore[arg-type]
    np.testing.assert_allclose(single, decoder.decode(latents[3:4])[0], atol=1e-4)


def test_four_latents_have_a_bar_each(decoder: Decoder) -> None:
    source = _moving(decoder)
    spectrogram = decoder.spectrogram(source)
    for bar, own in enumerate(decoder.decode(source.array)):
        rows = slice(bar * 128, bar * 128 + 120)
        np.testing.assert_array_equal(spectrogram[rows], own[rows])


# Audio


@pytest.mark.parametrize("bpm", [124.0, 124.1, 127.0, 140.0])
def test_a_real_segment_is_a_loop_of_the_exact_length(decoder: Decoder, bpm: float) -> None:
    ids, _ = decoder.latents()
    samples = decoder.audio(RealSource(ids[0]), bpm)
    assert samples.shape == (settings.segment_frames(bpm), 2)
    kicks = np.abs(samples[:, 0]).reshape(-1)
    beat = len(samples) / 16
    on = np.mean([kicks[int(k * beat) : int(k * beat) + 2000].max() for k in range(16)])
    off = np.mean([kicks[int((k + 0.6) * beat) : int((k + 0.9) * beat)].max() for k in range(16)])
    assert on > 5 * off


def test_at_its_own_tempo_a_segment_is_the_library_s_audio(
    decoder: Decoder, library: Library
) -> None:
    segment = library.segments()[1]
    samples = decoder.audio(RealSource(segment.id), segment.bpm)
    original = library.segment_audio(segment)
    np.testing.assert_array_equal(samples[:-2000], original[:-2000])


@pytest.mark.parametrize("renderer", ["mosaic", "guided", "phase"])
@pytest.mark.parametrize("quality", ["interactive", "export"])
def test_a_latent_is_a_loop_of_the_exact_length(
    decoder: Decoder, renderer: str, quality: str
) -> None:
    samples = decoder.audio(_between(decoder), BPM, renderer, quality)
    assert samples.shape == (FRAMES, 2)
    assert np.isfinite(samples).all()
    inside = np.abs(np.diff(samples, axis=0)).max()
    assert np.abs(samples[0] - samples[-1]).max() <= inside


@pytest.mark.parametrize("renderer", ["mosaic", "guided"])
def test_on_a_dot_it_is_the_user_s_own_sound(decoder: Decoder, renderer: str) -> None:
    ids, latents = decoder.latents()
    for k in (0, 5):
        real = decoder.audio(RealSource(ids[k]), BPM)
        latent = decoder.audio(LatentSource(latents[k]), BPM, renderer)  # type: ignore[arg-type]
        error = np.sqrt(((latent - real) ** 2).mean() / (real**2).mean())
        assert error < 0.1


@pytest.mark.parametrize("renderer", ["mosaic", "guided"])
def test_the_sound_follows_the_latent(decoder: Decoder, renderer: str) -> None:
    """The first number of a latent is the level, 1.56 dB for each step of 1.

    What comes out is what the model decodes and, as far as it is alike, the guides' detail.
    """
    _, latents = decoder.latents()
    louder = latents[0] + np.eye(1, 64, dtype=np.float32)[0]
    samples = decoder.audio(LatentSource(louder), BPM, renderer)  # type: ignore[arg-type]
    decoded = decoder.decode(louder[None])[0]
    wanted = decoded + decoder.renderer.detail(decoder.guides(louder, renderer), decoded)
    loud = wanted > wanted.max() - 30
    assert np.abs(of_segment(samples) - wanted)[loud].mean() < 2.0


@pytest.mark.parametrize("beats", [4, 2, 1])
@pytest.mark.parametrize("bar", [0, 2])
@pytest.mark.parametrize("moving", [False, True])
def test_one_bar_is_heard_before_the_rest(
    decoder: Decoder, monkeypatch: pytest.MonkeyPatch, bar: int, moving: bool, beats: int
) -> None:
    monkeypatch.setattr(latent_renderer, "_REST_TAKES", 0.0)
    source = _moving(decoder) if moving else _between(decoder)
    delivered: list[Array] = []
    whole = decoder.audio(source, BPM, first=FirstBar(bar, delivered.append, beats))
    (early,) = delivered
    assert early.shape == whole.shape
    rows = slice(bar * 128, bar * 128 + 32 * beats)
    inner = of_segment(whole)[rows][8:-8]  # at the bar line another bar sounds into it
    off = np.abs(of_segment(early)[rows][8:-8] - inner)
    assert off[inner > inner.max() - 50].mean() < (2.0 if beats == 1 else 1.5)
    once, again = (slice(*edges) for edges in bar_edges(len(early), 16 // beats)[:2])
    count = min(once.stop, again.stop - again.start)
    np.testing.assert_array_equal(early[:count], early[again.start : again.start + count])


def test_the_bar_follows_its_first_beat_where_the_rest_takes_longer(
    decoder: Decoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(latent_renderer, "_REST_TAKES", 1e9)
    delivered: list[Array] = []
    decoder.audio(_between(decoder), BPM, first=FirstBar(1, delivered.append, 1))
    beat, bar = delivered
    inside = slice(2048, FRAMES // 16 - 2048)
    assert np.corrcoef(beat[inside].ravel(), bar[inside].ravel())[0, 1] > 0.95
    decoder.refresh()
    decoder.audio(_between(decoder), BPM, first=FirstBar(1, delivered.append))
    assert len(delivered) == 3
    np.testing.assert_allclose(delivered[2], bar, atol=1e-3)


def test_what_is_kept_is_heard_whole_at_once(decoder: Decoder) -> None:
    delivered: list[Array] = []
    first = FirstBar(0, delivered.append)
    decoder.audio(_between(decoder), BPM, first=first)
    decoder.audio(_between(decoder), BPM, first=first)  # kept
    assert len(delivered) == 1
    decoder.audio(_between(decoder, seed=3), BPM, first=first)  # of music that was read before
    assert len(delivered) == 2


def test_a_real_segment_is_heard_a_bar_before_the_rest(decoder: Decoder, library: Library) -> None:
    segment = library.segments()[0]
    delivered: list[Array] = []
    first = FirstBar(1, delivered.append)
    whole = decoder.audio(RealSource(segment.id), BPM, first=first)
    rows = slice(136, 248)
    off = of_segment(delivered[0])[rows] - of_segment(whole)[rows]
    assert np.abs(off).mean() < 1.5
    beats: list[Array] = []
    decoder.audio(RealSource(segment.id), BPM + 1.0, first=FirstBar(1, beats.append, 2))
    whole = decoder.audio(RealSource(segment.id), BPM + 1.0)
    off = of_segment(beats[0])[136:184] - of_segment(whole)[136:184]
    assert np.abs(off).mean() < 1.5
    own = decoder.audio(RealSource(segment.id), segment.bpm, first=first)
    assert len(delivered) == 1  # nothing to wait for
    assert len(own) == segment.frames


@pytest.mark.parametrize("late", [True, False])
def test_the_bar_of_a_real_segment_follows_its_first_beat_where_the_rest_takes_longer(
    decoder: Decoder, library: Library, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    monkeypatch.setattr(real_segments, "_REST_TAKES", 1e9 if late else 0.0)
    source = RealSource(library.segments()[0].id)
    delivered: list[Array] = []
    whole = decoder.audio(source, BPM, first=FirstBar(1, delivered.append, 1))
    assert [len(some) for some in delivered] == [len(whole)] * (2 if late else 1)
    bar = decoder.real.bar(source.segment_id, BPM, 1)
    for some in delivered[1:]:
        np.testing.assert_array_equal(some[: len(bar) - 1], bar[:-1])
    monkeypatch.setattr(real_segments, "_REST_TAKES", 1e9)
    decoder.audio(source, BPM + 1.0, first=FirstBar(1, delivered.append))
    assert len(delivered) == (3 if late else 2)  # a bar comes once


def test_a_latent_is_transposed_as_a_whole(decoder: Decoder) -> None:
    plain = _between(decoder)
    bars: list[Array] = []
    higher = decoder.audio(replace(plain, transpose=2), BPM, first=FirstBar(0, bars.append))
    np.testing.assert_array_equal(higher, at_length(decoder.audio(plain, BPM), FRAMES, 2))
    decoder.audio(plain, BPM - 1.0, first=FirstBar(0, bars.append))
    assert all(len(bar) in (FRAMES, settings.segment_frames(BPM - 1.0)) for bar in bars)


def test_a_real_segment_is_transposed_in_one_pass(decoder: Decoder, library: Library) -> None:
    segment = library.segments()[0]
    own = decoder.audio(RealSource(segment.id), segment.bpm)
    bars: list[Array] = []
    higher = decoder.audio(RealSource(segment.id, 2), segment.bpm, first=FirstBar(0, bars.append))
    np.testing.assert_array_equal(higher, at_length(own, len(own), 2))
    assert [bar.shape for bar in bars] == [own.shape]
    assert not np.allclose(bars[0][:4000], own[:4000], atol=1e-3)


def test_likeness_fades_with_the_difference() -> None:
    spectrum = np.full((512, 128), -40.0, np.float32)
    assert [round(likeness(spectrum, spectrum + d), 2) for d in (0.0, 3.0, 5.0)] == [
        1.0,
        0.37,
        0.06,
    ]


def test_each_bar_of_four_latents_sounds_of_its_own_guide(decoder: Decoder) -> None:
    ids, _ = decoder.latents()
    samples = decoder.audio(_moving(decoder), BPM)
    assert samples.shape == (FRAMES, 2)
    for bar, k in enumerate((0, 2, 4, 6)):
        inside = slice(bar * FRAMES // 4 + 200, (bar + 1) * FRAMES // 4 - 4000)
        real = decoder.audio(RealSource(ids[k]), BPM)[inside]
        error = np.sqrt(((samples[inside] - real) ** 2).mean() / (real**2).mean())
        assert error < 0.25


@pytest.mark.parametrize("moving", [False, True])
def test_only_the_guides_of_a_bar_are_read_for_it(
    decoder: Decoder, monkeypatch: pytest.MonkeyPatch, moving: bool
) -> None:
    """What a click waits for: the two that take turns in the mids are not both read."""
    _, latents = decoder.latents()
    places = latents[[0, 2, 4, 6]] + 0.3 if moving else latents[:1] + 0.5
    source = LatentSource(places)  # type: ignore[arg-type]
    read: list[str] = []
    bar_of = decoder.real.guide_bar

    def guide_bar(guide: Guide, bpm: float, bar: int, beats: int) -> Array:
        read.append(guide.segment_id)
        return bar_of(guide, bpm, bar, beats)

    monkeypatch.setattr(decoder.real, "guide_bar", guide_bar)
    decoder.audio(source, BPM, first=FirstBar(1, lambda bar: None))
    around = decoder.guides(source.array[1 if moving else 0])
    assert sorted(read) == sorted(g.segment_id for g in around if g.is_heard_in(1))
    assert any(not guide.is_heard_in(1) for guide in around)


def test_a_mosaic_is_safe_in_mono(decoder: Decoder, monkeypatch: pytest.MonkeyPatch) -> None:
    read = decoder.real.guide_loop

    def opposed(guide: Guide, bpm: float) -> Array:
        loop = read(guide, bpm).copy()
        loop[:, 1] *= -0.5
        return loop

    monkeypatch.setattr(decoder.real, "guide_loop", opposed)
    made = decoder.renderer.loop(_between(decoder), BPM, "mosaic", "interactive")
    side, middle = made[:, 0] - made[:, 1], made[:, 0] + made[:, 1]
    assert 10.0 * np.log10((side**2).sum() / (middle**2).sum()) < -3.0


def test_equal_sources_give_equal_bits_and_seeds_differ(
    decoder: Decoder, library: Library, codec: CosineCodec
) -> None:
    first = decoder.audio(_between(decoder, renderer="phase"), BPM)
    again = Decoder(library, codec)  # type: ignore[arg-type]
    again.audio(_between(again, 0.2), BPM)
    np.testing.assert_array_equal(again.audio(_between(again, renderer="phase"), BPM), first)
    other = decoder.audio(_between(decoder, renderer="phase", seed=1), BPM)
    assert (other != first).any()


def test_results_are_cached_and_read_only(decoder: Decoder) -> None:
    source = _between(decoder)
    samples = decoder.audio(source, BPM)
    assert decoder.audio(LatentSource(source.latents), BPM) is samples
    assert decoder.audio(source, BPM, "mosaic") is samples
    assert decoder.audio(source, BPM, quality="export") is not samples
    with pytest.raises(ValueError, match="read-only"):
        samples[0] = 0.0


@pytest.mark.parametrize("transpose", [0, 3])
def test_an_export_goes_on_from_the_loop_that_was_played(
    decoder: Decoder, library: Library, codec: CosineCodec, transpose: int
) -> None:
    source = _between(decoder, transpose=transpose)
    alone = Decoder(library, codec).audio(source, BPM, quality="export")  # type: ignore[arg-type]
    played = decoder.audio(replace(source, transpose=0), BPM)
    later = Decoder(library, codec)  # type: ignore[arg-type]
    later.kept_loop = lambda it, bpm: played if (it.transpose, bpm) == (0, BPM) else None
    later.real.guide_loop = None  # type: ignore[assignment, method-assign]
    np.testing.assert_array_equal(later.audio(source, BPM, quality="export"), alone)
    target = decoder.decode(source.array)[0]
    target = target + decoder.renderer.detail(decoder.guides(source.array[0]), target)
    if not transpose:
        errors = [float(np.abs(of_segment(it) - target).mean()) for it in (played, alone)]
        assert errors[1] < 0.95 * errors[0]


def test_loops_that_were_played_are_not_made_again(decoder: Decoder, library: Library) -> None:
    played = np.zeros((FRAMES, 2), np.float32)
    real, latent = RealSource(library.segments()[0].id), _between(decoder, renderer="phase")
    decoder.kept_loop = lambda source, bpm: played if bpm == BPM else None
    for source, quality in ((real, "interactive"), (real, "export"), (latent, "interactive")):
        assert decoder.audio(source, BPM, quality=quality) is played  # type: ignore[arg-type]
        assert decoder.audio(source, BPM + 1.0, quality=quality) is not played  # type: ignore
    assert decoder.audio(latent, BPM, quality="export") is not played
    assert decoder.audio(latent, BPM, "mosaic") is not played


def test_rendered_latents_need_not_be_kept(decoder: Decoder) -> None:
    decoder.keep_rendered(0)
    samples = decoder.audio(_between(decoder), BPM)
    again = decoder.audio(_between(decoder), BPM)
    assert again is not samples
    np.testing.assert_array_equal(again, samples)


def test_without_audio_the_phase_renderer_sounds_and_says_so(
    decoder: Decoder, library: Library
) -> None:
    source = _between(decoder)
    assert decoder.renderer_for(source) == "mosaic"
    assert decoder.renderer_for(source, "guided") == "guided"
    for track in library.tracks():
        library.audio_path(track).unlink()
    assert decoder.renderer_for(source) == "phase"
    assert decoder.renderer_for(RealSource("x")) == ORIGINAL
    samples = decoder.audio(source, BPM)
    np.testing.assert_array_equal(samples, decoder.audio(source, BPM, "phase"))
    with pytest.raises(LibraryError, match="missing"):
        decoder.audio(RealSource(decoder.latents()[0][0]), BPM)


def test_render_many_keeps_order_and_reports(decoder: Decoder) -> None:
    ids, _ = decoder.latents()
    sources = [RealSource(ids[2]), _between(decoder), RealSource(ids[0])]
    seen: list[float] = []
    many = decoder.render_many(
        sources, BPM, progress=lambda done, total, message="": seen.append(done / total)
    )
    assert all(m is decoder.audio(s, BPM) for m, s in zip(many, sources, strict=True))
    assert seen[-1] == 1.0


def test_render_many_can_be_stopped_and_passes_errors_on(decoder: Decoder) -> None:
    ids, _ = decoder.latents()
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        next(decoder.render_many([RealSource(ids[0])] * 3, BPM, cancel=stop))
    with pytest.raises(LibraryError):
        list(decoder.render_many([RealSource(ids[0]), RealSource("gone")], BPM))


def test_render_many_is_only_a_little_ahead(
    decoder: Decoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a thousand sounds no more exist than are taken and a few more."""
    asked: list[str] = []

    def audio(source: RealSource, *options: object) -> np.ndarray:
        asked.append(source.segment_id)
        return np.zeros((1, 2), np.float32)

    monkeypatch.setattr(decoder, "audio", audio)
    many = decoder.render_many((RealSource(str(i)) for i in range(1000)), BPM, workers=2)
    for taken in range(1, 11):
        next(many)
        assert len(asked) <= taken + 4
    many.close()
    assert sorted(asked, key=int) == [str(i) for i in range(len(asked))]


def test_clip_audio_is_the_sound_of_the_clip_s_source(decoder: Decoder) -> None:
    source = RealSource(decoder.latents()[0][0])
    audio_of = decoder.clip_audio(BPM)
    assert audio_of(Clip(id="c", source=source, start=0)) is decoder.audio(source, BPM)


def test_reconstruction_keeps_the_tempo_and_the_sound(decoder: Decoder, library: Library) -> None:
    segment = library.segments()[0]
    original = decoder.audio(RealSource(segment.id), segment.bpm)
    exact = decoder.reconstruct(segment, exact=True)
    assert exact.shape == original.shape
    error = np.sqrt(((exact - original) ** 2).mean() / (original**2).mean())
    assert error < 0.15
    for renderer in ("guided", "phase"):
        assert decoder.reconstruct(segment, renderer=renderer).shape == original.shape


@pytest.mark.parametrize("bpm", [0.0, -1.0, 1e9, float("nan")])
def test_refuses_tempi_that_cannot_be(decoder: Decoder, bpm: float) -> None:
    with pytest.raises(InputError, match="tempo"):
        decoder.audio(_between(decoder), bpm)


def test_refuses_what_cannot_be_rendered(decoder: Decoder) -> None:
    with pytest.raises(ModelError, match="does not remember"):
        decoder.audio(_between(decoder, model_hash="beef"), BPM)
    with pytest.raises(ModelError):
        decoder.spectrogram(_between(decoder, model_hash="beef"))
    with pytest.raises(InputError, match="renderer"):
        decoder.audio(_between(decoder), BPM, "magic")
    with pytest.raises(LibraryError):
        decoder.audio(RealSource("none"), BPM)


def test_importing_the_decoder_loads_nothing_heavy() -> None:
    heavy = ("keras", "tensorflow", "librosa", "numba", "sklearn", "matplotlib", "PySide6")
    program = (
        "import sys, core.render, core.latent.embedding, core.latent.inverse, core.latent.picture;"
        f"print([m for m in {heavy!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_a_guide_that_may_change_its_pitch_is_not_stretched(
    decoder: Decoder, library: Library
) -> None:
    ids, latents = decoder.latents()
    segment = library.segment(ids[0])
    for bpm, played in ((segment.bpm * 1.1, True), (segment.bpm * 1.5, False)):
        guide = Guide(ids[0], latents[0], 1.0, varispeed=True)
        loop = decoder.real.guide_loop(guide, bpm)
        assert loop.shape == (settings.segment_frames(bpm), 2)
        own = decoder.real.loop(ids[0], segment.bpm)
        wanted = varispeed(own, len(loop)) if played else decoder.real.loop(ids[0], bpm)
        np.testing.assert_array_equal(loop, wanted)


def test_an_old_clip_of_guided_sounds_from_the_nearest_segments(decoder: Decoder) -> None:
    """Projects store the renderer's name; `guided` is what it was before there was a mosaic."""
    source = _between(decoder, renderer="guided")
    samples = decoder.audio(source, BPM)
    target = decoder.decode(source.array)[0]
    guides = decoder.guides(source.array[0], "guided")
    assert all(guide.bands is None and not guide.varispeed for guide in guides)
    loops = [decoder.real.loop(guide.segment_id, BPM) for guide in guides]
    mix = sum(np.float32(g.weight) * loop for g, loop in zip(guides, loops, strict=True))
    detail = decoder.renderer.detail(guides, target)
    engine = renderers.get("guided")
    wanted = engine.render(target, FRAMES, [RenderSource(mix, 1.0, detail)], source.seed)
    np.testing.assert_array_equal(samples, wanted)


@pytest.mark.parametrize("kept", [False, True], ids=["from the audio", "in memory"])
def test_what_a_bar_takes_over_is_a_part_of_the_whole(decoder: Decoder, kept: bool) -> None:
    latent = _between(decoder).array[0]
    guides = decoder.guides(latent, "mosaic")
    target = decoder.decode(latent[None])[0]
    if kept:
        decoder.renderer.detail(guides, target)
    bars = [decoder.renderer.detail(guides, target, bar) for bar in range(4)]
    whole = decoder.renderer.detail(guides, target)
    np.testing.assert_allclose(np.concatenate(bars), whole, atol=0.05)


def test_guides_that_take_turns_leave_each_bar_its_level(decoder: Decoder) -> None:
    """The detail of one that is alike would make its bars louder than those of the other."""
    _, latents = decoder.latents()
    latent = latents[0] + 0.3 * (latents[2] - latents[0])
    target = decoder.decode(latent[None])[0]
    mids = [guide for guide in decoder.guides(latent, "mosaic") if guide.bars is not None]
    detail = decoder.renderer.detail(mids, target)
    assert np.abs(detail).max() > 1.0
    bands = mids[0].bands
    assert bands is not None
    powers = [
        db_to_power(spectrum).reshape(4, 128, 128).mean(axis=1) @ bands
        for spectrum in (target, target + detail)
    ]
    np.testing.assert_allclose(10 * np.log10(powers[1] / powers[0]), 0.0, atol=1.0)


def test_a_latent_is_given_up_after_its_first_bar_and_can_be_rendered_again(
    decoder: Decoder,
) -> None:
    cancel = threading.Event()
    bars: list[Array] = []

    def deliver(bar: Array) -> None:
        bars.append(bar)
        cancel.set()

    latent = _between(decoder, renderer="mosaic")
    with pytest.raises(Cancelled):
        decoder.audio(latent, BPM, first=FirstBar(1, deliver), cancel=cancel)
    assert len(bars) == 1
    loop = decoder.audio(latent, BPM)
    other = Decoder(decoder.library, decoder.codec).audio(latent, BPM)
    np.testing.assert_array_equal(loop, other)
