"""Deterministic synthetic techno whose tempo, beats and downbeats are known exactly.

numpy only and fast (a minute of stereo music in about a tenth of a second), so that every
room can test with it. `render(Spec(...))` gives a `Track`; `mix` lays tracks one after the other as
a DJ would. Events sit on the nearest sample of their exact musical time.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 44_100

Samples = NDArray[np.float32]
Times = NDArray[np.float64]

LAYERS = frozenset({"kick", "clap", "hats", "ride", "bass", "stab", "pad", "crash"})
CROSS_RHYTHMS = frozenset({"dotted", "triplets", "fives"})
"""Only in parts that name them: a pluck every 3/16, every third of a beat, every 5/16."""
PERCUSSION = frozenset({"rim", "conga"})
"""Likewise: five rim shots spread over the bar, a conga's figure."""
KICK_SHAPES = ("909", "deep", "soft", "hard", "round", "tick")
OTHER_KICK_SHAPES = ("boom", "snap", "thump", "rubber", "layered")
KICK_PATTERNS = ("four", "holes", "broken", "sparse", "half")
BASS_PATTERNS = ("offbeat", "rolling", "acid", "held")
OTHER_BASS_PATTERNS = ("gallop", "dub", "eighths")
HAT_PATTERNS = ("sixteenths", "offbeat", "eighths", "busy")
_STEPS = 16

_CHORDS = ((0, 3, 7), (8, 12, 15), (5, 8, 12), (10, 14, 17), (3, 7, 10), (7, 10, 14))
_RIM_STEPS = (0, 3, 6, 10, 13)
_CONGA_STEPS = (2, 3, 7, 11, 14)


@dataclass(frozen=True)
class Part:
    """`bars` bars during which exactly `layers` sound."""

    bars: int
    layers: frozenset[str] = LAYERS


@dataclass(frozen=True)
class Spec:
    """What to render. Gains are linear; `start` is the time of beat 0, a downbeat, in seconds.

    bpm:          tempo at beat 0; `end_bpm`, if given, is reached linearly in beats at the end
    swing:        0.5 (straight) .. 0.67 (triplets), where in its eighth the second sixteenth falls
    lead:         "silence", "noise" or "pad" before beat 0
    pickup:       beats played by the drums before beat 0, half beats too; `start` must leave room
    antiphase:    whether the right channel is the left one inverted (two channels)
    bar_chords:   bars per chord
    timing_ms:    standard deviation of random delays of everything but the kick
    hats:         one of `HAT_PATTERNS`
    stab_steps:   sixteenths of the bar on which stabs play
    backbeat:     "clap" or "snare"
    """

    bpm: float = 130.0
    parts: tuple[Part, ...] = (Part(32),)
    start: float = 0.0
    end_bpm: float | None = None
    kick: str = "909"
    kick_pattern: str = "four"
    kick_gain: float = 0.8
    bass: str = "rolling"
    bass_gain: float = 0.35
    hat_gain: float = 0.2
    clap_gain: float = 0.35
    pad_gain: float = 0.12
    stab_gain: float = 0.2
    swing: float = 0.5
    lead: str = "silence"
    pickup: float = 0.0
    antiphase: bool = False
    bar_chords: int = 1
    noise: float = 0.001
    timing_ms: float = 0.0
    tail: float = 0.0
    channels: int = 1
    seed: int = 0
    hats: str = "sixteenths"
    stab_steps: tuple[int, ...] = (3, 6, 11)
    backbeat: str = "clap"


@dataclass(frozen=True)
class Stretch:
    """Seconds `start`..`end` of a track on one constant grid, with one of its phrase starts."""

    start: float
    end: float
    bpm: float
    phrase: float

    def beats(self) -> Times:
        """(n,) times of the beats from `start` to `end`, the first a downbeat or earlier."""
        period = 60.0 / self.bpm
        first = int(np.ceil((self.start - self.phrase) / period - 1e-9))
        last = int(np.floor((self.end - self.phrase) / period + 1e-9))
        return self.phrase + np.arange(first, last + 1) * period

    def moved(self, seconds: float) -> Stretch:
        """The same, `seconds` later."""
        return Stretch(self.start + seconds, self.end + seconds, self.bpm, self.phrase + seconds)

    def between(self, start: float, end: float) -> Stretch:
        """The part of it that lies in `start`..`end`."""
        return Stretch(max(self.start, start), min(self.end, end), self.bpm, self.phrase)


