from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import resources
from core.arrangement import project_file
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip, LatentSource, RealSource
from core.arrangement.project_file import Playback, Project
from core.errors import OutputError, ProjectError
from tests.core.arrangement.strategies import arrangements, latent_sources, real_sources

REAL = Clip("r", RealSource("segment"), 0)
LATENT = Clip("z", LatentSource(np.linspace(-3, 3, 64), 7, "phase", "abc"), 15360)


def document(**fields: Any) -> Project:
    lane = Lane("l", "drums", (REAL, LATENT))
    return Project(Arrangement(130.0, (lane,), "Night"), **fields)


@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60
)
@given(
    arrangements(st.one_of(real_sources(), latent_sources()), min_lanes=0),
    st.none() | st.integers(0, 10**9),
    st.text(max_size=5),
)
def test_what_is_saved_comes_back(
    tmp_path: Path, arrangement: Arrangement, frames: int | None, name: str
) -> None:
    saved = Project(arrangement.changed(frames=frames), tmp_path / "lib", None, name, "id")
    project_file.save(saved, tmp_path / "p.technovae")
    assert project_file.load(tmp_path / "p.technovae") == saved


@given(
    st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=64, max_size=64)
)
def test_latents_keep_every_bit(values: list[float]) -> None:
    source = LatentSource(values)  # type: ignore[arg-type]
    again = project_file.source_from_json(
        json.loads(json.dumps(project_file.source_to_json(source)))
    )
    assert isinstance(again, LatentSource)
    assert again.array.tobytes() == source.array.tobytes()


@given(
    st.none() | st.tuples(st.integers(0, 10**6), st.integers(1, 10**6)),
    st.booleans(),
    st.floats(-60, 6),
)
@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30
)
def test_how_it_was_listened_to_comes_back(
    tmp_path: Path, loop: tuple[int, int] | None, looping: bool, gain_db: float
) -> None:
    region = None if loop is None else (loop[0], loop[0] + loop[1])
    saved = document(playback=Playback(region, looping, gain_db))
    project_file.save(saved, tmp_path / "p")
    assert project_file.load(tmp_path / "p") == saved


def test_a_file_without_it_plays_as_ever(tmp_path: Path) -> None:
    project_file.save(document(playback=Playback((0, 3840), False, -6.0)), tmp_path / "p")
    content = json.loads((tmp_path / "p").read_text())
    del content["playback"]
    (tmp_path / "p").write_text(json.dumps(content))
    assert project_file.load(tmp_path / "p").playback == Playback()


@pytest.mark.parametrize(
    "playback",
    [
        7,
        {"loop": [4, 4]},
        {"loop": [True, 4]},
        {"loop": [1, 2, 3]},
        {"looping": "yes"},
        {"what": 1},
    ],
)
def test_a_playback_that_is_none_is_told(tmp_path: Path, playback: object) -> None:
    project_file.save(document(), tmp_path / "p")
    content = json.loads((tmp_path / "p").read_text())
    content["playback"] = playback
    (tmp_path / "p").write_text(json.dumps(content))
    with pytest.raises(ProjectError, match="damaged"):
        project_file.load(tmp_path / "p")


def test_the_built_in_demo_is_not_stored_by_place(tmp_path: Path) -> None:
    project_file.save(document(), tmp_path / "p")
    loaded = project_file.load(tmp_path / "p")
    assert loaded.library_path(tmp_path / "p") == resources.demo_library()
    assert loaded.model_path(tmp_path / "p") == resources.demo_model()


def test_a_project_moves_with_its_library(tmp_path: Path) -> None:
    old = tmp_path / "old"
    (old / "music" / "lib").mkdir(parents=True)
    (old / "model.keras").touch()
    project_file.save(document(library=old / "music" / "lib", model=old / "model.keras"), old / "p")
    new = tmp_path / "new"
    shutil.move(old, new)
    loaded = project_file.load(new / "p")
    assert loaded.library_path(new / "p") == new / "music" / "lib"
    assert loaded.model_path(new / "p") == new / "model.keras"


def test_a_project_moves_without_its_library(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "far" / "away").mkdir(parents=True)
    project_file.save(document(library=tmp_path / "lib"), tmp_path / "p")
    moved = shutil.move(tmp_path / "p", tmp_path / "far" / "away" / "p")
    assert project_file.load(moved).library_path(moved) == tmp_path / "lib"


def test_what_is_gone_is_named(tmp_path: Path) -> None:
    path = tmp_path / "p"
    project_file.save(document(library=tmp_path / "lib", model=tmp_path / "m.keras"), path)
    with pytest.raises(ProjectError, match=r"library .*lib is gone; .*--library"):
        project_file.load(path).library_path(path)
    with pytest.raises(ProjectError, match=r"model .*m.keras is gone; .*--model"):
        project_file.load(path).model_path(path)


