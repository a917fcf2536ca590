"""What a project's clips are made from."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip, LatentSource, RealSource, with_parts
from core.arrangement.project import Origin, Project, origin_of, track_of
from core.arrangement.project_file import load, save
from core.errors import ProjectError

REAL = RealSource("aaaa-0-4")
OTHER = RealSource("bbbb-1-0")
LATENT = LatentSource(np.zeros(64), model_hash="old")  # type: ignore[arg-type]
ELSEWHERE = Origin(
    Path("/b/lib"),
    Path("/b/model.keras"),
    "b",
    "new",
    frozenset({"bbbb", "cccc"}),
    frozenset({"old", "older"}),
)


def project(**fields: object) -> Project:
    clips = tuple(Clip(str(n), s, n * 20000) for n, s in enumerate((REAL, OTHER, LATENT)))
    return Project(Arrangement(130.0, (Lane("l", clips=clips),)), **fields)  # type: ignore[arg-type]


def test_the_track_of_a_segment() -> None:
    assert track_of(REAL) == "aaaa"


def test_an_origin_claims_its_tracks_and_models() -> None:
    assert not ELSEWHERE.claims(REAL)
    assert ELSEWHERE.claims(OTHER)
    assert ELSEWHERE.claims(LATENT)
    assert not ELSEWHERE.claims(LatentSource(np.zeros(64)))  # type: ignore[arg-type]
    assert origin_of(REAL, (ELSEWHERE,)) is None
    assert origin_of(OTHER, (Origin(), ELSEWHERE)) is ELSEWHERE


def test_only_what_is_used_of_an_origin_is_saved() -> None:
    used = ELSEWHERE.used_by([REAL, OTHER, LATENT])
    assert used is not None
    assert (used.tracks, used.models) == ({"bbbb"}, {"old"})
    assert ELSEWHERE.used_by([REAL]) is None


def test_clips_of_an_origin_are_not_missed() -> None:
    with pytest.raises(ProjectError, match="another model"):
        project().check("mine")
    project(origins=(ELSEWHERE,)).check("mine")
    with pytest.raises(ProjectError, match="another library"):
        project(origins=(ELSEWHERE,), library_id="a").check("mine", "c")


def test_all_of_a_project_moves_together(tmp_path: Path) -> None:
    old = tmp_path / "old"
    for name in ("lib", "other"):
        (old / name).mkdir(parents=True)
    gone = tmp_path / "gone.keras"
    save(project(library=old / "lib", origins=(Origin(old / "other", gone, "b"),)), old / "p")
    new = tmp_path / "new"
    shutil.move(old, new)
    found = load(new / "p").located(new / "p")
    assert found.library == new / "lib"
    assert found.origins[0].library == new / "other"
    assert found.origins[0].model == gone


def test_the_built_in_demo_is_everywhere(tmp_path: Path) -> None:
    assert project().located(tmp_path / "p").library is None


def test_parts_are_of_the_library_of_what_they_are_made_from() -> None:
    parts = with_parts([OTHER, OTHER, OTHER, OTHER], (True, False, False, False))
    assert origin_of(parts, (Origin(), ELSEWHERE)) is ELSEWHERE
    used = ELSEWHERE.used_by([parts])
    assert used == ELSEWHERE.used_by([OTHER])
    lane = Lane("l", "parts", (Clip("c", parts, 0),))
    assert Project(Arrangement(130.0, (lane,))).sources() == [OTHER]
