from __future__ import annotations

import dataclasses
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import resources
from core.arrangement import project_file
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip, LatentSource, PartsSource, RealSource, with_parts
from core.arrangement.lane_effects import LaneEffects
from core.arrangement.marker import Marker
from core.arrangement.project import Origin, Playback, Project
from core.errors import InputError, OutputError, ProjectError
from core.identifiers import is_identifier
from core.settings import LARGEST_LATENT
from tests.core.arrangement.strategies import arrangements, latent_sources, real_sources
from tests.fuzzing import examples
from tests.systems import needs_names_of_bytes

REAL = Clip("r", RealSource("segment"), 0)
LATENT = Clip("z", LatentSource(np.linspace(-3, 3, 64), 7, "phase", "abc"), 15360)


def document(**fields: Any) -> Project:
    lane = Lane("l", "drums", (REAL, LATENT))
    return Project(Arrangement(130.0, (lane,), "Night"), **fields)


@settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=examples(60),
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


@given(st.lists(st.floats(-LARGEST_LATENT, LARGEST_LATENT, width=32), min_size=64, max_size=64))
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
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=examples(30),
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
        {"gain_db": None},
    ],
)
def test_a_playback_that_is_none_is_reported(tmp_path: Path, playback: object) -> None:
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


def test_unknown_fields_are_kept_at_every_level(tmp_path: Path) -> None:
    """But in a clip's source: who does not know all of it would make another sound."""
    path = tmp_path / "p"
    marked = document()
    marker = Marker("m", 3840, "drop")
    (lane,) = marked.arrangement.lanes
    lane = lane.changed(effects=LaneEffects(mid_kill=True))
    marked = replace(marked, arrangement=Arrangement(130.0, (lane,), markers=(marker,)))
    project_file.save(marked, path)
    saved = json.loads(path.read_text(encoding="utf-8"))
    places = (
        saved,
        saved["library"],
        saved["model"],
        saved["playback"],
        saved["arrangement"],
        lane_of(saved),
        clip_of(saved),
        saved["arrangement"]["markers"][0],
        lane_of(saved)["effects"],
    )
    for number, place in enumerate(places):
        place["later"] = {"number": number, "small": 5e-324, "long": 2**70, "not": None}
    path.write_text(json.dumps(saved), encoding="utf-8")
    project_file.save(project_file.load(path), tmp_path / "q")
    assert json.loads((tmp_path / "q").read_text(encoding="utf-8")) == saved


def test_what_is_not_used_is_not_written(tmp_path: Path) -> None:
    """So that a file of an older version comes out as it went in."""
    project_file.save(document(), tmp_path / "p")
    saved = json.loads((tmp_path / "p").read_text(encoding="utf-8"))
    assert "markers" not in saved["arrangement"]
    assert "effects" not in lane_of(saved)
    assert not {"mute", "reverse", "colour"} & clip_of(saved).keys()


def test_unknown_fields_of_a_clip_go_with_it(tmp_path: Path) -> None:
    path = tmp_path / "p"
    project_file.save(document(), path)
    saved = json.loads(path.read_text(encoding="utf-8"))
    clip_of(saved)["later"] = 1
    path.write_text(json.dumps(saved), encoding="utf-8")
    loaded = project_file.load(path)
    lane = Lane("l", "drums", (REAL,))
    without = dataclasses.replace(loaded, arrangement=Arrangement(130.0, (lane,)))
    project_file.save(without, path)
    assert "later" not in path.read_text(encoding="utf-8")


WRITTEN_BY_THE_FIRST_VERSION = """{
 "view": {"zoom": 2},
 "format": "technovae project",
 "version": 1,
 "library": {"path": "/music/lib", "relative": "lib", "id": "4c1"},
 "model": {"path": null, "relative": null, "hash": "abc"},
 "playback": {"loop": [0, 3840], "looping": false, "gain_db": -6.0},
 "arrangement": {
  "bpm": 130, "title": "Night \u2013 Käse", "frames": null,
  "lanes": [{"id": "l", "name": "drums", "gain_db": 0, "pan": -0.5, "mute": false, "solo": true,
   "clips": [
    {"id": "r", "start": 0, "length": 15360, "offset": 0, "gain_db": 0.0, "fade_in": 0,
     "fade_out": 0, "bass_swap": false, "bass_cut": true, "name": "",
     "source": {"segment": "9f-0-4"}},
    {"id": "z", "start": 15360, "length": 15360, "offset": 0, "gain_db": 0.0, "fade_in": 0,
     "fade_out": 0, "bass_swap": false, "bass_cut": false, "name": "near",
     "source": {"seed": 7, "renderer": "phase", "model_hash": "abc", "latents": [[LATENT]]}}]}]}}
"""