def test_another_model_or_library_is_refused() -> None:
    document(library_id="one").check("abc", "one")
    document().check("abc")
    with pytest.raises(ProjectError, match=r"another model .*abc.*--model"):
        document().check("def")
    document().check("def", remembers=lambda other: other == "abc")
    with pytest.raises(ProjectError, match=r"another library.*--library"):
        document(library_id="one").check("abc", "two")
    only_real = Project(Arrangement(130.0, (Lane("l", clips=(REAL,)),)))
    only_real.check("def")


def test_unknown_top_fields_are_kept(tmp_path: Path) -> None:
    project_file.save(document(extra={"view": {"zoom": 2}}), tmp_path / "p")
    loaded = project_file.load(tmp_path / "p")
    assert loaded.extra == {"view": {"zoom": 2}}
    project_file.save(loaded, tmp_path / "q")
    assert json.loads((tmp_path / "q").read_text())["view"] == {"zoom": 2}


def lane_of(saved: dict[str, Any]) -> dict[str, Any]:
    return saved["arrangement"]["lanes"][0]  # type: ignore[no-any-return]


def clip_of(saved: dict[str, Any]) -> dict[str, Any]:
    return lane_of(saved)["clips"][1]  # type: ignore[no-any-return]


DAMAGE: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (lambda d: d.update(version=2), "newer TechnoVAE"),
    (lambda d: d.update(version="1"), "no version"),
    (lambda d: d.pop("version"), "no version"),
    (lambda d: d.update(format="text"), "not a TechnoVAE project"),
    (lambda d: d.pop("arrangement"), "'arrangement' is missing"),
    (lambda d: d.update(library=None), "path is None"),
    (lambda d: d["model"].update(path=3), "path is 3"),
    (lambda d: d["arrangement"].update(bpm=0), "tempo"),
    (lambda d: d["arrangement"].update(bpm="fast"), "'bpm' is 'fast'"),
    (lambda d: d["arrangement"].update(lanes={}), "lanes is {}"),
    (lambda d: lane_of(d).pop("id"), "id"),
    (lambda d: lane_of(d).update(mute=1), "'mute' is 1"),
    (lambda d: lane_of(d).update(colour="red"), "unknown field 'colour'"),
    (lambda d: clip_of(d).update(start=0, length=5), "inside each other"),
    (lambda d: clip_of(d).update(start=1.5), "'start' is 1.5"),
    (lambda d: clip_of(d).update(gain_db=True), "'gain_db' is True"),
    (lambda d: clip_of(d).update(id="r"), "occurs twice"),
    (lambda d: clip_of(d).update(source={}), "'latents' is missing"),
    (lambda d: clip_of(d)["source"]["latents"][0].pop(), "64 numbers"),
    (lambda d: clip_of(d)["source"].update(latents="x"), "latents is 'x'"),
    (lambda d: clip_of(d).update(source={"segment": 3}), "segment is 3"),
]


@pytest.mark.parametrize(("damage", "problem"), DAMAGE)
def test_damage_is_named(
    tmp_path: Path, damage: Callable[[dict[str, Any]], object], problem: str
) -> None:
    path = tmp_path / "p"
    project_file.save(document(), path)
    saved = json.loads(path.read_text(encoding="utf-8"))
    damage(saved)
    path.write_text(json.dumps(saved), encoding="utf-8")
    with pytest.raises(ProjectError, match=problem) as caught:
        project_file.load(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b"[" * 100_000, b'{"bpm": NaN}', b"9" * 5000],
)
def test_files_that_are_no_project(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "p"
    path.write_bytes(content)
    with pytest.raises(ProjectError, match="not a"):
        project_file.load(path)


@given(st.integers(0, 3000), st.binary(max_size=3))
@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60
)
def test_random_damage_never_escapes(tmp_path: Path, at: int, junk: bytes) -> None:
    path = tmp_path / "p"
    project_file.save(document(), path)
    content = path.read_bytes()
    path.write_bytes(content[:at] + junk + content[at + len(junk) :])
    try:
        project_file.load(path)
    except ProjectError:
        return


def test_missing_and_unreadable(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="no such project"):
        project_file.load(tmp_path / "p")
    with pytest.raises(ProjectError, match="could not be read"):
        project_file.load(tmp_path)


def test_a_failed_save_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "p"
    project_file.save(document(), path)
    before = path.read_bytes()
    bad = dataclasses.replace(document(), extra={"view": {1, 2}})
    with pytest.raises(TypeError):
        project_file.save(bad, path)
    assert path.read_bytes() == before
    with pytest.raises(OutputError):
        project_file.save(document(), tmp_path / "no" / "where")
