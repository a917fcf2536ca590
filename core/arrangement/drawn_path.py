"""A path drawn on the map, as the walk of a composition and the segments that it passes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.arrangement import harmony
from core.arrangement.anchors import Anchors, anchor_slots
from core.arrangement.form import FormSection
from core.arrangement.material import Array, Decode, Material
from core.latent import paths
from core.settings import BARS_PER_SEGMENT, LATENT_SIZE

_REPEATED: Final = 1.5
"""A segment is taken again where all others are so many times as far, each time that it was."""


def walk_along(
    points: Array, decode: Decode, sections: Sequence[FormSection], steps_per_segment: int = 1
) -> list[Array]:
    """Go along a path in steps that sound equally large.

    Args:
        points: (n, 64) latents along the path, at least one.
        decode: latents (m, 64) -> spectrograms (m, 512, 128) dB.
        sections: the form; the path is over with the last of them.
        steps_per_segment: latents for each four bars.

    Returns:
        The latents of each section: (steps, 64), as many as it has segments, times
        `steps_per_segment`.
    """
    counts = [steps_per_segment * -(-section.bars // BARS_PER_SEGMENT) for section in sections]
    steps = sum(counts)
    # A drawn path has many points; more than half as many as steps would make some steps larger
    # than others.
    most = min(steps, max(2, (steps + 1) // 2))
    passed = np.asarray(points, np.float32).reshape(-1, LATENT_SIZE)
    if len(passed) > most:
        passed = passed[np.linspace(0, len(passed) - 1, most).round().astype(np.int64)]
    latents = paths.equal_steps(passed, decode, steps, centre=passed.mean(axis=0)).latents
    return np.split(np.asarray(latents, np.float32), np.cumsum(counts)[:-1])


def anchors_along(
    material: Material,
    sections: Sequence[FormSection],
    walks: Sequence[Array],
    rng: np.random.Generator,
) -> Anchors:
    """The segments that a path passes: those nearest to it, others each time where there are.

    Args:
        material: the segments.
        sections: the form.
        walks: of each section, as `walk_along` gives them.
        rng: chooses between keys that fit equally well.

    Returns:
        A row of `material` for each of `anchor_slots(sections)`, and the key that most of them
        are near.
    """
    slots = anchor_slots(sections)
    counts = np.bincount([slot.section for slot in slots], minlength=len(sections))
    rows: list[int] = []
    for slot in slots:
        walk, count = walks[slot.section], int(counts[slot.section])
        share = slot.position / (count - 1) if count > 1 else 0.0
        rows.append(_nearest(material, walk[round(share * (len(walk) - 1))], rows))
    keys = material.keys([material.ids[row] for row in rows])
    home = harmony.choose_home(keys, np.ones(len(rows)), rng)
    return Anchors(np.array(rows, np.int64), home)


def _nearest(material: Material, latent: NDArray[np.float32], passed: Sequence[int]) -> int:
    distance = np.linalg.norm(material.latents - latent, axis=1)
    times = np.bincount(np.array(passed, np.int64), minlength=len(material))
    return int((distance * _REPEATED**times).argmin())
