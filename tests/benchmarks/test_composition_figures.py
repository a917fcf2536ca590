"""The figures of a composition see what they are for, on sound whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks import composition_figures as figures
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip, RealSource
from core.arrangement.marker import Marker
from core.dsp.key import Key
from core.settings import SAMPLE_RATE, TICKS_PER_BAR, segment_frames

BPM = 120.0
BAR = segment_frames(BPM) // 4


def edges(bars: int) -> list[int]:
    return [bar * BAR for bar in range(bars + 1)]


def noise(bars: int, seed: int = 0, gain: float = 0.1) -> NDArray[np.float32]:
    samples = np.random.default_rng(seed).standard_normal((bars * BAR, 1))
    return (gain * np.repeat(samples, 2, axis=1)).astype(np.float32)


def test_a_loop_that_repeats_is_no_change_and_a_missing_band_is() -> None:
    loop = np.concatenate([noise(4)] * 4)
    new = figures.novelty(figures.bar_spectra(loop, edges(16)))
    assert np.isinf(new[:4]).all()
    assert new[5:15].max() < 0.5  # the ends of the whole have no neighbours
    quiet = loop.copy()
    quiet[9 * BAR : 10 * BAR] *= 0.05
    new = figures.novelty(figures.bar_spectra(quiet, edges(16)))
    assert new[9] > 10.0
    assert figures.longest_unchanged(new, 2.0) == 6
    # Bar 13 is compared with bar 9, which was as quiet.
    quiet[13 * BAR : 14 * BAR] *= 0.05
    assert figures.novelty(figures.bar_spectra(quiet, edges(16)))[13] < 1.0


def test_drops_and_breaks_are_measured_on_the_sound() -> None:
    parts = [noise(8, 1, 0.05), noise(8, 2, 0.1), noise(8, 3, 0.02), noise(8, 4, 0.1)]
    sections = [
        figures.Section(name, 8 * number, 8 * number + 8)
        for number, name in enumerate(("intro", "drop", "break", "drop"))
    ]
    levels = figures.bar_levels(np.concatenate(parts), edges(32))
    found = figures.section_figures(sections, levels)
    assert found["drop_rise_lu"] == pytest.approx([6.02, 13.98], abs=0.2)
    assert found["break_fall_lu"] == pytest.approx([13.98], abs=0.2)
    assert found["break_bass_fall_db"] == pytest.approx([13.98], abs=0.6)
    assert max(found["side_to_mid_db"]) < -60.0


@pytest.mark.parametrize(("hertz", "band"), [(60.0, 0), (700.0, 1), (7000.0, 2)])
def test_powers_are_those_of_the_band(hertz: float, band: int) -> None:
    times = np.arange(2 * BAR) / SAMPLE_RATE
    tone = 0.5 * np.repeat(np.sin(2 * np.pi * hertz * times)[:, None], 2, axis=1)
    powers = figures.band_powers(tone.astype(np.float32), edges(2))[1]
    assert powers[band] == pytest.approx(0.25, rel=0.1)
    assert all(powers[other] < 0.01 * powers[band] for other in range(3) if other != band)


def clip(ident: str, bar: int, bars: int, **fields: object) -> Clip:
    start, length = bar * TICKS_PER_BAR, bars * TICKS_PER_BAR
    return Clip(ident, RealSource(ident), start, length).changed(**fields)


def test_keys_of_what_follows_or_overlaps_are_compared() -> None:
    keys = {"a": Key(9, True), "b": Key(4, True), "c": Key(3, True), "d": Key(9, True), "e": None}
    rows = (
        Lane("l1", "L1", (clip("a", 0, 4), clip("b", 4, 4), clip("d", 12, 4))),
        Lane("l2", "L2", (clip("e", 0, 16),)),
        Lane("l3", "L3", (clip("c", 2, 4, bass_cut=True, mid_cut=True),)),
    )
    found = figures.key_changes(
        Arrangement(BPM, rows), lambda source: keys[getattr(source, "segment_id", "")]
    )
    assert found == [1]  # a to b; c has no tones, e no key, and d follows nothing
    assert figures.fifths_apart(keys["a"], keys["c"]) == 6
    assert figures.transposed(keys["a"], 7) == Key(4, True)
    assert figures.transposed(None, 7) is None


def test_the_form_is_read_from_the_markers() -> None:
    rows = (Lane("l1", "L1", (clip("a", 0, 10), clip("c", 16, 8))),)
    sections = (("intro", 0), ("build", 8), ("drop", 16))
    markers = tuple(Marker(name, bar * TICKS_PER_BAR, name) for name, bar in sections)
    found = figures.sections_of(Arrangement(BPM, rows, markers=markers))
    assert found == [
        figures.Section("intro", 0, 8),
        figures.Section("build", 8, 16),
        figures.Section("drop", 16, 24),
    ]
    assert figures.sections_of(Arrangement(BPM, rows)) == [figures.Section("whole", 0, 24)]


def test_a_step_of_a_band_at_a_mix_is_found() -> None:
    """The second loop has 12 dB less treble, the rest is as loud."""
    size = segment_frames(BPM)
    hertz = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    spectrum = np.fft.rfft(noise(4)[:, 0][:size])
    dull = np.fft.irfft(np.where(hertz > 2500, 0.25, 1.0) * spectrum, size)
    sounds = {"a": noise(4)[:size], "b": np.repeat(dull[:, None], 2, axis=1).astype(np.float32)}

    def audio_of(it: Clip) -> NDArray[np.float32]:
        assert isinstance(it.source, RealSource)
        return sounds[it.source.segment_id]

    for overlap, sudden in ((1, True), (4, False)):
        lane = Lane("l", "L", (clip("a", 0, 8), clip("b", 8 - overlap, 8)))
        (jump,) = figures.band_jumps(Arrangement(BPM, (lane,)), audio_of)
        assert jump["bar"] == 8 - overlap
        assert (jump["treble"] > 5.0) == sudden
        assert jump["mid"] < 1.0
