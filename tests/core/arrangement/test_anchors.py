"""Which real segments a composition passes."""

from __future__ import annotations

import numpy as np

from core.arrangement import anchors, form
from tests.core.arrangement.fakes import material

MUSIC = material()


def test_each_anchor_once() -> None:
    for seed in range(5):
        chosen = anchors.choose_anchors(
            MUSIC, form.plan(300), np.random.default_rng(seed), bpm=130.0
        )
        assert len(set(chosen.tolist())) == len(chosen)


def test_anchors_follow_the_form() -> None:
    parts = form.plan(98)
    slots = anchors.anchor_slots(parts)
    drive, kick = MUSIC.drive(), MUSIC.rank("kick")
    errors = []
    for seed in range(5):
        chosen = anchors.choose_anchors(MUSIC, parts, np.random.default_rng(seed), bpm=130.0)
        errors += [abs(drive[row] - slot.energy) for row, slot in zip(chosen, slots, strict=True)]
        of = {parts[s.section].name: kick[row] for row, s in zip(chosen, slots, strict=True)}
        assert of["break"] < of["drop"] - 0.3
    assert np.mean(errors) < 0.15
