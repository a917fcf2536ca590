"""A session says why it has no map, and what brings one; few segments get company."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import core.session
from core.session import Session, with_demo
from core.vae.data import TrainingData
from tests.core.vae.conftest import music, track_rows


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({}, "wait until the library is open"),
        ({"generation": 1}, "import music and train a model first"),
        ({"generation": 1, "tracks": ("one",)}, "train a model first"),
        ({"generation": 1, "tracks": ("one",), "model_path": Path("m.keras")}, "is being made"),
    ],
)
def test_it_says_what_is_missing_for_a_map(fields: dict[str, Any], what: str) -> None:
    line = Session(**fields).missing_map
    assert line.startswith("there is no map yet; ")
    assert line.endswith(what)


def test_with_a_map_nothing_is_missing() -> None:
    a_map: Any = object()
    assert Session(map=a_map).missing_map == ""


@pytest.mark.parametrize(("count", "few"), [(1, "only 1 segment: "), (3, "only 3 segments: ")])
def test_a_few_segments_are_learned_with_the_demo_and_it_is_said(
    count: int, few: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core.session, "_windows_of", lambda path: music(tracks=2, bars=9))
    alone = TrainingData.of_tracks((f"{k}", track_rows(4, k), None) for k in range(count))
    mixed = with_demo(alone)
    assert mixed.segments() == count
    assert len(mixed.background_places()) == 12
    assert few + "learned together with the built-in demo" in mixed.notes[-1]
    enough = music(tracks=8, bars=11)
    assert with_demo(enough) is enough
