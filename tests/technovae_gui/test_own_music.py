"""One evening in the window with music of one's own: import, train, stop, correct a grid, go on."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
import soundfile

from core.library.models import model_target
from core.settings import SAMPLE_RATE
from core.vae.history import Epoch
from technovae_gui.library.beat_grid_editor import GridCorrection
from technovae_gui.main_window import MainWindow
from technovae_gui.training.training_panel import TrainingRequest
from tests import synthetic
from tests.core.vae.conftest import TINY

PATIENCE = 600_000
BARS = 25
"""Just enough of each track that the demo, which takes longer, is not learned along with them."""


@pytest.fixture
def music(tmp_path: Path) -> list[Path]:
    """Three tracks at 126, 128 and 130 BPM, six segments each."""
    files = []
    for number, bpm in enumerate((126.0, 128.0, 130.0)):
        spec = synthetic.Spec(bpm=bpm, parts=(synthetic.Part(BARS),), seed=number, channels=2)
        files.append(tmp_path / f"track {number}.wav")
        soundfile.write(files[-1], synthetic.render(spec).samples, SAMPLE_RATE)
    return files


@pytest.fixture(autouse=True)
def own_user_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There before the window is; the cache is the run's, which knows the demo."""
    for name in ("DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))


@pytest.fixture
def small_network(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    """The panel's trainings are of a network that an epoch takes a moment of."""
    start = window.training.job.start
    monkeypatch.setattr(
        window.training.job, "start", partial(start, options={"model": TINY, "batch": 4})
    )


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("small_network")
def test_from_files_to_a_map_of_ones_own(
    window: MainWindow, qtbot: Any, tmp_path: Path, music: list[Path]
) -> None:
    library = import_all(window, qtbot, tmp_path / "mine", music)
    epochs = train(window, qtbot, Path, resume=False)
    assert epochs >= 1
    assert model_target(library).is_file()
    map_of(window, qtbot, library)
    hear(window, qtbot)
    correct_a_grid(window, qtbot)
    map_of(window, qtbot, library)
    assert train(window, qtbot, Epoch, resume=True) > epochs
    map_of(window, qtbot, library)


def import_all(window: MainWindow, qtbot: Any, library: Path, music: list[Path]) -> Path:
    """As the panel asks for it; the demo makes way for a library of one's own."""
    panel = window.library.panel
    panel.create_requested.emit(library)
    qtbot.waitUntil(lambda: window.session.library_path == library, timeout=PATIENCE)
    panel.import_requested.emit(music)
    qtbot.waitUntil(lambda: len(window.session.tracks) == len(music), timeout=PATIENCE)
    assert sorted(round(track.grid.bpm) for track in window.session.tracks) == [126, 128, 130]
    assert window.session.map is None
    return library


def train(window: MainWindow, qtbot: Any, until: type, *, resume: bool) -> int:
    """Stopped at the first event of this type; how many epochs there have been in all."""
    training = window.training
    seen: list[object] = []
    results: list[Any] = []
    errors: list[str] = []

    def take(event: object) -> None:
        if isinstance(event, until) and not seen:
            seen.append(event)
            training.panel.stop_requested.emit()

    training.job.event_received.connect(take)
    training.job.returned.connect(results.append)
    training.job.errored.connect(errors.append)
    qtbot.waitUntil(lambda: not training.job.busy, timeout=PATIENCE)
    with qtbot.waitSignal(training.job.finished, timeout=PATIENCE):
        training.panel.start_requested.emit(TrainingRequest(2.0, resume, 1))
    training.job.event_received.disconnect(take)
    training.job.returned.disconnect(results.append)
    training.job.errored.disconnect(errors.append)
    assert errors == []
    assert seen
    assert results
    return int(results[0].epochs)


def map_of(window: MainWindow, qtbot: Any, library: Path) -> None:
    """Every segment of the library has its place, by the model that is on disk now."""

    def there() -> bool:
        found = window.session.map
        return (
            found is not None
            and found.library_path == library
            and len(found) == sum(track.windows(4) for track in window.session.tracks)
        )

    qtbot.waitUntil(there, timeout=PATIENCE)


def hear(window: MainWindow, qtbot: Any) -> None:
    """A segment, and a place between two."""
    found = window.session.map
    assert found is not None
    for choose in (
        lambda: window.map_view.choose_segment(found.segments[1].id),
        lambda: window.map_view.choose_xy((0.4, 0.6)),
    ):
        with qtbot.waitSignal(window.services.loops.auditioned, timeout=PATIENCE) as told:
            choose()
        assert abs(told.args[0].loop).max() > 0.05
    window.transport.stop()


def correct_a_grid(window: MainWindow, qtbot: Any) -> None:
    """Shifted by a beat, by hand; the library is read again with it."""
    track = window.session.tracks[0]
    shifted = track.grid.shifted(1)
    assert shifted.sections[0].downbeat != track.grid.sections[0].downbeat
    correction = GridCorrection(track.id, shifted)
    window.library.panel.grid_editor.correction_requested.emit(correction)

    def corrected() -> bool:
        now = next(t for t in window.session.tracks if t.id == track.id)
        return now.grid.sections == shifted.sections

    qtbot.waitUntil(corrected, timeout=PATIENCE)
