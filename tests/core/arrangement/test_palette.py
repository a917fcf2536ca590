"""Bands of real segments are brought to the level that they were measured to have."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from core.arrangement.anchors import Anchors
from core.arrangement.form import FormSection
from core.arrangement.held_parts import LowParts
from core.arrangement.layers import Block
from core.arrangement.levels import band_loudness_db
from core.arrangement.material import Material
from core.arrangement.palette import Palette
from core.settings import SAMPLE_RATE
from tests.core.arrangement.fakes import material

MUSIC = material()
DROP = FormSection("drop", 0, 4, (1.0, 1.0), 0.9, "cut")


def palette_of(music: Material, passed: Sequence[int] = (1,)) -> Palette:
    """Of as many drops as anchors are passed. Tops: rows 2 and 3."""
    drops = [dataclasses.replace(DROP, start=4 * number) for number in range(len(passed))]
    return Palette.of(music, drops, Anchors(np.array(passed), None), [[2, 3]] * len(drops))


def gains(palette: Palette, low: LowParts | None = None) -> dict[str, float]:
    """Of tops and bass in a block of a drop, which asks for them as loud as the target."""
    (heard,) = palette.sounds(0, DROP, [Block(0, 4, body=None)], [], [low], own_opening=False)
    return {name: sound.gain_db for name, sound in heard.items()}


def test_levels_are_those_that_were_measured() -> None:
    def measured(segment_id: str) -> np.ndarray:
        row = MUSIC.index(segment_id)
        return MUSIC.spectrogram(row) - 2.0 * (row == 2)

    for music, softer in (
        (MUSIC, 0.0),
        (dataclasses.replace(MUSIC, read_spectrogram=measured), 2.0),
    ):
        palette = palette_of(music)
        level = band_loudness_db(MUSIC.spectrogram(2))[2] - softer
        assert level + gains(palette)["tops"] == pytest.approx(palette.target_db[2], abs=0.02)


@pytest.mark.parametrize("low", [None, LowParts(1, 1)])
def test_a_bass_is_as_loud_in_mono_as_it_was(low: LowParts | None) -> None:
    """Sides as loud as the middle: played in mono, half of the power is lost."""
    turns = 2 * np.pi * 60.0 * np.arange(SAMPLE_RATE, dtype=np.float32)[:, None] / SAMPLE_RATE
    left, right = np.sin(turns), np.cos(turns)
    wide, flat = np.hstack([left, right]), np.hstack([left, left])
    shares = np.full((512, 128, 4), 0.25, np.float32)

    def bass(sound: np.ndarray) -> float:
        music = dataclasses.replace(
            MUSIC,
            read_audio=lambda _: sound,
            read_spectrogram=lambda _: MUSIC.spectrogram(1),
            shares_of=lambda _: shares,
        )
        return gains(palette_of(music), low)["bass"]

    assert bass(wide) == pytest.approx(bass(flat) + 3.0, abs=0.1)


def test_levels_are_those_of_full_music() -> None:
    """Half-way between the anchors of the fuller sections and all that the library has of it."""
    intro = FormSection("intro", 0, 4, (0.3, 0.4), 0.5, "open")
    drop = dataclasses.replace(DROP, start=4)
    palette = Palette.of(MUSIC, [intro, drop], Anchors(np.array([5, 1]), None), [[2, 3], [2, 3]])
    passed = band_loudness_db(MUSIC.spectrogram(1))
    drive = MUSIC.drive()
    rows = np.flatnonzero(drive >= np.quantile(drive, 0.7)).tolist()
    full = np.median([band_loudness_db(MUSIC.spectrogram(row)) for row in rows], axis=0)
    np.testing.assert_allclose(palette.target_db, 0.5 * (passed + full))


def test_a_single_crash_does_not_make_the_rest_quiet() -> None:
    crash = MUSIC.spectrogram(2)
    crash[384:] += 12.0
    music = dataclasses.replace(
        MUSIC, read_spectrogram=lambda i: crash if i == "s2" else MUSIC.spectrogram(MUSIC.index(i))
    )
    assert gains(palette_of(music))["tops"] == pytest.approx(
        gains(palette_of(MUSIC))["tops"], abs=1
    )


def gap(spectrum: np.ndarray) -> None:
    spectrum[128:256, :24] = -90.0


def off_beats(spectrum: np.ndarray) -> None:
    """The kick of `fakes` comes a sixteenth and a half before the beats."""
    spectrum[:, :6] = np.roll(spectrum[:, :6], -12, axis=0)


@pytest.mark.parametrize("fault", [gap, off_beats])
def test_a_bass_with_a_gap_or_a_broken_kick_gives_way(
    fault: Callable[[np.ndarray], None],
) -> None:
    drops = [dataclasses.replace(DROP, start=4 * number) for number in range(3)]
    kicks = MUSIC.rank("kick")
    first, second, third = (int(row) for row in np.argsort(kicks)[[-1, -3, -2]])

    def measured(segment_id: str) -> np.ndarray:
        spectrum = MUSIC.spectrogram(MUSIC.index(segment_id))
        if segment_id == MUSIC.ids[first]:
            fault(spectrum)
        return spectrum

    def rows(music: Material) -> list[int | None]:
        anchors = Anchors(np.array([first, second, third]), None)
        palette = Palette.of(music, drops, anchors, [[2, 3]] * 3)
        return palette.low_rows(0, [Block(0, 4)], own_opening=False)

    assert rows(MUSIC) == [first]
    assert rows(dataclasses.replace(MUSIC, read_spectrogram=measured)) == [third]


@pytest.mark.parametrize(("held", "steady"), [(0.9, True), (0.05, False)])
def test_a_kick_is_held_where_it_is_as_steady(held: float, steady: bool) -> None:
    """Row 1: a kick on every beat and a bass between. Row 5: the same beats, perhaps no kick."""

    def shares_of(spectrum: np.ndarray) -> np.ndarray:
        kick = np.full(spectrum.shape, 0.05, np.float32)
        kick.reshape(16, 32, 128)[:, :4] = held if np.array_equal(spectrum, spectra["s5"]) else 0.9
        return np.stack([kick] * 4, axis=-1)

    def measured(segment_id: str) -> np.ndarray:
        return spectra.get(segment_id, MUSIC.spectrogram(MUSIC.index(segment_id)))

    spectra = {"s1": MUSIC.spectrogram(1), "s5": MUSIC.spectrogram(5)}
    for spectrum in spectra.values():
        spectrum[:, :24] = -60.0
    for row in range(0, 512, 32):
        spectra["s1"][row : row + 4, :24] = -20.0
        spectra["s5"][row : row + 4, :24] = -20.0
        spectra["s1"][row + 24 : row + 28, :24] = -26.0
    music = dataclasses.replace(MUSIC, read_spectrogram=measured, shares_of=shares_of)
    palette = palette_of(music, passed=[1, 5])
    assert palette.is_steady(LowParts(5, 1)) == steady
