"""A path that was drawn on the map, as an arrangement: one loop after the other along it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from core.arrangement import levels
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip, LatentSource
from core.arrangement.compose import ComposeOptions, plan_sections, section_markers
from core.arrangement.form import FormSection, energy_at
from core.arrangement.form_catalogue import Form
from core.arrangement.material import Array, Decode
from core.latent import paths
from core.settings import (
    BARS_PER_SEGMENT,
    LATENT_SIZE,
    TICKS_PER_BAR,
    TICKS_PER_BEAT,
    TICKS_PER_SEGMENT,
    segment_seconds,
)

_BLEND = TICKS_PER_BEAT
_FADE = 2 * TICKS_PER_BAR
_MINUTES = 3.0


def compose_path(
    points: Array,
    decode: Decode,
    model_hash: str,
    bpm: float,
    options: ComposeOptions,
    learned: Sequence[Form] = (),
) -> Arrangement:
    """Compose an arrangement that goes along a path, in steps that sound equally large.

    Args:
        points: (n, 64) latents along the path, at least one.
        decode: latents (m, 64) -> spectrograms (m, 512, 128) dB.
        model_hash: of the model that the latents belong to.
        bpm: tempo.
        options: of these count the length (rounded to whole segments), form or energy, morph,
            renderer, seed and title.
        learned: forms of the user's own tracks.

    Returns:
        One lane of latent clips, four bars each, the last of which fades out; as loud as the form
        wants each of them, with a marker where each of its sections begins.
    """
    count = _segments(options, bpm)
    sections = plan_sections(count * BARS_PER_SEGMENT, options, learned)
    per_segment = BARS_PER_SEGMENT if options.morph == "bar" else 1
    latents = _walk(points, decode, count * per_segment).reshape(count, per_segment, LATENT_SIZE)
    gains = _gains(latents[:, 0], decode, _energy(count, sections, options))
    clips = [
        _clip(number, group, gain, model_hash, options)
        for number, (group, gain) in enumerate(zip(latents, gains, strict=True))
    ]
    clips[-1] = clips[-1].changed(fade_out=_FADE)
    lane = Lane("lane-a", "A", tuple(clips))
    return Arrangement(bpm, (lane,), options.title, markers=section_markers(sections))


def _segments(options: ComposeOptions, bpm: float) -> int:
    if options.bars is not None:
        return math.ceil(options.bars / BARS_PER_SEGMENT)
    seconds = 60.0 * (options.minutes or _MINUTES)
    return max(1, round(seconds / segment_seconds(bpm)))


def _walk(points: Array, decode: Decode, steps: int) -> Array:
    """(steps, 64) latents.

    A drawn path has many points; more than half as many as steps would make some steps larger than
    others.
    """
    most = min(steps, max(2, (steps + 1) // 2))
    anchors = np.asarray(points, np.float32).reshape(-1, LATENT_SIZE)
    if len(anchors) > most:
        anchors = anchors[np.linspace(0, len(anchors) - 1, most).round().astype(np.int64)]
    centre = anchors.mean(axis=0)
    return np.asarray(paths.equal_steps(anchors, decode, steps, centre=centre).latents, np.float32)


def _energy(count: int, sections: Sequence[FormSection], options: ComposeOptions) -> list[float]:
    """What is wanted of each of `count` clips: a drawn curve as it is, else that of the form."""
    if options.energy is not None:
        places = np.linspace(0, 1, len(options.energy))
        wanted = np.interp(np.linspace(0, 1, count), places, options.energy)
        return [float(each) for each in wanted]
    return [energy_at(sections, (number + 0.5) * BARS_PER_SEGMENT) for number in range(count)]


def _gains(latents: Array, decode: Decode, energy: Sequence[float]) -> list[float]:
    loudness = [levels.loudness_db(spectrum) for spectrum in decode(latents)]
    return levels.gains_db(loudness, energy)


def _clip(number: int, group: Array, gain: float, model_hash: str, options: ComposeOptions) -> Clip:
    """The loop of a step; but for the first it comes in a beat early, over the end of the last."""
    early = _BLEND if number else 0
    return Clip(
        id=f"clip-{number + 1}",
        source=LatentSource.of(
            group,
            seed=(options.seed + number) % 2**32,
            renderer=options.renderer,
            model_hash=model_hash,
        ),
        start=number * TICKS_PER_SEGMENT - early,
        length=TICKS_PER_SEGMENT + early,
        offset=-early % TICKS_PER_SEGMENT,
        gain_db=gain,
        name="path",
    )
