"""Which real segments a composition passes."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence

import numpy as np
import pytest

from core.arrangement import anchors, form
from core.arrangement.material import Material
from core.dsp.key import Key
from tests.core.arrangement.fakes import material

MUSIC = material()


def test_each_anchor_once() -> None:
    for seed in range(5):
        chosen = anchors.choose_anchors(
            MUSIC, form.plan(300), np.random.default_rng(seed), bpm=130.0
        ).rows
        assert len(set(chosen.tolist())) == len(chosen)


def test_anchors_follow_the_form() -> None:
    parts = form.plan(98, "classic")
    slots = anchors.anchor_slots(parts)
    drive, kick = MUSIC.drive(), MUSIC.rank("kick")
    errors = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        chosen = anchors.choose_anchors(MUSIC, parts, rng, bpm=130.0).rows
        errors += [abs(drive[row] - slot.energy) for row, slot in zip(chosen, slots, strict=True)]
        of = {parts[s.section].name: kick[row] for row, s in zip(chosen, slots, strict=True)}
        assert of["break"] < of["drop"] - 0.3
    assert np.mean(errors) < 0.15


def tracks_of(music: Material, rows: Sequence[int]) -> set[str]:
    return {music.track_ids[row] for row in rows}


@pytest.mark.parametrize("seed", range(3))
def test_many_tracks_are_passed(seed: int) -> None:
    music = material(count=120, tracks=24)
    sections = form.plan(98, "classic")
    rng = np.random.default_rng(seed)
    chosen = anchors.choose_anchors(music, sections, rng, bpm=130.0)
    tops = anchors.choose_tops(music, sections, chosen, rng, bpm=130.0)
    assert len(tops) == len(sections)
    assert len(tracks_of(music, chosen.rows.tolist())) >= 6
    assert len(tracks_of(music, [*chosen.rows.tolist(), *itertools.chain(*tops)])) >= 12


def test_tops_are_rather_even() -> None:
    """Every other segment has a crash in its last bar, which would come round every four bars."""

    def measured(segment_id: str) -> np.ndarray:
        row = MUSIC.index(segment_id)
        spectrum = MUSIC.spectrogram(row)
        spectrum[384:, 64:] += 10.0 * (row % 2)
        return spectrum

    music = dataclasses.replace(MUSIC, read_spectrogram=measured)
    sections = form.plan(98, "classic")
    shares = {}
    for name, it in (("with", music), ("without", MUSIC)):
        found = []
        for seed in range(4):
            rng = np.random.default_rng(seed)
            chosen = anchors.choose_anchors(it, sections, rng, bpm=130.0)
            found += itertools.chain(*anchors.choose_tops(it, sections, chosen, rng, bpm=130.0))
        shares[name] = np.mean(np.array(found) % 2)
    assert shares["with"] < 0.5 * shares["without"]


def test_keys_near_the_home_key_are_preferred() -> None:
    """Half of the tracks would have to be transposed by two semitones."""
    near, far = Key(9, True), Key(11, True)
    number = {segment_id: row for row, segment_id in enumerate(MUSIC.ids)}

    def keys_of(ids: Sequence[str]) -> list[Key | None]:
        return [near if number[i] % 2 or number[i] == 0 else far for i in ids]

    music = dataclasses.replace(MUSIC, keys_of=keys_of)
    counts = {}
    for name, it in (("with", music), ("without", MUSIC)):
        chosen = [
            anchors.choose_anchors(
                it, form.plan(98), np.random.default_rng(seed), bpm=130.0, start=0
            )
            for seed in range(4)
        ]
        assert {one.home for one in chosen} == ({near.wheel} if name == "with" else {None})
        rows = np.concatenate([one.rows[1:] for one in chosen])
        counts[name] = np.mean(rows % 2 == 1)
    assert counts["with"] > counts["without"] + 0.1


def test_of_a_large_library_some_tracks_are_drawn() -> None:
    music = material(count=180, tracks=90)
    asked: list[str] = []

    def keys_of(ids: Sequence[str]) -> list[Key | None]:
        asked.extend(ids)
        return [None] * len(ids)

    with_keys = dataclasses.replace(music, keys_of=keys_of)
    drawn = []
    for seed in range(2):
        asked.clear()
        anchors.choose_anchors(with_keys, form.plan(98), np.random.default_rng(seed), bpm=130.0)
        drawn.append({music.track_ids[music.index(i)] for i in asked})
    assert all(len(tracks) <= 40 for tracks in drawn)
    assert drawn[0] != drawn[1]
