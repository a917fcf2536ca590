"""While another model's map is made, the one that is there stays and plays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.library.models import remember_model
from core.library.store import Library
from core.vae import checkpoint
from technovae_gui.main_window import MainWindow
from technovae_gui.placing import Placing
from tests.core.library.building import add_track
from tests.core.vae.conftest import TINY
from tests.technovae_gui.conftest import PATIENCE


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Two tracks and a model that knows nothing."""
    path = tmp_path / "library"
    with Library.create(path) as made:
        for k in range(2):
            add_track(made, f"Track {k}", seconds=17.0, bpm=124.0 + 2 * k, seed=k)
    remember_model(path, model(tmp_path / "first.keras", seed=1))
    return path


def model(path: Path, seed: int) -> Path:
    """Untrained; each seed another."""
    from core.vae.model import SegmentVAE, input_shape

    made = SegmentVAE(**{**TINY, "seed": seed})
    made.build(input_shape())
    checkpoint.save(made, path, {"seed": seed})
    return path


@pytest.fixture
def own(window: MainWindow, qtbot: Any, library: Path) -> Iterator[MainWindow]:
    window.studio.open(library)
    qtbot.waitUntil(lambda: shown(window) == library, timeout=PATIENCE)
    yield window
    window.stop()


def shown(window: MainWindow) -> Path | None:
    """Whose map is on the screen."""
    found = window.map_view.scene.map
    return None if found is None else found.library_path


@pytest.mark.slow
def test_the_map_stays_until_the_next_is_there(
    own: MainWindow, qtbot: Any, library: Path, tmp_path: Path
) -> None:
    before = own.studio.map
    maps: list[object] = []
    own.studio.map_changed.connect(maps.append)
    own.studio.open(library, model(tmp_path / "second.keras", seed=2))
    qtbot.waitUntil(lambda: own.studio.placing.job.busy, timeout=PATIENCE)
    with qtbot.waitSignal(own.studio.sounds.auditioned, timeout=PATIENCE) as told:
        own.map_view.point_chosen.emit((0.4, 0.6))
    assert own.studio.map is before
    assert np.isfinite(told.args[0].loop).all()
    qtbot.waitUntil(lambda: bool(maps), timeout=PATIENCE)
    assert own.studio.map is maps[0]
    assert own.studio.map is not None
    assert before is not None
    assert own.studio.map.model_hash != before.model_hash
    assert len(own.studio.map) == len(before)


@pytest.mark.slow
def test_a_model_that_cannot_be_used_leaves_the_map_as_it_is(
    own: MainWindow, qtbot: Any, library: Path, tmp_path: Path
) -> None:
    before = own.studio.map
    broken = tmp_path / "broken.keras"
    broken.write_bytes(b"not one")
    own.studio.open(library, broken)
    banners = own.panels.banners
    qtbot.waitUntil(lambda: "model" in banners.texts(), timeout=PATIENCE)
    assert "broken.keras" in banners.texts()["model"]
    assert own.studio.map is before
    assert own.studio.model_path == tmp_path / "first.keras"


def test_the_newest_wish_counts(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    placing = Placing()
    started: list[Path] = []
    placed: list[tuple[Path, Path]] = []
    placing.placed.connect(lambda *where: placed.append(where))
    busy = [False]
    monkeypatch.setattr(type(placing.job), "busy", property(lambda _: busy[0]))

    def start(work: object, library: Path, model: Path) -> bool:
        busy[0] = True
        started.append(model)
        return True

    def end() -> None:
        placing.job.returned.emit(None)
        busy[0] = False
        placing.job.finished.emit()

    monkeypatch.setattr(placing.job, "start", start)
    for name in ("first", "second", "third"):
        placing.want(Path("library"), Path(name))
    assert started == [Path("first")]
    end()
    assert placed == []
    assert started == [Path("first"), Path("third")]
    end()
    assert placed == [(Path("library"), Path("third"))]
    placing.want(Path("library"), Path("fourth"))
    placing.forget()
    end()
    assert len(placed) == 1
