"""Auditioned places: newest first, each once, bounded but for stars, and kept in a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.arrangement import audition_history
from core.arrangement.audition_history import MOST_PLACES, AuditionedPlace, AuditionHistory
from core.arrangement.clip import LatentSource, RealSource
from core.errors import InputError

LATENT = LatentSource((tuple([0.125] * 64),), seed=2, model_hash="m")


def place(number: int, *, favourite: bool = False) -> AuditionedPlace:
    return AuditionedPlace(
        RealSource(f"s-0-{number}"), f"place {number}", (0.1, 0.2), "s", favourite
    )


def filled(count: int) -> AuditionHistory:
    found = AuditionHistory()
    for number in range(count):
        found = found.with_place(place(number))
    return found


def test_the_newest_is_on_top_and_each_is_there_once_with_its_star() -> None:
    found = filled(3).with_star(place(0).source, True).with_place(place(0))
    assert [it.name for it in found] == ["place 0", "place 2", "place 1"]
    assert [it.favourite for it in found] == [True, False, False]
    assert [it.name for it in found.favourites()] == ["place 0"]
    assert [it.name for it in found.without(place(2).source)] == ["place 0", "place 1"]


def test_the_oldest_go_but_stars_stay() -> None:
    found = filled(5).with_star(place(0).source, True)
    for number in range(5, MOST_PLACES + 50):
        found = found.with_place(place(number))
    assert len(found) == MOST_PLACES + 1
    assert place(0).source in {it.source for it in found.favourites()}
    assert place(1).source not in {it.source for it in found}


def test_lists_are_joined() -> None:
    older = filled(3).with_star(place(1).source, True)
    newer = AuditionHistory((place(1), place(9)))
    joined = newer.followed_by(older)
    assert [it.name for it in joined] == ["place 1", "place 9", "place 2", "place 0"]
    assert joined.places[0].favourite


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    saved = filled(3).with_place(
        AuditionedPlace(LATENT, "Between é and B", (-0.5, 1.25), "s", True)
    )
    path = tmp_path / "heard" / "library.json"
    assert audition_history.load(path) == AuditionHistory()
    audition_history.save(saved, path)
    assert audition_history.load(path) == saved


def test_positions_may_be_numbers_of_numpy(tmp_path: Path) -> None:
    x, y = np.array([0.25, 0.75])
    path = tmp_path / "library.json"
    audition_history.save(AuditionHistory((AuditionedPlace(LATENT, "here", (x, y), "s"),)), path)
    (back,) = audition_history.load(path)
    assert back.xy == (0.25, 0.75)


@pytest.mark.parametrize(
    "content",
    [
        b"no json",
        b'{"format": "other", "places": []}',
        b'{"format": "technovae heard places", "places": [{"source": {}, "name": "a"}]}',
        b'{"format": "technovae heard places", "places": [1]}',
        b"[" * 100_000,
    ],
)
def test_another_file_is_told_and_left(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"a\.json"):
        audition_history.load(path)
    assert path.read_bytes() == content
