"""The self-contained program has in it what it opens and imports by name, and nothing twice."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement

from core import resources
from core.cli.main import _ROOMS
from core.demo.catalogue import styles

ROOT = Path(__file__).resolve().parents[1]
APP = ROOT / ".ci" / "app"


@pytest.fixture(scope="module")
def contents() -> ModuleType:
    spec = importlib.util.spec_from_file_location("contents", APP / "contents.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_what_is_opened_by_name_is_in_it(contents: ModuleType) -> None:
    data = contents.data()
    assert all(source.exists() for source, _ in data)
    targets = {f"{folder}/{source.name}" if source.is_file() else folder for source, folder in data}
    named = (
        resources.demo_library(),
        resources.demo_model(),
        resources.parts_model(),
        resources.pretrained(),
        resources.demo_model().with_suffix(".history.json"),
    )
    for path in named:
        assert path is not None
        assert f"core/data/{path.relative_to(ROOT).as_posix()}" in targets
    for path in (*ROOT.glob("technovae_gui/**/*.svg"), *ROOT.glob("technovae_gui/**/*.otf")):
        assert path.relative_to(ROOT).as_posix() in targets


def test_what_the_installer_copies_is_in_it(contents: ModuleType) -> None:
    targets = {f"{folder}/{source.name}" for source, folder in contents.data()}
    lines = (APP / "install").read_text().splitlines()
    values = dict(line.split("=", 1) for line in lines if "=" in line and " " not in line)
    assert {f"share/{values[name]}" for name in ("entry", "type", "icon")} <= targets


def test_modules_that_are_imported_by_name_are_in_it(contents: ModuleType) -> None:
    modules = set(contents.modules())
    assert {f"core.cli.{room}" for room in _ROOMS.values()} <= modules
    assert {f"core.demo.styles.{style}" for style in styles()} <= modules
    assert {"core", "technovae_gui", "technovae_gui.launch", "core.vae.training"} <= modules


def test_each_dependency_is_in_one_of_the_packs(contents: ModuleType) -> None:
    player, training = contents.player_distributions(), contents.training_distributions()
    assert not player & training
    for stated in map(Requirement, contents.project()["project"]["dependencies"]):
        if stated.marker is None or stated.marker.evaluate():
            assert stated.name.lower() in player | training
    assert {"keras"} <= training
    assert {"numpy", "h5py", "scikit-learn"} <= player
    assert {"keras", "tensorflow"} <= contents.training_packages()
    assert not {"numpy", "h5py", "scipy", "core"} & contents.training_packages()


def test_libraries_that_must_be_the_systems(contents: ModuleType) -> None:
    for name in ("libasound.so.2", "PySide6/Qt/plugins/platformthemes/libqgtk3.so"):
        assert contents.is_left_to_the_system(name)
    for name in ("libportaudio.so.2", "PySide6/Qt/plugins/platforms/libqxcb.so"):
        assert not contents.is_left_to_the_system(name)


@pytest.mark.skipif(sys.platform != "linux", reason="menus of Linux desktops")
def test_the_installer_adds_and_removes_an_entry(tmp_path: Path) -> None:
    program = tmp_path / "my $programs" / "technovae"
    share = program / "_internal" / "share"
    desktop = ROOT / "resources" / "desktop"
    for source, folder in (
        (desktop / "technovae.desktop", "applications"),
        (desktop / "technovae.xml", "mime/packages"),
        (ROOT / "technovae_gui" / "marks" / "technovae.svg", "icons/hicolor/scalable/apps"),
    ):
        (share / folder).mkdir(parents=True)
        (share / folder / source.name).write_bytes(source.read_bytes())
    (program / "technovae").write_text("#!/bin/sh\n")
    (program / "install").write_bytes((APP / "install").read_bytes())
    home = tmp_path / "home"
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    command = ["sh", str(program / "install")]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    entry = (home / ".local/share/applications/technovae.desktop").read_text()
    escaped = str(program / "technovae").replace("$", "\\\\$")
    assert f'Exec="{escaped}" %f' in entry.splitlines()
    assert (home / ".local/bin/technovae").resolve() == program / "technovae"
    subprocess.run([*command, "--remove"], env=environment, check=True, capture_output=True)
    assert not [path for path in home.rglob("technovae*") if path.is_file() or path.is_symlink()]