@dataclass(frozen=True)
class Track:
    """Rendered audio and the truth about it; times in seconds."""

    samples: Samples
    """(frames, channels) float32 at 44.1 kHz."""
    bpm: float
    beats: Times
    """All beats from beat 0 on; beat 0 and every fourth after it are downbeats."""
    spec: Spec | None = None
    pieces: tuple[tuple[float, Track], ...] = field(default=())
    """For a mix: where each track begins, and the track."""
    edits: tuple[Stretch, ...] = field(default=())
    """For an edited track: its stretches of constant grid."""

    @property
    def seconds(self) -> float:
        return len(self.samples) / SAMPLE_RATE

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """Its stretches of constant grid (of a mix: each track up to the next one's beginning)."""
        if self.edits:
            return self.edits
        if not self.pieces:
            return (Stretch(0.0, self.seconds, self.bpm, float(self.beats[0])),)
        ends = [*(start for start, _ in self.pieces[1:]), self.seconds]
        return tuple(
            Stretch(start, end, track.bpm, start + float(track.beats[0]))
            for (start, track), end in zip(self.pieces, ends, strict=True)
        )

    @property
    def downbeats(self) -> Times:
        """Every downbeat from beat 0 on."""
        return self.beats[::4]

    @property
    def phrases(self) -> Times:
        """Every start of a four-bar phrase from beat 0 on."""
        return self.beats[::16]


def render(spec: Spec) -> Track:
    """The audio of `spec`, the same for the same spec on every machine (up to rounding)."""
    return _Renderer(spec).render()


def bars_for(seconds: float, bpm: float, *, multiple: int = 4) -> int:
    """Whole bars, a multiple of `multiple`, that last about `seconds`."""
    return max(multiple, round(seconds * bpm / 240.0 / multiple) * multiple)


