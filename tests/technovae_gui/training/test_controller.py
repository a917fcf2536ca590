"""Better models are taken over while they are trained, each once, by the library they are of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from technovae_gui.main_window import MainWindow

MODEL = Path("vae_best.keras")


@dataclass
class Result:
    path: Path = MODEL
    best_epoch: int = 1

    def lines(self) -> tuple[str, ...]:
        return ("done",)


@pytest.fixture
def opened(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, Path]]:
    """What was asked to be adopted, nothing of which is opened; a training is under way."""
    asked: list[tuple[Path, Path]] = []
    monkeypatch.setattr(
        window.sessions, "_request", lambda library, model: asked.append((library, model))
    )
    monkeypatch.setattr(window.training.job, "start", lambda *work, **arguments: True)
    window.training.panel.start_requested.emit(1.0, False, 0)
    return asked


def tell(window: MainWindow, *events: Any) -> None:
    for event in events:
        window.training.job.event_received.emit(event)
    window.training.job.returned.emit(Result())


def test_the_last_one_is_not_opened_again(
    window: MainWindow, opened: list[tuple[Path, Path]]
) -> None:
    tell(window, MODEL, MODEL)
    assert opened == [(window.session.library_path, MODEL)] * 2


def test_one_that_was_on_disk_before_is_opened_in_the_end(
    window: MainWindow, opened: list[tuple[Path, Path]]
) -> None:
    tell(window)
    assert opened == [(window.session.library_path, MODEL)]


def test_another_library_keeps_its_own_model(
    window: MainWindow,
    opened: list[tuple[Path, Path]],
    tmp_path: Path,
) -> None:
    window.sessions._last = replace(window.sessions._last, library=tmp_path)
    tell(window, MODEL)
    assert opened == []
