"""Clips of an older model become clips of the one that decodes now."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.arrangement import edits
from core.arrangement.clip import Clip, LatentSource
from core.library.latent_map import LatentMap
from core.library.store import Library
from technovae_gui.main_window import MainWindow
from tests.technovae_gui.conftest import put_session

PATIENCE = 20_000


@pytest.fixture
def better(window: MainWindow) -> LatentMap:
    """The map of a model whose numbers are those of the last one, twice as large."""
    found = window.session.map
    assert found is not None
    made = replace(found, model_hash="better", latents=2.0 * found.latents)
    put_session(window, map=made)
    return made


def redecoded(window: MainWindow, qtbot: Any, source: LatentSource) -> LatentSource:
    window.document.edit("place", lambda now: edits.put(now, [(0, Clip("a", source, 0))]))
    with qtbot.waitSignal(window.document.changed, timeout=PATIENCE):
        window.sound.inspector.redecode_requested.emit(["a"])
    now = window.document.arrangement.clip("a").source
    assert isinstance(now, LatentSource)
    assert now.model_hash == "better"
    return now


def test_its_place_is_kept_and_can_be_undone(
    window: MainWindow, qtbot: Any, better: LatentMap
) -> None:
    with Library.open(better.library_path, read_only=True) as library:
        (last, *_) = [m.model_hash for m in library.maps()]
    source = LatentSource((0.5 * better.latents[7],), model_hash=last)
    now = redecoded(window, qtbot, source)
    np.testing.assert_allclose(now.array[0], better.latents[7], atol=0.05)
    window.document.undo_stack.undo()
    assert window.document.arrangement.clip("a").source == source


def test_numbers_of_a_model_that_nobody_remembers_are_taken(
    window: MainWindow, qtbot: Any, better: LatentMap
) -> None:
    source = LatentSource((better.latents[7],), model_hash="gone")
    assert redecoded(window, qtbot, source) == replace(source, model_hash="better")
