"""The document: one arrangement, every edit undoable, refusals that change nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from core.arrangement import edits
from core.arrangement.clip import Clip, LatentSource, RealSource
from technovae_gui import mime
from technovae_gui.document import Document


def placed(document: Document, clip_id: str = "a", start: int = 0) -> None:
    lane = document.arrangement.lanes[0].id
    clip = Clip(clip_id, RealSource("x-0-0"), start)
    document.edit("place", lambda a: edits.add(a, lane, clip))


def test_an_edit_is_seen_and_undone(document: Document, qtbot: Any) -> None:
    before = document.arrangement
    with qtbot.waitSignal(document.changed):
        placed(document)
    assert document.undo_stack.undoText() == "place"
    document.undo_stack.undo()
    assert document.arrangement == before
    document.undo_stack.redo()
    assert document.arrangement.clip("a").start == 0


def test_a_drag_is_one_step(document: Document) -> None:
    placed(document)
    for _ in range(5):
        document.edit("move", lambda a: edits.move(a, ["a"], ticks=100), merge=("move", 1))
    assert document.arrangement.clip("a").start == 500
    assert document.undo_stack.count() == 2
    document.undo_stack.undo()
    assert document.arrangement.clip("a").start == 0


def test_what_is_refused_changes_nothing(document: Document, qtbot: Any) -> None:
    before = document.arrangement
    with qtbot.waitSignal(document.problem) as told:
        assert not document.edit("trim", lambda a: edits.trim_end(a, "none", 5))
    assert "none" in told.args[0]
    assert document.arrangement is before
    assert document.undo_stack.count() == 0


def test_selection_follows_what_is_there(document: Document) -> None:
    placed(document)
    document.select(["a", "gone"])
    assert document.selection == {"a"}
    document.undo_stack.undo()
    assert document.selection == frozenset()


def test_an_empty_loop_is_none(document: Document) -> None:
    document.set_loop((400, 100))
    assert document.loop == (100, 400)
    document.set_loop((7, 7))
    assert document.loop is None


def test_dragged_sources_arrive_to_the_last_bit(rng: np.random.Generator) -> None:
    dragged = [
        mime.DraggedSource(RealSource("t-0-4"), "Track, bar 5"),
        mime.DraggedSource(LatentSource(rng.normal(size=(4, 64)), 3, "phase", "abc")),
    ]
    assert mime.decode(mime.encode(dragged)) == dragged


_ENDS = """
import gc
from dataclasses import replace
from PySide6.QtCore import QObject
from technovae_gui.document import Document

class Holder(QObject):
    pass

for _ in range(200):
    holder = Holder()
    holder.itself = holder
    document = Document()
    for step in range(12):
        document.edit("tempo", lambda now: replace(now, bpm=100.0 + step), merge=step // 3)
    holder.document = document
holder = document = None
gc.collect()
"""


def test_a_document_that_python_s_search_for_garbage_finds_ends_in_good_order() -> None:
    """In a process of its own, which died of it."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", _ENDS], env=environment, check=False)
    assert done.returncode == 0
