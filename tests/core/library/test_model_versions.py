"""Versions of a library's model: kept, noted, found, bounded, deleted, and never trusted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.errors import LibraryError
from core.library.model_versions import (
    LONGEST_NOTE,
    MOST_VERSIONS,
    Figures,
    ModelVersion,
    bring_to_target,
    delete_version,
    describe,
    find_version,
    keep_present_model,
    keep_version,
    read_versions,
    total_size,
    versions_folder,
    write_note,
)
from core.library.models import MODEL_NAME, model_for, remember_model
from core.resources import demo_library, digest

FIGURES = Figures(600.0, 40, 2.91, 7.5, 0.93, "212 of 240 segments")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a library whose model stands for any."""
    path = tmp_path / "library"
    (path / MODEL_NAME).parent.mkdir(parents=True)
    (path / MODEL_NAME).write_bytes(b"model 0")
    return path


def trained(folder: Path, number: int, note: str = "") -> ModelVersion:
    """The version that a training leaves, one second after the one before."""
    (folder / MODEL_NAME).write_bytes(b"model %d" % number)
    return keep_version(folder, folder / MODEL_NAME, FIGURES, note, made_at=1.7e9 + number)


def test_each_training_leaves_a_version_with_its_figures_and_its_curves(folder: Path) -> None:
    (folder / MODEL_NAME).with_suffix(".history.json").write_text("[]")
    first, second = trained(folder, 1, "more bass"), trained(folder, 2)
    assert read_versions(folder) == [second, first]
    assert (first.figures, first.note) == (FIGURES, "more bass")
    assert first.path.read_bytes() == b"model 1"
    assert first.path.with_suffix(".history.json").read_text() == "[]"
    assert total_size(read_versions(folder)) == 14
    assert describe(first)[1:] == ("10.0", "2.91", "7.50", "0.93")
    assert trained(folder, 2).made_at == second.made_at, "the same model is one version"


def test_a_version_is_found_by_the_hash_that_projects_name(folder: Path) -> None:
    version = trained(folder, 1)
    assert find_version(folder, version.model_hash) == version.path
    version.path.write_bytes(b"another model under this name")
    assert find_version(folder, version.model_hash) is None
    for strange in ("", "../../model", "0" * 16, "x" * 16):
        assert find_version(folder, strange) is None


def test_the_model_before_a_training_is_kept_once(folder: Path) -> None:
    for _ in range(2):
        keep_present_model(folder)
    (version,) = read_versions(folder)
    assert version.model_hash == digest(folder / MODEL_NAME)
    assert describe(version)[1:] == ("", "", "", "")
    keep_present_model(folder / "no library")


def test_the_oldest_versions_without_a_note_make_room(folder: Path) -> None:
    noted, in_use = trained(folder, 1, "the good one"), trained(folder, 2)
    remember_model(folder, in_use.path)
    for number in range(3, MOST_VERSIONS + 6):
        trained(folder, number)
    left = read_versions(folder)
    assert [it.made_at - 1.7e9 for it in left[:-2]] == [
        *range(MOST_VERSIONS + 5, 5, -1),
    ]
    assert left[-2:] == [in_use, noted]


def test_a_training_goes_on_from_the_version_in_use(folder: Path) -> None:
    target = folder / MODEL_NAME
    target.with_suffix(".history.json").write_text("[1]")
    first = trained(folder, 1)
    target.with_suffix(".history.json").write_text("[2]")
    target.write_bytes(b"model 2, which is no version yet")
    assert not bring_to_target(folder, target)
    remember_model(folder, first.path)
    assert bring_to_target(folder, target)
    assert target.read_bytes() == b"model 1"
    assert target.with_suffix(".history.json").read_text() == "[1]"
    assert {it.path.read_bytes() for it in read_versions(folder)} == {
        b"model 1",
        b"model 2, which is no version yet",
    }
    assert not bring_to_target(folder, target)
    assert not bring_to_target(demo_library(), target)


def test_a_note_is_written_and_cut(folder: Path) -> None:
    version = trained(folder, 1)
    write_note(folder, version.model_hash, "  " + "x" * 2000)
    assert read_versions(folder)[0].note == "x" * LONGEST_NOTE
    with pytest.raises(LibraryError, match="no version"):
        write_note(folder, "0" * 16, "lost")


def test_a_version_is_deleted_unless_it_is_in_use(folder: Path) -> None:
    first, second = trained(folder, 1), trained(folder, 2)
    (folder / MODEL_NAME.parent / "versions" / "my notes.txt").write_text("mine")
    remember_model(folder, first.path)
    assert model_for(folder) == first.path
    with pytest.raises(LibraryError, match="in use"):
        delete_version(folder, first.model_hash)
    delete_version(folder, second.model_hash)
    assert read_versions(folder) == [first]
    assert sorted(path.name for path in first.path.parent.iterdir()) == [
        f"{first.model_hash}.json",
        first.path.name,
        "my notes.txt",
    ]


@pytest.mark.parametrize(
    "record",
    [
        "",
        "[]",
        "[" * 100_000,
        '{"made_at": "now"}',
        '{"made_at": 1e99}',
        json.dumps({"made_at": 1, "note": "x" * 2000}),
        '{"made_at": 1, "figures": {"library_db": "good"}}',
        "\xff",
    ],
)
def test_records_of_others_are_left_out(folder: Path, record: str) -> None:
    good, bad = trained(folder, 1), trained(folder, 2)
    bad.path.with_suffix(".json").write_text(record, "latin-1")
    assert read_versions(folder) == [good]


def test_nothing_is_read_or_written_through_links(folder: Path, tmp_path: Path) -> None:
    version = trained(folder, 1)
    elsewhere = tmp_path / "elsewhere"
    version.path.rename(elsewhere)
    version.path.symlink_to(elsewhere)
    assert read_versions(folder) == []
    assert find_version(folder, version.model_hash) is None
    versions = versions_folder(folder)
    versions.rename(tmp_path / "moved")
    versions.symlink_to(tmp_path / "moved")
    with pytest.raises(LibraryError, match="link"):
        read_versions(folder)


def test_versions_of_the_demo_are_the_users(tmp_path: Path) -> None:
    assert versions_folder(demo_library()).is_relative_to(tmp_path / "user-data")
    assert read_versions(demo_library()) == []


def test_a_library_that_is_moved_goes_on_with_its_version(folder: Path) -> None:
    first, _ = trained(folder, 1), trained(folder, 2)
    remember_model(folder, first.path)
    moved = folder.rename(folder.with_name("moved"))
    assert model_for(moved).read_bytes() == b"model 1"
    outside = folder.with_name("elsewhere.keras")
    outside.write_bytes(b"model 3")
    remember_model(moved, outside)
    assert model_for(moved.rename(folder)) == outside
