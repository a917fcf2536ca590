"""Constants that every room shares. Units are in the names or the comments."""

from __future__ import annotations

from typing import Final

SAMPLE_RATE: Final = 44_100
"""Hz, of all audio inside the program."""

BEATS_PER_BAR: Final = 4
BARS_PER_SEGMENT: Final = 4
SIXTEENTHS_PER_BAR: Final = 16
FRAMES_PER_SIXTEENTH: Final = 8
FRAMES_PER_BAR: Final = SIXTEENTHS_PER_BAR * FRAMES_PER_SIXTEENTH
FRAMES_PER_SEGMENT: Final = BARS_PER_SEGMENT * FRAMES_PER_BAR
"""Spectrogram frames sit at musical positions, so a segment has 512 of them at any tempo."""

N_FFT: Final = 2048
N_BANDS: Final = 128
TOP_HZ: Final = 20_000.0

FLOOR_DB: Final = -90.0
CEILING_DB: Final = 0.0
"""Band power in dB; 0 dB is a full-scale sine on the centre of a one-to-one band."""

LATENT_SIZE: Final = 64
LARGEST_LATENT: Final = 1e6
"""Of any of its numbers. Those of music are below ten; from 1e30 on a decoder overflows."""

PARTS: Final = ("kick", "bass", "drums", "rest")
"""What the music of a segment is told apart into, in the order of every array of parts."""

RENDERERS: Final = ("mosaic", "guided", "phase", "griffin_lim")
"""Names of the renderers, as projects keep them, in the order in which they are offered; the first
one is the default."""

WRITTEN_EXTENSIONS: Final = (".wav", ".flac", ".ogg", ".mp3")
"""Of the audio files that are written (`core.audio.writing`); many more are read."""

TEMPO_MIN: Final = 88.0
TEMPO_MAX: Final = 176.0
TEMPO_PRIOR: Final = 130.0
"""BPM. Minimum to maximum is one octave, so every tempo folds into it exactly once."""

TARGET_LUFS: Final = -14.0
CEILING_DBTP: Final = -1.0

TICKS_PER_BEAT: Final = 960
"""Positions on the timeline are whole ticks, as in MIDI files, so nothing drifts."""
TICKS_PER_BAR: Final = TICKS_PER_BEAT * BEATS_PER_BAR
TICKS_PER_SEGMENT: Final = TICKS_PER_BAR * BARS_PER_SEGMENT
LAST_BAR: Final = 100_000
"""Of the timeline: two days at 130 BPM. What is kept for every bar stays within memory."""
LAST_TICK: Final = LAST_BAR * TICKS_PER_BAR


def segment_seconds(bpm: float) -> float:
    """Length of four bars in seconds at `bpm`."""
    return BARS_PER_SEGMENT * BEATS_PER_BAR * 60.0 / bpm


def segment_frames(bpm: float) -> int:
    """Length of four bars in samples at `bpm`, rounded to the nearest sample."""
    return round(segment_seconds(bpm) * SAMPLE_RATE)


def bar_frames(bpm: float, beats: int = BEATS_PER_BAR) -> int:
    """The length of a bar.

    Args:
        bpm: the tempo.
        beats: how many of the bar.

    Returns:
        Samples, rounded to the nearest.
    """
    return round(segment_seconds(bpm) / BARS_PER_SEGMENT * SAMPLE_RATE * (beats / BEATS_PER_BAR))


def bar_rows(bar: int, beats: int = BEATS_PER_BAR) -> slice:
    """Where a bar lies in a spectrogram that begins on a downbeat.

    Args:
        bar: number of the bar, from 0.
        beats: how many of it.

    Returns:
        Its rows.
    """
    first = bar * FRAMES_PER_BAR
    return slice(first, first + beats * FRAMES_PER_BAR // BEATS_PER_BAR)
