"""The mixer: parts through their strips into one bus, and the echo and rooms that they share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.audio.loudness import integrated_lufs
from core.demo.effects.dynamics import ducking
from core.demo.effects.inserts import Filter
from core.demo.effects.reverb import reverberate
from core.demo.sequencer import play
from core.demo.signal import bell, decibels, filtered, high_pass, low_pass, single, stereo
from core.demo.song import Echo, Hall, Part, Song, Strip
from core.demo.stage import Stage

Signal = NDArray[np.float32]
KICK = "kick"
"""The part that pushes the others away, and that no sweep touches."""


@dataclass
class Buses:
    """What the parts are summed into, each (frames, 2)."""

    kick: Signal
    music: Signal
    echo: Signal
    hall: Signal
    room: Signal

    @classmethod
    def silent(cls, frames: int) -> Buses:
        """Nothing yet."""
        return cls(*(np.zeros((frames, 2), np.float32) for _ in range(5)))


def mix(song: Song, stage: Stage) -> Signal:
    """Mix a song.

    Args:
        song: parts, strips and rooms.
        stage: time, key and seed.

    Returns:
        (stage.frames, 2), before mastering.
    """
    push = kick_push(song, stage)
    buses = Buses.silent(stage.frames)
    for part in song.parts:
        _send(part, _channel(part, stage, push), buses, stage)
    _returns(song, stage, buses, push)
    music = Filter(song.sweep, "high", 0.75)(buses.music, stage) if song.sweep else buses.music
    return buses.kick + music


def kick_push(song: Song, stage: Stage) -> Signal:
    """How hard the kick pushes the other parts away (side-chain ducking).

    Returns:
        (stage.frames,), 0..1.
    """
    kicks = [part for part in song.parts if part.name == KICK]
    starts = [e.start for part in kicks for e in play(part, stage) if e.velocity > 0.5]
    return ducking(starts, stage.frames, song.duck * stage.beat)


def solo(part: Part, stage: Stage) -> Signal:
    """One part as its instrument plays it, before its strip.

    Returns:
        (stage.frames, 1 or 2).
    """
    return part.instrument(play(part, stage), stage, stage.rng(part.name))


def _channel(part: Part, stage: Stage, push: Signal) -> Signal:
    strip = part.strip
    out = solo(part, stage)
    for insert in strip.inserts:
        out = insert(out, stage)
    out = _equalised(out, strip)
    out = _placed(out, strip)
    out = _at_loudness(out, strip.lufs)
    gain = 1.0 - np.float32(strip.duck) * push
    if strip.level:
        gain = gain * 10 ** (stage.curve(strip.level) / 20)
    return out * gain[:, None].astype(np.float32)


def _at_loudness(signal: Signal, lufs: float) -> Signal:
    """Scaled to `lufs`, gated: how often a part plays does not change how loud it is."""
    loudness = integrated_lufs(signal)
    return signal * np.float32(decibels(lufs - loudness)) if np.isfinite(loudness) else signal


def _equalised(signal: Signal, strip: Strip) -> Signal:
    sections = [bell(*one) for one in strip.bells]
    sections += [high_pass(strip.low_cut)] if strip.low_cut else []
    sections += [low_pass(strip.high_cut)] if strip.high_cut else []
    return filtered(signal, np.concatenate(sections)) if sections else signal


def _placed(signal: Signal, strip: Strip) -> Signal:
    """Width by middle and side, then a constant-power pan."""
    wide = stereo(signal)
    if strip.width != 1.0 and signal.shape[1] == 2:
        middle = wide.mean(axis=1, keepdims=True)
        wide = middle + np.float32(strip.width) * (wide - middle)
    angle = (strip.pan + 1) * np.pi / 4
    gains = np.array([np.cos(angle), np.sin(angle)], np.float32) * np.float32(np.sqrt(2))
    return wide * gains if strip.pan else wide


def _send(part: Part, signal: Signal, buses: Buses, stage: Stage) -> None:
    strip = part.strip
    bus = buses.kick if part.name == KICK else buses.music
    bus += signal
    if strip.echo:
        throw = stage.curve(strip.throw)[:, None] if strip.throw else np.float32(1)
        buses.echo += signal * (np.float32(strip.echo) * throw)
    if strip.hall:
        buses.hall += signal * np.float32(strip.hall)
    if strip.room:
        buses.room += signal * np.float32(strip.room)


def _returns(song: Song, stage: Stage, buses: Buses, push: Signal) -> None:
    """Echo, hall and room come back, pushed by the kick."""
    if buses.echo.any():
        repeats = _echo(song.echo, buses.echo, stage)
        buses.music += _pushed(repeats, song.echo.duck, push)
        buses.hall += repeats * np.float32(song.echo.hall)
    for name, sent, hall in (("hall", buses.hall, song.hall), ("room", buses.room, song.room)):
        if sent.any():
            buses.music += _room(name, sent, hall, stage, push)


def _echo(echo: Echo, sent: Signal, stage: Stage) -> Signal:
    from core.demo import kernels

    times = np.array(echo.steps) * stage.beat / 4
    low, high = (1 - np.exp(-2 * np.pi * hz / 44_100) for hz in echo.tone)
    return single(
        kernels.echo(
            sent, times, echo.feedback, echo.cross, low, high, echo.flutter, max(echo.drive, 0.05)
        )
    )


def _room(name: str, sent: Signal, hall: Hall, stage: Stage, push: Signal) -> Signal:
    return _pushed(reverberate(sent, hall, stage.rng(name)), hall.duck, push)


def _pushed(signal: Signal, depth: float, push: Signal) -> Signal:
    return signal * (1.0 - np.float32(depth) * push)[:, None] if depth else signal
