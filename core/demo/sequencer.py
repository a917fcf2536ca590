"""From a voice's letters and patterns to events at samples."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.demo import notation
from core.demo.notation import Hit
from core.demo.song import Voice
from core.demo.stage import Event, Stage
from core.errors import InputError
from core.settings import SAMPLE_RATE

_SILENT = "."
_JOINT = SAMPLE_RATE // 100
_GHOST = Hit(0.0, 1 / 16, velocity=0.22)


def play(voice: Voice, stage: Stage) -> list[Event]:
    """The events of a voice.

    Args:
        voice: its patterns and bars.
        stage: time, key and seed.

    Returns:
        All events, in order of time.

    Raises:
        InputError: it is written wrongly.
    """
    rng = stage.rng(f"{voice.name}/events")
    patterns = {letter: notation.parse(text) for letter, text in voice.patterns.items()}
    events: list[Event] = []
    before, run = "", 0
    for bar, letter in enumerate(_letters(voice, stage)):
        run = run + 1 if letter == before else 0
        before = letter
        if letter in _SILENT:
            continue
        bars = _pattern(patterns, letter, voice)
        hits = _varied(bars[run % len(bars)], voice.vary, rng)
        for hit in hits:
            event = _event(hit, bar, voice, stage, rng)
            if hit.tie:
                events[-1:] = [_tied(last, event) for last in events[-1:]]
            else:
                events.append(event)
    return sorted(events, key=lambda event: event.start)


def _tied(last: Event, tie: Event) -> Event:
    """`last`, held on for as long as `tie`, if it lasts until there."""
    reaches = last.start + last.frames >= tie.start - _JOINT
    return replace(last, frames=tie.start + tie.frames - last.start) if reaches else last


def _letters(voice: Voice, stage: Stage) -> str:
    letters = notation.letters(voice.bars)
    if len(letters) != stage.spec.bars:
        raise InputError(
            f"{stage.spec.name}: voice {voice.name} is written for {len(letters)} bars, "
            f"the track has {stage.spec.bars}; write one letter a bar"
        )
    return letters


def _pattern(
    patterns: dict[str, tuple[tuple[Hit, ...], ...]], letter: str, voice: Voice
) -> tuple[tuple[Hit, ...], ...]:
    if letter not in patterns:
        raise InputError(f"voice {voice.name} has no pattern {letter!r}; write it or use another")
    return patterns[letter]


def _varied(hits: tuple[Hit, ...], vary: float, rng: np.random.Generator) -> list[Hit]:
    """Some soft hits left out, some ghosts slipped in: no two bars are quite the same."""
    if vary == 0.0 or not hits:
        return list(hits)
    kept = [h for h in hits if h.velocity > 0.6 or rng.random() > vary]
    taken = {round(h.start * 16) for h in hits}
    for step in range(1, 16, 2):
        if step not in taken and rng.random() < vary * 0.25:
            kept.append(Hit(step / 16, 1 / 16, hits[0].degrees, _GHOST.velocity))
    return kept


def _event(hit: Hit, bar: int, voice: Voice, stage: Stage, rng: np.random.Generator) -> Event:
    start, end = stage.sample(bar + hit.start), stage.sample(bar + hit.start + hit.length)
    shift = stage.harmony[bar % len(stage.harmony)] if voice.follow else 0
    pitches = tuple(
        stage.key.pitch(degree + shift, octave=voice.octave + octaves, shift=semitones)
        for degree, semitones, octaves in hit.degrees
    )
    stray, touch = rng.normal(0.0, 1.0, 2)
    start += round(float(np.clip(stray, -2, 2)) * voice.loose * 1e-3 * SAMPLE_RATE)
    velocity = float(np.clip(hit.velocity * (1.0 + 0.05 * np.clip(touch, -2, 2)), 0.05, 1.0))
    frames = max(end - start, 64)
    return Event(max(start, 0), frames, velocity, pitches, hit.accent, hit.slide)
