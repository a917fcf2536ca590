"""The mixer: voices through their strips into a bus for each part, and the echo and rooms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.demo import notation
from core.demo.effects.dynamics import ducking
from core.demo.effects.inserts import Filter
from core.demo.effects.reverb import convolve, crossed, response
from core.demo.sequencer import play
from core.demo.signal import (
    bell,
    decibels,
    filtered,
    high_pass,
    loudness,
    low_pass,
    mono,
    shaped,
    single,
    stereo,
)
from core.demo.song import Echo, Song, Strip, Voice
from core.demo.stage import Stage
from core.settings import PARTS

Signal = NDArray[np.float32]
KICK = "kick"
"""The part that pushes the others away, and that no sweep touches."""


@dataclass
class Buses:
    """What the voices of one part are summed into, each (frames, 2)."""

    dry: Signal
    echo: Signal
    hall: Signal
    room: Signal

    @classmethod
    def silent(cls, frames: int) -> Buses:
        """Nothing yet."""
        return cls(*(np.zeros((frames, 2), np.float32) for _ in range(4)))


def mix(song: Song, stage: Stage) -> Signal:
    """Mix a song.

    Args:
        song: voices, strips and rooms.
        stage: time, key and seed.

    Returns:
        (stage.frames, 2), before mastering: the sum of `mix_parts`.
    """
    return single(mix_parts(song, stage).sum(axis=0))


def mix_parts(song: Song, stage: Stage) -> Signal:
    """Mix a song, each part apart.

    A part has the echo and the rooms of what it sends. All parts go round the same tape, and what
    the tape's saturation does to their sum is done to each as the gain of that moment.

    Args:
        song: voices, strips and rooms.
        stage: time, key and seed.

    Returns:
        (4, stage.frames, 2), in the order of `PARTS`; a part without a voice is exactly 0.
    """
    push = kick_push(song, stage)
    buses: dict[str, Buses] = {}
    for voice in song.voices:
        own = buses.setdefault(voice.part, Buses.silent(stage.frames))
        _send(voice.strip, _channel(voice, stage, push), own, stage)
    _return_echoes(song.echo, buses, stage, push)
    _return_rooms(song, buses, stage, push)
    if song.sweep:
        sweep = Filter(song.sweep, "high", 0.75)
        for part, own in buses.items():
            own.dry = own.dry if part == KICK else sweep(own.dry, stage)
    out = np.zeros((len(PARTS), stage.frames, 2), np.float32)
    for part, own in buses.items():
        out[PARTS.index(part)] = own.dry
    return out


def kick_push(song: Song, stage: Stage) -> Signal:
    """How hard the kick pushes the other voices away (side-chain ducking).

    Args:
        song: its kicks push, and `Song.pump` where there are none.
        stage: where it is played.

    Returns:
        (stage.frames,), 0..1.
    """
    kicks = [voice for voice in song.voices if voice.part == KICK]
    starts = [e.start for voice in kicks for e in play(voice, stage) if e.velocity > 0.5]
    if song.pump:
        starts += _silent_pushes(song.pump, starts, stage)
    return ducking(starts, stage.frames, song.duck * stage.beat)


def _silent_pushes(pump: str, kicks: list[int], stage: Stage) -> list[int]:
    """Samples at which `pump` pushes: in the bars without one of `kicks`."""
    (hits,) = notation.parse(pump)
    taken = {int(start / stage.bar + 1e-3) for start in kicks}
    bars = [bar for bar in range(stage.spec.bars) if bar not in taken]
    return [stage.sample(bar + hit.start) for bar in bars for hit in hits]


def solo(voice: Voice, stage: Stage) -> Signal:
    """One voice as its instrument plays it, before its strip.

    Args:
        voice: which.
        stage: where it is played.

    Returns:
        (stage.frames, 1 or 2).
    """
    return voice.instrument(play(voice, stage), stage, stage.rng(voice.name))


def _channel(voice: Voice, stage: Stage, push: Signal) -> Signal:
    strip = voice.strip
    out = solo(voice, stage)
    if not out.any():
        return np.zeros((stage.frames, 2), np.float32)
    for insert in strip.inserts:
        out = insert(out, stage)
    out = _equalised(out, strip)
    out = _placed(out, strip)
    out = _at_loudness(out, strip.lufs)
    gain = 1.0 - np.float32(strip.duck) * push
    if strip.level:
        gain = gain * 10 ** (stage.curve(strip.level) / 20)
    return shaped(out, single(gain))


def _at_loudness(signal: Signal, lufs: float) -> Signal:
    """Scaled to `lufs`, gated: how often a voice plays does not change how loud it is."""
    now = loudness(signal)
    return signal * np.float32(decibels(lufs - now)) if np.isfinite(now) else signal


def _equalised(signal: Signal, strip: Strip) -> Signal:
    sections = [bell(*one) for one in strip.bells]
    sections += [high_pass(strip.low_cut)] if strip.low_cut else []
    sections += [low_pass(strip.high_cut)] if strip.high_cut else []
    return filtered(signal, np.concatenate(sections)) if sections else signal


def _placed(signal: Signal, strip: Strip) -> Signal:
    """Width by middle and side, then a constant-power pan."""
    wide = stereo(signal)
    if strip.width != 1.0 and signal.shape[1] == 2:
        middle = mono(wide)
        wide = middle + np.float32(strip.width) * (wide - middle)
    angle = (strip.pan + 1) * np.pi / 4
    gains = np.array([np.cos(angle), np.sin(angle)], np.float32) * np.float32(np.sqrt(2))
    return np.stack([wide[:, 0] * gains[0], wide[:, 1] * gains[1]], axis=1) if strip.pan else wide


def _send(strip: Strip, signal: Signal, buses: Buses, stage: Stage) -> None:
    buses.dry += signal
    if strip.echo:
        sent = signal * np.float32(strip.echo)
        buses.echo += shaped(sent, stage.curve(strip.throw)) if strip.throw else sent
    if strip.hall:
        buses.hall += signal * np.float32(strip.hall)
    if strip.room:
        buses.room += signal * np.float32(strip.room)


def _return_echoes(echo: Echo, buses: dict[str, Buses], stage: Stage, push: Signal) -> None:
    """The repeats come back, pushed by the kick, and go on into the hall."""
    from core.demo import kernels

    senders = [own for own in buses.values() if own.echo.any()]
    if not senders:
        return
    times = np.array(echo.steps) * stage.beat / 4
    low, high = (1 - np.exp(-2 * np.pi * hz / 44_100) for hz in echo.tone)
    sent = np.stack([own.echo for own in senders])
    drive = max(echo.drive, 0.05)
    repeats = kernels.echo(sent, times, echo.feedback, echo.cross, low, high, echo.flutter, drive)
    for own, come_back in zip(senders, repeats, strict=True):
        own.dry += _pushed(come_back, echo.duck, push)
        own.hall += come_back * np.float32(echo.hall)


def _return_rooms(song: Song, buses: dict[str, Buses], stage: Stage, push: Signal) -> None:
    """Hall and room answer, pushed by the kick; each is one room for all parts."""
    for name, hall in (("hall", song.hall), ("room", song.room)):
        sends = [(own, own.hall if name == "hall" else own.room) for own in buses.values()]
        senders = [(own, sent) for own, sent in sends if sent.any()]
        if senders:
            impulse = response(hall, stage.rng(name))
        for own, sent in senders:
            own.dry += _pushed(convolve(crossed(sent), impulse), hall.duck, push)


def _pushed(signal: Signal, depth: float, push: Signal) -> Signal:
    return shaped(signal, 1.0 - np.float32(depth) * push) if depth else signal