def test_a_file_of_the_first_version_opens(tmp_path: Path) -> None:
    text = WRITTEN_BY_THE_FIRST_VERSION.replace("LATENT", ", ".join(["-0.1"] * 64))
    path = tmp_path / "p"
    path.write_text(text, encoding="utf-8")
    loaded = project_file.load(path)
    real, latent = loaded.arrangement.lanes[0].clips
    assert loaded.arrangement.bpm == 130.0
    assert loaded.arrangement.title == "Night – Käse"  # noqa: RUF001
    assert real == Clip("r", RealSource("9f-0-4"), 0, bass_cut=True)
    expected = LatentSource(np.full(64, -0.1), 7, "phase", "abc")  # type: ignore[arg-type]
    assert latent == Clip("z", expected, 15360, name="near")
    assert loaded.library == Path("/music/lib")
    assert (loaded.library_id, loaded.model, loaded.model_hash) == ("4c1", None, "abc")
    assert loaded.playback == Playback((0, 3840), False, -6.0)
    assert loaded.extra == {"view": {"zoom": 2}}
    assert loaded.origins == ()


def test_only_transposed_sources_need_the_second_version(tmp_path: Path) -> None:
    """Older programs read everything else; these sources they could not play."""
    path = tmp_path / "p"
    latent = LatentSource.of(np.full(64, 0.5), transpose=-2)
    for source, version in (
        (RealSource("9f-0-4"), 1),
        (RealSource("9f-0-4", 2), 2),
        (replace(latent, transpose=0), 1),
        (latent, 2),
    ):
        clip = Clip("r", source, 0, mid_cut=True, treble_cut=True, width=0.25)
        project_file.save(Project(Arrangement(130.0, (Lane("l", clips=(clip,)),))), path)
        text = path.read_text(encoding="utf-8")
        assert f'"version": {version}' in text
        assert ("transpose" in text) == (version == 2)
        assert project_file.load(path).arrangement.lanes[0].clips == (clip,)


def test_only_clips_of_parts_need_the_third_version(tmp_path: Path) -> None:
    path = tmp_path / "p.technovae"
    real, latent = RealSource("9f-0-4", transpose=2), LatentSource.of(np.full(64, 0.5))
    parts = PartsSource((real, latent, latent, real), (False, True, False, False))
    lane = Lane("l", "drums", (Clip("c", parts, 0), Clip("d", latent, 15360)))
    project_file.save(Project(Arrangement(130.0, (lane,))), path)
    document = json.loads(path.read_text())
    assert document["version"] == 3
    written = document["arrangement"]["lanes"][0]["clips"][0]["source"]
    assert len(written["sources"]) == 2
    assert written["parts"] == {"kick": 0, "bass": 1, "drums": 1, "rest": 0}
    assert written["muted"] == ["bass"]
    assert project_file.load(path).arrangement.lanes[0].clips[0].source == parts


def test_only_gains_of_parts_need_the_fourth_version(tmp_path: Path) -> None:
    path = tmp_path / "p.technovae"
    real = RealSource("9f-0-4")
    parts = PartsSource((real,) * 4, (False, True, False, False), (0.0, -96.0, 1.5, 0.0))
    lane = Lane("l", "drums", (Clip("c", parts, 0),))
    project_file.save(Project(Arrangement(130.0, (lane,))), path)
    document = json.loads(path.read_text())
    assert document["version"] == 4
    written = document["arrangement"]["lanes"][0]["clips"][0]["source"]
    assert written["gains_db"] == {"bass": -96.0, "drums": 1.5}
    assert project_file.load(path).arrangement.lanes[0].clips[0].source == parts


@pytest.mark.parametrize(
    "change",
    [
        {"gains_db": {"vocals": 1.0}},
        {"gains_db": {"kick": 99.0}},
        {"gains_db": {"kick": None}},
        {"parts": {"kick": 0, "bass": 1, "drums": 1}},
        {"parts": {"kick": 0, "bass": 1, "drums": 1, "rest": 2}},
        {"parts": {"kick": -1, "bass": 1, "drums": 1, "rest": 0}},
        {"muted": ["vocals"]},
        {"sources": []},
        {"sources": [{"sources": [], "parts": {}}]},
        {"unheard": 1},
    ],
)
def test_parts_that_cannot_be(change: dict[str, object]) -> None:
    real, latent = RealSource("9f-0-4"), LatentSource.of(np.full(64, 0.5))
    written = project_file.source_to_json(with_parts([real, latent, latent, real]))
    assert project_file.source_from_json(written)
    with pytest.raises(InputError):
        project_file.source_from_json(written | change)


