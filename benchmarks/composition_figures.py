"""What can be said about a composition by numbers: its form, levels, changes, keys and tracks.

Everything about levels is measured on the sound, bar by bar, never on what was planned.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import scipy.signal
from numpy.typing import NDArray

from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip, ClipSource, RealSource, single_sources
from core.arrangement.mixdown import Mixdown
from core.audio.k_weighting import k_weighting
from core.dsp.key import Key
from core.settings import SAMPLE_RATE, TICKS_PER_BAR

Sound = NDArray[np.float32]
Doubles = NDArray[np.float64]
AudioOf = Callable[[Clip], Sound]

BANDS: Final = ("bass", "mid", "treble")
_CORNERS_HZ: Final = (150.0, 2500.0)
_STEPS: Final = 16
_N_FFT: Final = 2048
_HOP: Final = 512
_EDGES_HZ: Final = np.geomspace(40.0, 16_000.0, 25)
_RANGE_DB: Final = 60.0
_LOOK_BACK: Final = 4
_QUIET_DB: Final = -35.0
"""A band this far below the whole does not matter at a mix."""


@dataclass(frozen=True)
class Section:
    """Bars `start` to `end` (excluded) of the form."""

    name: str
    start: int
    end: int


@dataclass(frozen=True)
class BarLevels:
    """Mean powers of every bar.

    Attributes:
        loudness: (bars,) K-weighted, channels summed (ITU-R BS.1770, without gates).
        bands: (bars, 3) bass, mid, treble.
        mid: (bars,) of (left + right) / 2.
        side: (bars,) of (left - right) / 2.
    """

    loudness: Doubles
    bands: Doubles
    mid: Doubles
    side: Doubles


def sections_of(arrangement: Arrangement) -> list[Section]:
    """The form, by the markers; all of it is one section where there are none."""
    bars = round(arrangement.end / TICKS_PER_BAR)
    places = [(round(it.tick / TICKS_PER_BAR), it.name) for it in arrangement.markers]
    edges = [start for start, _ in places] + [bars]
    found = [
        Section(name, start, end)
        for (_, name), (start, end) in zip(places, itertools.pairwise(edges), strict=True)
        if end > start
    ]
    return found or [Section("whole", 0, bars)]


# Levels


def bar_levels(sound: Sound, edges: Sequence[int]) -> BarLevels:
    """Measure every bar of `sound` (frames, 2); `edges` are the frames of the bar lines."""
    weighted = scipy.signal.sosfilt(k_weighting(), sound, axis=0)
    middle, side = (sound[:, 0] + sound[:, 1]) / 2, (sound[:, 0] - sound[:, 1]) / 2
    return BarLevels(
        _powers(weighted, edges),
        band_powers(sound, edges),
        _powers(middle[:, None], edges),
        _powers(side[:, None], edges),
    )


def band_powers(sound: Sound, edges: Sequence[int]) -> Doubles:
    """(bars, 3) mean powers of bass, mid and treble between `edges`."""
    kinds: tuple[tuple[str, Any], ...] = (
        ("lowpass", _CORNERS_HZ[0]),
        ("bandpass", _CORNERS_HZ),
        ("highpass", _CORNERS_HZ[1]),
    )
    filters = [scipy.signal.butter(4, hz, kind, fs=SAMPLE_RATE, output="sos") for kind, hz in kinds]
    return np.stack(
        [_powers(scipy.signal.sosfilt(sos, sound, axis=0), edges) for sos in filters], axis=1
    )


def _powers(sound: Any, edges: Sequence[int]) -> Doubles:
    """Mean over frames, sum over channels, between edges."""
    square = (np.asarray(sound, np.float64) ** 2).sum(axis=1)
    totals = np.concatenate([[0.0], np.cumsum(square)])
    places = np.minimum(np.asarray(edges), len(square))
    spans = np.maximum(np.diff(places), 1)
    return np.asarray((totals[places[1:]] - totals[places[:-1]]) / spans + 1e-12)


def to_db(power: Any) -> Any:
    """10 log10."""
    return 10.0 * np.log10(power)


def section_figures(sections: Sequence[Section], levels: BarLevels) -> dict[str, list[float]]:
    """How drops and breaks stand out, and how wide each section is.

    Returns:
        drop_rise_lu: of each drop, first eight bars against the eight before.
        break_fall_lu, break_bass_fall_db: of each break, against its drop (the one before, or else
            the next).
        side_to_mid_db: of each section.
    """
    found: dict[str, list[float]] = {
        "drop_rise_lu": [],
        "break_fall_lu": [],
        "break_bass_fall_db": [],
        "side_to_mid_db": [],
    }
    drops = [section for section in sections if section.name == "drop"]
    for section in sections:
        bars = slice(section.start, section.end)
        found["side_to_mid_db"].append(
            float(to_db(levels.side[bars].mean() / levels.mid[bars].mean()))
        )
        if section.name == "drop" and section.start > 0:
            before = levels.loudness[max(0, section.start - 8) : section.start].mean()
            now = levels.loudness[section.start : min(section.end, section.start + 8)].mean()
            found["drop_rise_lu"].append(float(to_db(now / before)))
        if section.name == "break" and drops:
            earlier = [drop for drop in drops if drop.end <= section.start]
            drop = earlier[-1] if earlier else drops[0]
            other = slice(drop.start, drop.end)
            fall = levels.loudness[other].mean() / levels.loudness[bars].mean()
            bass = levels.bands[other, 0].mean() / levels.bands[bars, 0].mean()
            found["break_fall_lu"].append(float(to_db(fall)))
            found["break_bass_fall_db"].append(float(to_db(bass)))
    return found


# Changes


def bar_spectra(sound: Sound, edges: Sequence[int]) -> Doubles:
    """(bars, 16, 24) dB: sixteenths of every bar in log-spaced bands, at least 60 dB below the top.

    Args:
        sound: (frames, channels).
        edges: frames of the bar lines.
    """
    mono = sound.mean(axis=1)
    _, _, spectrum = scipy.signal.stft(mono, nperseg=_N_FFT, noverlap=_N_FFT - _HOP, padded=True)
    power = np.abs(spectrum) ** 2
    hertz = np.fft.rfftfreq(_N_FFT, 1 / SAMPLE_RATE)
    bands = np.searchsorted(_EDGES_HZ, hertz) - 1
    rows = np.stack([power[bands == band].sum(axis=0) for band in range(len(_EDGES_HZ) - 1)])
    totals = np.concatenate([np.zeros((len(rows), 1)), np.cumsum(rows, axis=1)], axis=1)
    found = []
    for start, end in itertools.pairwise(edges):
        places = np.round(np.linspace(start, end, _STEPS + 1) / _HOP).astype(int)
        places = np.clip(places, 0, totals.shape[1] - 1)
        spans = np.maximum(np.diff(places), 1)
        found.append(np.diff(totals[:, places], axis=1).T / spans[:, None])
    decibels = to_db(np.array(found) + 1e-14)
    return np.asarray(np.maximum(decibels, decibels.max() - _RANGE_DB))


def novelty(spectra: Doubles) -> Doubles:
    """(bars,) mean difference in dB of each bar from the most similar of the four before it.

    A loop that is repeated has none, also where its bars differ; the first bars have infinity.
    """
    found = np.full(len(spectra), np.inf)
    for bar in range(_LOOK_BACK, len(spectra)):
        before = spectra[bar - _LOOK_BACK : bar]
        found[bar] = np.abs(before - spectra[bar]).mean(axis=(1, 2)).min()
    return found


def neighbour_difference(spectra: Doubles) -> Doubles:
    """(bars - 1,) mean difference in dB of neighbouring bars."""
    return np.asarray(np.abs(np.diff(spectra, axis=0)).mean(axis=(1, 2)))


def longest_unchanged(new: Doubles, noticeable: float) -> int:
    """Bars of the longest stretch that goes on as the four bars before it did."""
    return max(
        (len(list(group)) for quiet, group in itertools.groupby(new < noticeable) if quiet),
        default=0,
    )


# Keys and tracks


def fifths_apart(a: Key, b: Key) -> int:
    """Steps between two keys on the circle of fifths, 0..6."""
    steps = abs(a.wheel - b.wheel)
    return min(steps, 12 - steps)


def transposed(key: Key | None, semitones: int) -> Key | None:
    """`key` so many semitones higher."""
    return key and Key((key.tonic + semitones) % 12, key.minor, key.confidence)


def key_changes(arrangement: Arrangement, key_of: Callable[[ClipSource], Key | None]) -> list[int]:
    """Fifths between clips with tones that follow or overlap each other, of other sources."""
    clips = sorted((c for c in arrangement.clips() if _has_tones(c)), key=lambda clip: clip.start)
    found = []
    for number, clip in enumerate(clips):
        for after in clips[number + 1 :]:
            if after.start > clip.end:
                break
            keys = key_of(clip.source), key_of(after.source)
            if clip.source != after.source and keys[0] and keys[1]:
                found.append(fifths_apart(keys[0], keys[1]))
    return found


def _has_tones(clip: Clip) -> bool:
    return not (clip.bass_cut and getattr(clip, "mid_cut", False))


def tracks_heard(
    sources: Iterable[ClipSource],
    segments_of: Callable[[ClipSource], Iterable[str]],
    track_of: Callable[[str], str],
) -> Counter[str]:
    """How many sources each track is heard in."""
    found: Counter[str] = Counter()
    for source in {single for each in sources for single in single_sources(each)}:
        if isinstance(source, RealSource):
            found[track_of(source.segment_id)] += 1
        else:
            found.update({track_of(segment_id) for segment_id in segments_of(source)})
    return found


# Mixes


def band_jumps(arrangement: Arrangement, audio_of: AudioOf) -> list[dict[str, float]]:
    """The largest step of each band from bar to bar, at every mix of a bar or more.

    Only the two clips sound. Bands that one of them leaves out are left out here, too.
    """
    found = []
    for transition in Mixdown(arrangement, audio_of).transitions:
        if transition.end - transition.start < TICKS_PER_BAR:
            continue
        pair = (transition.outgoing, transition.incoming)
        mix = Mixdown(_only(arrangement, pair), audio_of)
        first = max(pair[0].start, transition.start - TICKS_PER_BAR)
        last = min(pair[1].end, transition.end + TICKS_PER_BAR)
        ticks = range(first, last + 1, TICKS_PER_BAR)
        edges = [arrangement.frame(tick) for tick in ticks]
        sound = mix.render(edges[0], edges[-1] - edges[0])
        powers = band_powers(sound, [edge - edges[0] for edge in edges])
        quiet = to_db(powers / powers.sum(axis=1, keepdims=True)).max(axis=0) < _QUIET_DB
        steps = np.abs(np.diff(to_db(powers), axis=0)).max(axis=0)
        jumps = {"bar": transition.start / TICKS_PER_BAR}
        for band, name, field in zip(
            range(3), BANDS, ("bass_cut", "mid_cut", "treble_cut"), strict=True
        ):
            absent = any(getattr(clip, field, False) for clip in pair)
            jumps[name] = 0.0 if absent or quiet[band] else float(steps[band])
        found.append(jumps)
    return found


def _only(arrangement: Arrangement, clips: Sequence[Clip]) -> Arrangement:
    ids = {clip.id for clip in clips}
    lanes = (
        Lane(lane.id, clips=tuple(clip for clip in lane.clips if clip.id in ids))
        for lane in arrangement.lanes
    )
    return Arrangement(arrangement.bpm, tuple(lane for lane in lanes if lane.clips))
