"""The demo is found wherever the program is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from core import resources

ROOT = Path(__file__).resolve().parents[2]

ENGINE = "technovae_gui/engine"

OPEN_THE_DEMO = """
import sys
import technovae_gui
from core import processes, resources
from core.library.store import Library
from core.library.latent_map import load
with Library.open(resources.demo_library(), read_only=True) as library:
    assert len(library.tracks()) == 24, library.tracks()
    assert library.segment_audio(library.segments()[0]).any()
assert load(resources.demo_library(), resources.demo_model()) is not None
assert "keras" not in sys.modules
with processes.ProcessExecutor(1) as executor:
    assert executor.submit(resources.demo_model).result() == resources.demo_model()
print(resources.demo_library())
print(resources.demo_model())
"""


def test_the_checkout_has_the_demo_at_its_top_level() -> None:
    assert resources.demo_library() == ROOT / "resources" / "demo"
    assert resources.demo_model() == ROOT / "saved_models" / "vae_best.keras"


def test_the_demo_of_a_zipped_install_is_unpacked_once(tmp_path: Path) -> None:
    files = {
        "resources/demo/library.sqlite": b"rows",
        "resources/demo/audio/a.ogg": b"sound",
        "saved_models/vae_best.keras": b"weights",
        "saved_models/vae_best.history.json": b"{}",
    }
    archive = tmp_path / "technovae.whl"
    with zipfile.ZipFile(archive, "w") as made:
        for name, content in files.items():
            made.writestr(f"{ENGINE}/core/data/{name}", content)
    data = zipfile.Path(archive, f"{ENGINE}/core/data/")
    copy = resources.unpacked(data, tmp_path / "cache")
    for name, content in files.items():
        assert (copy / name).read_bytes() == content
    (copy / "mark").touch()
    assert resources.unpacked(data, tmp_path / "cache") == copy
    assert (copy / "mark").exists()
    assert list((tmp_path / "cache").iterdir()) == [copy]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of this checkout, built without the network."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    _pip("wheel", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT))
    (made,) = folder.glob("*.whl")
    return made


@pytest.mark.slow
def test_a_wheel_installed_anywhere_finds_its_demo(wheel: Path, tmp_path: Path) -> None:
    """Beside another distribution that calls a package `core`, which stays as it is, too."""
    target = tmp_path / "vendored"
    foreign = target / "core" / "__init__.py"
    foreign.parent.mkdir(parents=True)
    foreign.write_text("raise ImportError('the core of another distribution')\n")
    _pip("install", "--no-compile", "--target", str(target), str(wheel))
    assert [path.name for path in foreign.parent.iterdir()] == [foreign.name]
    library, model = _open_the_demo(target, tmp_path)
    assert library.is_relative_to(target)
    assert model.is_relative_to(target)


@pytest.mark.slow
def test_a_zipped_install_finds_its_demo(wheel: Path, tmp_path: Path) -> None:
    library, model = _open_the_demo(wheel, tmp_path)
    assert library.is_relative_to(tmp_path / "home")
    assert model.is_relative_to(tmp_path / "home")


@pytest.mark.slow
def test_a_wheel_holds_the_demo_and_nothing_else_of_the_checkout(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    place = f"{ENGINE}/core/data/"
    data = {name.removeprefix(place) for name in names if name.startswith(place)}
    assert "resources/demo/library.sqlite" in data
    assert "saved_models/parts.keras" in data
    assert "saved_models/pretrained.npz" in data
    assert sum(name.endswith(".ogg") for name in data) == 24
    tops = {name.split("/")[0] for name in names}
    packages = {top for top in tops if not top.endswith((".dist-info", ".data"))}
    assert packages == {"technovae_gui"}
    modules = {name.removeprefix(f"{ENGINE}/") for name in names if name.endswith(".py")}
    sources = (path for top in ("core", "technovae_gui") for path in (ROOT / top).rglob("*.py"))
    assert modules == {path.relative_to(ROOT).as_posix() for path in sources}
    drawn = (
        path for kind in ("svg", "otf") for path in (ROOT / "technovae_gui").rglob(f"*.{kind}")
    )
    assert {path.relative_to(ROOT).as_posix() for path in drawn} <= set(names)
    shared = {name.split(".data/data/")[1] for name in names if ".data/data/" in name}
    assert shared == {
        "share/applications/technovae.desktop",
        "share/icons/hicolor/scalable/apps/technovae.svg",
        "share/mime/packages/technovae.xml",
    }


def _open_the_demo(path: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Where a fresh process with `path` on its import path finds library and model."""
    empty, home = tmp_path / "empty", tmp_path / "home"
    empty.mkdir()
    home.mkdir()
    # The dependencies are those of this environment; its own way to the checkout comes after.
    environment = {
        **os.environ,
        "PYTHONPATH": str(path),
        "HOME": str(home),
        "USERPROFILE": str(home),
        "LOCALAPPDATA": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "NUMBA_CACHE_DIR": str(home / "numba"),
    }
    done = subprocess.run(
        [sys.executable, "-c", OPEN_THE_DEMO],
        cwd=empty, env=environment, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not any(empty.iterdir())
    shutil.rmtree(empty)
    library, model = done.stdout.splitlines()
    return Path(library), Path(model)


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments[:1]]
    command += ["--quiet", "--no-deps", "--no-index", *arguments[1:]]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