def arrangement(bars: int, *, intro: bool = True, breakdown: bool = True) -> tuple[Part, ...]:
    """Intro, build, drop, breakdown without drums, drop, outro, in about `bars` bars."""
    unit = max(4, bars // 24 * 4)
    drums = frozenset({"kick", "hats", "crash"})
    parts = [
        Part(unit, frozenset({"pad"})) if intro else Part(unit, drums),
        Part(unit, drums | {"clap"}),
        Part(unit, drums | {"clap", "bass", "ride"}),
        Part(unit, frozenset({"pad", "stab"})) if breakdown else Part(unit, LAYERS - {"ride"}),
        Part(unit, LAYERS),
    ]
    left = bars - sum(part.bars for part in parts)
    return (*parts, Part(max(4, left), LAYERS - {"pad"}))


def mix(tracks: Sequence[Track], *, overlap: float) -> Track:
    """`tracks` one after the other, crossfaded (equal power) over `overlap` seconds, not synced."""
    fade = round(overlap * SAMPLE_RATE)
    ramp = np.sin(np.linspace(0.0, np.pi / 2, fade, dtype=np.float32))[:, None]
    out = np.zeros((0, tracks[0].samples.shape[1]), np.float32)
    pieces: list[tuple[float, Track]] = []
    for track in tracks:
        piece = track.samples.copy()
        at = max(0, len(out) - fade)
        if len(out):
            piece[:fade] *= ramp
            out[at:] *= ramp[::-1]
        wide = np.zeros((at + len(piece), out.shape[1]), np.float32)
        wide[: len(out)] = out
        wide[at:] += piece
        out = wide
        pieces.append((at / SAMPLE_RATE, track))
    beats = np.concatenate([start + track.beats for start, track in pieces])
    return Track(out, tracks[0].bpm, beats, None, tuple(pieces))


def cut(track: Track, at: float, seconds: float) -> Track:
    """`track` with `seconds` of it taken out from second `at` on, as a careless editor does."""
    first, last = round(at * SAMPLE_RATE), round((at + seconds) * SAMPLE_RATE)
    samples = np.concatenate([track.samples[:first], track.samples[last:]])
    lost = (last - first) / SAMPLE_RATE
    before = [part.between(0.0, at) for part in track.stretches if part.start < at]
    after = [
        part.between(at + lost, track.seconds).moved(-lost)
        for part in track.stretches
        if part.end > at + lost
    ]
    kept = track.beats[(track.beats < at) | (track.beats >= at + lost)]
    beats = np.where(kept < at, kept, kept - lost)
    return Track(samples, track.bpm, beats, track.spec, edits=(*before, *after))


def joined(first: Track, gap: Samples, second: Track) -> Track:
    """`first`, then the audio `gap` (frames, channels), then `second`; the gap belongs to neither.

    The stretch of `first` reaches through the gap.
    """
    at = first.seconds + len(gap) / SAMPLE_RATE
    samples = np.concatenate([first.samples, gap, second.samples])
    *before, last = first.stretches
    edits = (
        *before,
        Stretch(last.start, at, last.bpm, last.phrase),
        *(part.moved(at) for part in second.stretches),
    )
    beats = np.concatenate([first.beats, at + second.beats])
    return Track(samples, first.bpm, beats, None, edits=edits)


def click_track(times: Sequence[float] | Times, seconds: float, *, gain: float = 0.8) -> Samples:
    """(frames, 1): a click of one millisecond at each of `times`."""
    out = np.zeros((round(seconds * SAMPLE_RATE), 1), np.float32)
    click = gain * np.hanning(88)[44:].astype(np.float32)
    for time in times:
        _add(out, round(time * SAMPLE_RATE), click[:, None])
    return out


@lru_cache(maxsize=64)
def kick_sound(shape: str) -> Samples:
    """(frames,) one kick; the transient starts on its first sample.

    One of `KICK_SHAPES` or `OTHER_KICK_SHAPES`.
    """
    low, high, sweep, decay, attack, click, drive = {
        "909": (50.0, 260.0, 0.020, 0.120, 0.0005, 0.30, 1.5),
        "deep": (42.0, 90.0, 0.050, 0.250, 0.0020, 0.00, 1.0),
        "soft": (48.0, 160.0, 0.030, 0.140, 0.0040, 0.00, 1.0),
        "hard": (55.0, 700.0, 0.015, 0.180, 0.0003, 0.50, 6.0),
        "round": (60.0, 180.0, 0.025, 0.090, 0.0010, 0.05, 1.2),
        "tick": (70.0, 400.0, 0.008, 0.050, 0.0002, 0.60, 1.0),
        "boom": (45.0, 130.0, 0.035, 0.300, 0.0010, 0.10, 1.0),
        "snap": (58.0, 520.0, 0.010, 0.085, 0.0003, 0.45, 2.5),
        "thump": (52.0, 110.0, 0.018, 0.160, 0.0025, 0.00, 1.8),
        "rubber": (44.0, 320.0, 0.030, 0.200, 0.0008, 0.15, 3.0),
        "layered": (48.0, 900.0, 0.006, 0.140, 0.0015, 0.35, 4.0),
    }[shape]
    t = np.arange(round(0.36 * SAMPLE_RATE)) / SAMPLE_RATE
    phase = 2 * np.pi * (low * t + (high - low) * sweep * (1 - np.exp(-t / sweep)))
    body = np.tanh(drive * np.sin(phase)) / np.tanh(drive)
    body *= np.minimum(1.0, t / attack) * np.exp(-t / decay)
    body += click * np.exp(-t / 0.0015) * np.sin(2 * np.pi * 3_200 * t)
    return _faded(body)


@lru_cache(maxsize=64)
def noise_sound(kind: str) -> Samples:
    """(frames,) one of "closed", "open", "ride", "clap", "snare", "rim", "crash": shaped noise."""
    decay, brightness = {
        "snare": (0.110, 1),
        "rim": (0.018, 1),
        "closed": (0.025, 3),
        "open": (0.090, 3),
        "ride": (0.060, 4),
        "clap": (0.070, 1),
        "crash": (0.700, 2),
    }[kind]
    t = np.arange(round(6 * decay * SAMPLE_RATE)) / SAMPLE_RATE
    noise = np.random.default_rng(len(kind) * 7 + ord(kind[1])).standard_normal(len(t) + 4)
    for _ in range(brightness):
        noise = np.diff(noise) * 0.6
    sound = noise[: len(t)] * np.exp(-t / decay)
    if kind == "clap":
        sound *= 0.4 + 0.6 * ((t * 1000) % 11 < 4) * (t < 0.033) + 0.6 * (t >= 0.033)
    return _faded(0.6 * sound / np.abs(sound).max())


@lru_cache(maxsize=8)
def conga_sound(hz: float) -> Samples:
    """(frames,) a struck skin of `hz`."""
    t = np.arange(round(0.25 * SAMPLE_RATE)) / SAMPLE_RATE
    body = np.sin(2 * np.pi * hz * t) + 0.4 * np.sin(2 * np.pi * 1.59 * hz * t)
    return _faded(0.6 * body * np.minimum(1.0, t / 0.001) * np.exp(-t / 0.06))


@lru_cache(maxsize=512)
def bass_sound(midi: int, frames: int) -> Samples:
    """(frames,) a filtered saw, fundamental at `midi`."""
    t = np.arange(frames) / SAMPLE_RATE
    hz = _hz(midi)
    tone = sum(np.sin(2 * np.pi * hz * n * t) / n**1.5 for n in range(1, 9))
    return _faded(0.6 * np.asarray(tone) * np.minimum(1.0, t / 0.002) * np.exp(-t / 0.25))


@lru_cache(maxsize=512)
def chord_sound(root: int, notes: tuple[int, ...], frames: int, decay: float | None) -> Samples:
    """(frames,) a chord, held and swelling softly (decay None) or struck."""
    t = np.arange(frames) / SAMPLE_RATE
    tone = sum(
        np.sin(2 * np.pi * _hz(root + note) * n * t + note) / n
        for note in notes
        for n in ((1, 2, 3) if decay is None else (1, 2, 3, 4, 5, 6))
    )
    edge = round(0.03 * SAMPLE_RATE) if decay is None else 60
    shape = np.ones(frames) if decay is None else np.exp(-t / decay)
    shape[:edge] *= np.linspace(0.0, 1.0, edge)
    shape[-edge:] *= np.linspace(1.0, 0.0, edge)
    return (0.3 * np.asarray(tone) * shape).astype(np.float32)


class _Renderer:
    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.rng = np.random.default_rng(spec.seed)
        self.bars = sum(part.bars for part in spec.parts)
        self.layers = [part.layers for part in spec.parts for _ in range(part.bars)]
        self.time = _clock(spec, self.bars * 4)
        seconds = self.time(self.bars * 4.0) + spec.tail
        self.out = np.zeros((round(seconds * SAMPLE_RATE), spec.channels), np.float32)
        self.root = 33 + int(self.rng.integers(0, 8))
        self.chords = [_CHORDS[int(k)] for k in self.rng.permutation(len(_CHORDS))[:4]]
        self.acid = self.rng.integers(0, 13, _STEPS) * (self.rng.random(_STEPS) < 0.6)
        self.broken = {int(k) for k in self.rng.permutation([3, 6, 7, 10, 11, 14])[:2]}

    def render(self) -> Track:
        self._lead()
        self._pickup()
        for bar in range(self.bars):
            self._bar(bar, self.layers[bar])
        self._hiss()
        if self.spec.antiphase:
            self.out[:, 1] = -self.out[:, 0]
        beats = np.array([self.time(float(k)) for k in range(self.bars * 4)])
        return Track(self.out, self.spec.bpm, beats, self.spec)

    def _hiss(self) -> None:
        # One tile of noise repeated; its length in frames is prime, so it keeps no beat.
        tile = self.rng.standard_normal((299_993, self.spec.channels), np.float32)
        tile *= self.spec.noise
        for at in range(0, len(self.out), len(tile)):
            _add(self.out, at, tile)

    def _lead(self) -> None:
        frames = round(self.spec.start * SAMPLE_RATE)
        if self.spec.lead == "noise" and frames:
            noise = self.rng.standard_normal((frames, 1), np.float32)
            self.out[:frames] += 0.02 * noise
        elif self.spec.lead == "pad" and frames > 4000:
            chord = chord_sound(self.root + 24, self.chords[0], frames, None)
            _add(self.out, 0, self._spread(chord, self.spec.pad_gain, 0.0))

    def _pickup(self) -> None:
        for half in range(round(2 * self.spec.pickup)):
            beat = half / 2 - self.spec.pickup
            if beat % 1.0 == 0.0:
                self._place(kick_sound(self.spec.kick), beat, self.spec.kick_gain, 0.0)
            else:
                self._hit("open", beat, self.spec.hat_gain, 0.1)

    def _bar(self, bar: int, layers: frozenset[str]) -> None:
        if "crash" in layers and bar % 8 == 0:
            self._hit("crash", bar * 4.0, 0.25, 0.2)
        if "kick" in layers:
            self._kicks(bar)
        if "clap" in layers:
            for beat in (1, 3):
                self._hit(self.spec.backbeat, bar * 4.0 + beat, self.spec.clap_gain, -0.1)
        if "hats" in layers:
            self._hats(bar)
        if "ride" in layers:
            for beat in range(4):
                self._hit("ride", bar * 4.0 + beat, 0.5 * self.spec.hat_gain, -0.4)
        self._percussion(bar, layers)
        self._tones(bar, layers)
        for name, steps in (("dotted", 3.0), ("triplets", 4 / 3), ("fives", 5.0)):
            if name in layers:
                self._cross(bar, steps)

    def _percussion(self, bar: int, layers: frozenset[str]) -> None:
        if "rim" in layers:
            for step in _RIM_STEPS:
                self._hit("rim", self._step(bar, step), self.spec.hat_gain, -0.3)
        if "conga" in layers:
            for step in _CONGA_STEPS:
                sound = conga_sound(196.0 if step in (3, 14) else 262.0)
                self._place(sound, self._step(bar, step), self.spec.hat_gain, 0.4, loose=True)

    def _cross(self, bar: int, steps: float) -> None:
        """Plucks every so many sixteenths, counted from beat 0 on whatever the bar."""
        first = int(np.ceil(bar * _STEPS / steps - 1e-9))
        last = int(np.ceil((bar + 1) * _STEPS / steps - 1e-9))
        for k in range(first, last):
            sound = chord_sound(self.root + 36, (0, 12), 7_000, 0.05)
            self._place(sound, k * steps / 4, 1.5 * self.spec.stab_gain, 0.2)

    def _tones(self, bar: int, layers: frozenset[str]) -> None:
        chord = self.chords[bar // self.spec.bar_chords % len(self.chords)]
        if "bass" in layers:
            self._bass(bar, chord[0])
        if "pad" in layers:
            frames = self._frames(bar * 4.0, 4.0)
            sound = chord_sound(self.root + 24, chord, frames, None)
            self._place(sound, bar * 4.0, self.spec.pad_gain, 0.0)
        if "stab" in layers:
            for step in self.spec.stab_steps:
                sound = chord_sound(self.root + 36, chord, 9_000, 0.06)
                self._place(sound, self._step(bar, step), self.spec.stab_gain, 0.3, loose=True)

    def _kicks(self, bar: int) -> None:
        sound = kick_sound(self.spec.kick)
        for step in self._kick_steps(bar):
            self._place(sound, self._step(bar, step), self.spec.kick_gain, 0.0)

    def _kick_steps(self, bar: int) -> list[int]:
        pattern = self.spec.kick_pattern
        if pattern == "broken":
            return sorted({0, 4, *self.broken})
        if pattern == "sparse":
            return [0, 10] if bar % 2 else [0, 8]
        if pattern == "half":
            return [0, 8]
        steps = [0, 4, 8, 12]
        if pattern == "holes":
            return [step for step in steps if self.rng.random() > 0.35]
        if bar % 8 == 7:
            return [0, 4, 8]
        return steps

    def _hats(self, bar: int) -> None:
        if self.spec.hats != "sixteenths":
            self._other_hats(bar)
            return
        for step in range(_STEPS):
            if step % 4 == 2:
                self._hit("open", self._step(bar, step), self.spec.hat_gain, 0.1)
            elif step % 4:
                gain = (0.5 if step % 2 == 0 else 0.35) * self.spec.hat_gain
                self._hit("closed", self._step(bar, step), gain, 0.25)

    def _other_hats(self, bar: int) -> None:
        for step in range(_STEPS):
            gain = self.spec.hat_gain
            if self.spec.hats == "offbeat" and step % 4 == 2:
                self._hit("open", self._step(bar, step), gain, 0.1)
            elif self.spec.hats == "eighths" and step % 2 == 0:
                self._hit("closed", self._step(bar, step), gain, 0.1)
            elif self.spec.hats == "busy" and self.rng.random() < 0.7:
                loud = gain * float(self.rng.uniform(0.3, 1.0))
                self._hit("closed", self._step(bar, step), loud, 0.25)

    def _bass(self, bar: int, note: int) -> None:
        beat_frames = self._frames(bar * 4.0, 1.0)
        root = self.root + note % 12
        steps: list[tuple[int, int, float]]
        if self.spec.bass == "offbeat":
            steps = [(step, 0, 0.5) for step in (2, 6, 10, 14)]
        elif self.spec.bass == "rolling":
            steps = [(step, 0, 0.25) for step in range(_STEPS) if step % 4]
        elif self.spec.bass == "acid":
            steps = [(k, int(up), 0.25) for k, up in enumerate(self.acid) if up]
        elif self.spec.bass == "gallop":
            steps = [(step, 0, 0.25) for step in range(_STEPS) if step % 4 > 1]
        elif self.spec.bass == "dub":
            steps = [(0, 0, 0.9), (6, 0, 0.5), (11, 7, 0.4), (14, 0, 0.5)]
        elif self.spec.bass == "eighths":
            steps = [(step, 12 * (step % 4 == 2), 0.45) for step in range(0, _STEPS, 2)]
        else:
            steps = [(0, 0, 3.9)]
        for step, up, length in steps:
            sound = bass_sound(root + up, round(length * beat_frames))
            self._place(sound, self._step(bar, step), self.spec.bass_gain, 0.0, loose=step > 0)

    def _step(self, bar: int, step: int) -> float:
        """Beat of a sixteenth, every second one delayed by the swing."""
        return bar * 4.0 + step / 4 + ((self.spec.swing - 0.5) / 2 if step % 2 else 0.0)

    def _frames(self, beat: float, beats: float) -> int:
        return round((self.time(beat + beats) - self.time(beat)) * SAMPLE_RATE)

    def _hit(self, kind: str, beat: float, gain: float, pan: float) -> None:
        self._place(noise_sound(kind), beat, gain, pan, loose=True)

    def _place(
        self, sound: Samples, beat: float, gain: float, pan: float, *, loose: bool = False
    ) -> None:
        time = self.time(beat)
        if loose and self.spec.timing_ms:
            time += abs(self.rng.normal(0.0, self.spec.timing_ms)) / 1000
        _add(self.out, round(time * SAMPLE_RATE), self._spread(sound, gain, pan))

    def _spread(self, sound: Samples, gain: float, pan: float) -> Samples:
        if self.spec.channels == 1:
            return gain * sound[:, None]
        sides = np.array([gain * (1.0 - pan), gain * (1.0 + pan)], np.float32)
        return sound[:, None] * sides


def _clock(spec: Spec, beats: int) -> Callable[[float], float]:
    """Time of a beat: constant tempo, or tempo linear in beats (then time is a logarithm)."""
    if spec.end_bpm is None or spec.end_bpm == spec.bpm:
        return lambda beat: spec.start + beat * 60.0 / spec.bpm
    slope = (spec.end_bpm - spec.bpm) / beats
    return lambda beat: spec.start + 60.0 / slope * float(np.log1p(slope * beat / spec.bpm))


def _add(out: Samples, at: int, sound: Samples) -> None:
    """Add `sound` (n, c) from frame `at`, as far as `out` reaches."""
    if at < 0:
        sound, at = sound[-at:], 0
    room = max(0, len(out) - at)
    out[at : at + len(sound)] += sound[:room]


def _faded(sound: NDArray[np.float64]) -> Samples:
    """As float32, with the last two milliseconds faded so that no tail clicks."""
    edge = min(len(sound), 88)
    sound[-edge:] *= np.linspace(1.0, 0.0, edge)
    return sound.astype(np.float32)


def _hz(midi: float) -> float:
    return float(440.0 * 2 ** ((midi - 69) / 12))


def varied(spec: Spec, **changes: object) -> Spec:
    """`spec` with some fields replaced."""
    return dataclasses.replace(spec, **changes)  # type: ignore[arg-type]