@pytest.mark.parametrize("transpose", [1.5, 13, True, "2"])
def test_transpositions_that_cannot_be(tmp_path: Path, transpose: object) -> None:
    with pytest.raises(InputError):
        project_file.source_from_json({"segment": "9f-0-4", "transpose": transpose})


def test_what_is_no_number_is_not_written(tmp_path: Path) -> None:
    """JSON has none; a file with null in its place could not be read again."""
    with pytest.raises(InputError, match="gain"):
        Playback(gain_db=float("nan"))
    with pytest.raises(ValueError, match="not JSON compliant"):
        project_file.save(document(extra={"view": float("inf")}), tmp_path / "p")
    assert not (tmp_path / "p").exists()


@needs_names_of_bytes
def test_a_library_whose_path_is_no_text_is_found_again(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    library = folder / "library"
    library.mkdir(parents=True)
    path = folder / "a.technovae"
    project_file.save(Project(Arrangement(130.0), library=library), path)
    assert project_file.load(path).library_path(path) == library
    moved = folder.rename(tmp_path / os.fsdecode(b"na\xefve"))
    again = project_file.load(moved / path.name)
    assert again.library_path(moved / path.name) == moved / "library"


def test_a_title_that_is_no_text_is_reported(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="not valid text"):
        project_file.save(Project(Arrangement(130.0, title="caf\udce9")), tmp_path / "a.technovae")


def origins() -> st.SearchStrategy[tuple[Origin, ...]]:
    ids = st.frozensets(st.text(max_size=4), max_size=3)
    paths = st.none() | st.sampled_from([Path("/a/lib"), Path("/b/model.keras")])
    names = st.from_regex("[0-9a-z][0-9a-z_-]{0,5}", fullmatch=True)
    names = names.filter(is_identifier)
    tracks = st.frozensets(names, max_size=3)
    one = st.builds(Origin, paths, paths, st.just("") | names, st.text(max_size=4), tracks, ids)
    return st.lists(one, max_size=3).map(tuple)


@settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=examples(30),
)
@given(origins())
def test_origins_come_back(tmp_path: Path, found: tuple[Origin, ...]) -> None:
    saved = document(origins=found)
    project_file.save(saved, tmp_path / "p")
    assert project_file.load(tmp_path / "p") == saved


def lane_of(saved: dict[str, Any]) -> dict[str, Any]:
    return saved["arrangement"]["lanes"][0]  # type: ignore[no-any-return]


def clip_of(saved: dict[str, Any]) -> dict[str, Any]:
    return lane_of(saved)["clips"][1]  # type: ignore[no-any-return]


