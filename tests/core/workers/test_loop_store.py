"""Loops of clips on disk: found again by all that their sound depends on, and by nothing less."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core import resources
from core.arrangement.clip import ClipSource, LatentSource, RealSource, with_parts
from core.mapped_arrays import ArrayFile
from core.session import Session, open_session
from core.settings import segment_frames
from core.workers import loop_names
from core.workers.loop_files import LoopFiles
from core.workers.loop_store import LoopStore
from core.workers.segment_service import RenderedLoop

BPM = 131.0
PATIENCE = 240_000
LATENT = LatentSource((tuple([0.25] * 64),), seed=3, model_hash="first")
REAL = RealSource("0123456789abcdef-0-4")
MADE = RenderedLoop(np.full((segment_frames(BPM), 2), 0.5, np.float32), None, "mosaic", 1.5)


@pytest.fixture(scope="module")
def session() -> Session:
    return open_session(resources.demo_library(), resources.demo_model(), generation=1)


@pytest.fixture
def store(qapp: object, tmp_path: Path) -> Iterator[LoopStore]:
    made = LoopStore(files=LoopFiles(tmp_path))
    yield made
    made.close()


def find(
    qtbot: Any, store: LoopStore, session: Session, source: ClipSource, bpm: float = BPM
) -> RenderedLoop | None:
    answers: list[RenderedLoop | None] = []
    store.find(session, source, bpm, answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=PATIENCE)
    return answers[0]


@pytest.mark.parametrize("source", [LATENT, REAL, with_parts([REAL, LATENT, LATENT, LATENT])])
def test_what_was_kept_is_found_by_another_window(
    qtbot: Any, store: LoopStore, session: Session, tmp_path: Path, source: ClipSource
) -> None:
    assert find(qtbot, store, session, source) is None
    written: list[RenderedLoop | None] = []
    store.keep(session, source, BPM, MADE, written.append)
    other = LoopStore(files=LoopFiles(tmp_path))
    again = replace(session, generation=7, library_path=Path("moved"))
    qtbot.waitUntil(lambda: bool(written), timeout=PATIENCE)
    assert written[0] is not None
    np.testing.assert_array_equal(written[0].loop, MADE.loop)
    assert ArrayFile.of(written[0].loop) is not None
    found = find(qtbot, other, again, source)
    other.close()
    assert found is not None
    np.testing.assert_array_equal(found.loop, MADE.loop)
    assert (found.renderer, found.gain_db) == ("mosaic", 1.5)


@pytest.mark.parametrize(
    "source",
    [
        replace(LATENT, seed=4),
        replace(LATENT, renderer="guided"),
        replace(LATENT, transpose=1),
        replace(LATENT, model_hash="earlier"),
        LatentSource((tuple([0.25] * 63 + [0.26]),), seed=3, model_hash="first"),
        with_parts([LATENT] * 4, [True, False, False, False]),
    ],
)
def test_another_source_is_another_loop(
    qtbot: Any, store: LoopStore, session: Session, source: ClipSource
) -> None:
    store.keep(session, LATENT, BPM, MADE)
    assert find(qtbot, store, session, source) is None
    assert find(qtbot, store, session, LATENT, BPM) is not None
    assert find(qtbot, store, session, LATENT, 132.0) is None


def test_another_model_library_grid_or_map_is_another_loop(
    qtbot: Any, store: LoopStore, session: Session
) -> None:
    assert session.map is not None
    store.keep(session, LATENT, BPM, MADE)
    store.keep(session, REAL, BPM, MADE)
    track = session.tracks[0]
    corrected = replace(track, grid=track.grid.nudged(0.01))
    moved = replace(session.map, latents=session.map.latents + np.float32(0.01))
    for other in (
        replace(session, model_hash="another"),
        replace(session, tracks=(corrected, *session.tracks[1:])),
        replace(session, tracks=session.tracks[1:]),
        replace(session, library_id="another"),
        replace(session, map=moved),
        replace(session, map=None),
    ):
        assert find(qtbot, store, other, LATENT) is None
        by_tracks = (other.library_id, other.tracks) == (session.library_id, session.tracks)
        assert (find(qtbot, store, other, REAL) is not None) == by_tracks


def test_where_no_map_is_made_yet_no_latent_is_kept(
    qtbot: Any, store: LoopStore, session: Session, tmp_path: Path
) -> None:
    store.keep(replace(session, map=None), LATENT, BPM, MADE)
    assert find(qtbot, store, replace(session, map=None), LATENT) is None
    assert not list(tmp_path.iterdir())


def test_the_code_of_networks_in_use_counts() -> None:
    names = {path.name for path in loop_names._sounding_files()}
    assert {"numpy_layers.py", "numpy_model.py", "decoder.py", "guided.py"} <= names