DAMAGE: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (lambda d: d.update(version=project_file.VERSION + 1), "newer TechnoVAE"),
    (lambda d: d.update(version="1"), "no version"),
    (lambda d: d.pop("version"), "no version"),
    (lambda d: d.update(format="text"), "not a TechnoVAE project"),
    (lambda d: d.pop("arrangement"), "required field arrangement"),
    (lambda d: d.update(library=None), "library: expected object, got null"),
    (lambda d: d["model"].update(path=3), r"model\.path: expected str . null, got int"),
    (lambda d: d["arrangement"].update(bpm=0), "tempo"),
    (lambda d: d["arrangement"].update(bpm="fast"), r"arrangement\.bpm: expected float, got str"),
    (
        lambda d: d["arrangement"].update(lanes={}),
        r"arrangement\.lanes: expected array, got object",
    ),
    (lambda d: lane_of(d).pop("id"), r"lanes\[0\]: object missing required field id"),
    (lambda d: lane_of(d).update(mute=1), r"lanes\[0\]\.mute: expected bool, got int"),
    (lambda d: lane_of(d).pop("clips"), r"lanes\[0\]: object missing required field clips"),
    (lambda d: clip_of(d).update(start=0, length=5), "inside each other"),
    (lambda d: clip_of(d).update(start=1.5), r"clips\[1\]\.start: expected int, got float"),
    (lambda d: clip_of(d).update(gain_db=True), r"gain_db: expected float, got bool"),
    (lambda d: clip_of(d).update(id="r"), "occurs twice"),
    (lambda d: clip_of(d).update(source={}), "neither 'segment' nor 'latents'"),
    (lambda d: clip_of(d)["source"]["latents"][0].pop(), "64 numbers"),
    (
        lambda d: clip_of(d)["source"].update(latents="x"),
        r"source\.latents: expected array, got str",
    ),
    (lambda d: clip_of(d).update(source={"segment": 3}), r"source\.segment: expected str, got int"),
    (lambda d: clip_of(d)["source"].update(steps=3), "unknown field steps"),
    (lambda d: d.update(origins={}), "origins: expected array, got object"),
    (lambda d: d.update(origins=[{"library": 1}]), r"origins\[0\]\.library: expected object"),
    (lambda d: lane_of(d).update(pan=2), "pan must lie between"),
    (lambda d: clip_of(d).update(length=3840 * 10**9), "100,000 bars"),
    (lambda d: d["arrangement"].update(frames=10**18), "100,000 bars"),
    (lambda d: d["arrangement"].update(markers=[{"id": "m", "tick": 10**18}]), "100,000 bars"),
    (lambda d: d.update(playback={"loop": [0, 10**18]}), "100,000 bars"),
    (lambda d: d.update(playback={"gain_db": 1e308}), "master gain must lie between"),
    (lambda d: clip_of(d)["source"].update(latents=[[1e30] * 64]), "finite"),
    (lambda d: clip_of(d)["source"].update(seed=-1), "seed"),
    (lambda d: clip_of(d)["source"].update(renderer="x" * 10**7), r"renderer: expected str"),
    (lambda d: clip_of(d)["source"].update(model_hash="x" * 10**7), r"model_hash: expected str"),
    (lambda d: clip_of(d).update(id="x" * 10**7), r"id: expected str of length <= 200"),
    (lambda d: lane_of(d).update(id="x" * 10**7), r"id: expected str of length <= 200"),
    (lambda d: d["library"].update(path="x" * 10**7), r"path: expected str of length <= 32767"),
    (
        lambda d: d["arrangement"]["lanes"].extend(
            {"id": f"l{k}", "name": "", "clips": []} for k in range(500)
        ),
        "at most 500 lanes",
    ),
    (lambda d: lane_of(d).update(name=None), r"lanes\[0\]\.name: expected str, got null"),
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
    assert len(str(caught.value)) < 500 + len(str(path))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"bpm": NaN}',
        b'{"bpm": Infinity}',
        b'{"bpm": 1e999}',
        b"9" * 5000,
        b'{"title": "\\ud800"}',
    ],
)
def test_files_that_are_no_project(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "p"
    path.write_bytes(content)
    with pytest.raises(ProjectError, match="not a"):
        project_file.load(path)


@given(st.integers(0, 3000), st.binary(max_size=3))
@settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=examples(60),
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


@pytest.mark.parametrize("name", ["../../x", "a/b", "a\\b", "", "\0", "x" * 200, "nul", "\x1b[2J"])
def test_names_that_could_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "p"
    project_file.save(document(origins=(Origin(library_id="a", tracks=frozenset({"t"})),)), path)
    changes: list[Callable[[dict[str, Any]], object]] = [
        lambda d: lane_of(d)["clips"][0].update(source={"segment": name}),
        lambda d: d["origins"][0].update(tracks=[name]),
        lambda d: d["library"].update(id=name or "."),
        lambda d: d["origins"][0]["library"].update(id=name or "."),
    ]
    for change in changes:
        saved = json.loads(path.read_text(encoding="utf-8"))
        change(saved)
        (tmp_path / "changed").write_text(json.dumps(saved), encoding="utf-8")
        with pytest.raises(ProjectError, match="is not the id") as caught:
            project_file.load(tmp_path / "changed")
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 600


@pytest.mark.skipif(os.name == "nt", reason="no such files")
def test_what_is_no_file_is_not_read() -> None:
    with pytest.raises(ProjectError, match="is no file"):
        project_file.load("/dev/zero")


@pytest.mark.parametrize("size", [500_000_000, 1 << 40])
def test_a_gigantic_file_is_not_read(tmp_path: Path, size: int) -> None:
    path = tmp_path / "p"
    with path.open("wb") as file:
        file.truncate(size)
    with pytest.raises(ProjectError, match="too large"):
        project_file.load(path)


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
