"""The document that the window edits: an arrangement, its undo stack, selection and loop region."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from weakref import ref

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack
from shiboken6 import isValid

from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip, new_id
from core.errors import TechnoVAEError
from core.settings import TEMPO_PRIOR

Change = Callable[[Arrangement], Arrangement]
FIRST_LANES = 4


class Document(QObject):
    """Holds one immutable arrangement; every edit replaces it and can be undone.

    Args:
        arrangement: to begin with; None for four empty lanes.
        parent: of the QObject.

    Signals:
        changed(): the arrangement is another one.
        selection_changed(): other clips are selected.
        loop_changed(): the loop region is another one.
        automation_follows_changed(): `automation_follows` has another value.
        replaced(): another document took the place of this one, with no history.
        problem(str): an edit was refused, and why; nothing changed.
    """

    changed = Signal()
    replaced = Signal()
    selection_changed = Signal()
    loop_changed = Signal()
    automation_follows_changed = Signal()
    problem = Signal(str)

    def __init__(
        self, arrangement: Arrangement | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._arrangement = arrangement or empty_arrangement()
        self._selection: frozenset[str] = frozenset()
        self._loop: tuple[int, int] | None = None
        self._last_loop: tuple[int, int] | None = None
        self._automation_follows = True
        self.undo_stack = QUndoStack(self)

    @property
    def arrangement(self) -> Arrangement:
        """What is edited now. It is immutable, so it can be kept as a snapshot."""
        return self._arrangement

    @property
    def selection(self) -> frozenset[str]:
        """Ids of the selected clips."""
        return self._selection

    @property
    def loop(self) -> tuple[int, int] | None:
        """The loop region in ticks, start before end, or None."""
        return self._loop

    @property
    def last_loop(self) -> tuple[int, int] | None:
        """The loop region, or that which was removed last; None where there was none yet."""
        return self._last_loop

    @property
    def automation_follows(self) -> bool:
        """Whether curves go along where clips are moved, copied or removed, and with time."""
        return self._automation_follows

    @automation_follows.setter
    def automation_follows(self, follows: bool) -> None:
        if follows != self._automation_follows:
            self._automation_follows = follows
            self.automation_follows_changed.emit()

    def selected_clips(self) -> list[Clip]:
        """The selected clips, lane by lane."""
        return [clip for clip in self._arrangement.clips() if clip.id in self._selection]

    def edit(self, name: str, change: Change, *, merge: Hashable = None) -> bool:
        """Replace the arrangement, as one undo step.

        Args:
            name: of the step, as the Edit menu shows it.
            change: gives the new arrangement, usually by a function of `core.arrangement.edits`.
                If it raises a `TechnoVAEError`, nothing changes and `problem` is emitted.
            merge: edits in a row with the same value (not None) become one step. A drag passes
                something like ("drag", its serial number).

        Returns:
            Whether anything changed.
        """
        try:
            after = change(self._arrangement)
        except TechnoVAEError as error:
            self.problem.emit(str(error))
            return False
        if after == self._arrangement:
            return False
        self.undo_stack.push(_held(_Edit(self, name, self._arrangement, after, merge)))
        return True

    def reset(self, arrangement: Arrangement) -> None:
        """Begin another document: no history, nothing selected, no loop region."""
        self.undo_stack.clear()
        self.set_loop(None)
        self._last_loop = None
        self.apply(arrangement)
        self.select(())
        self.replaced.emit()

    def select(self, clip_ids: Iterable[str]) -> None:
        """Select these clips and no others; ids without a clip are left out."""
        wanted = frozenset(clip_ids)
        found = frozenset(c.id for c in self._arrangement.clips() if c.id in wanted)
        if found != self._selection:
            self._selection = found
            self.selection_changed.emit()

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        """Set the loop region in ticks, in any order; None or an empty one removes it."""
        if loop is not None:
            first, last = max(0, min(loop)), max(loop)
            loop = (first, last) if last > first else None
        if loop != self._loop:
            self._loop, self._last_loop = loop, loop or self._last_loop
            self.loop_changed.emit()

    def apply(self, arrangement: Arrangement) -> None:
        """Replace the arrangement without an undo step; the undo stack calls this, too."""
        self._arrangement = arrangement
        self.changed.emit()
        self.select(self._selection)


class _Edit(QUndoCommand):
    """One edit. Arrangements share what has not changed, so keeping both costs little."""

    _MERGES = 1

    def __init__(
        self,
        document: Document,
        name: str,
        before: Arrangement,
        after: Arrangement,
        merge: Hashable,
    ) -> None:
        super().__init__(name)
        self._document = ref(document)
        self._before, self._after, self._merge = before, after, merge

    def id(self) -> int:
        return -1 if self._merge is None else self._MERGES

    def mergeWith(self, other: QUndoCommand) -> bool:  # noqa: N802
        if not isinstance(other, _Edit) or other._merge != self._merge:
            return False
        self._after = other._after
        self.setObsolete(self._after == self._before)
        return True

    def redo(self) -> None:
        self._apply(self._after)

    def undo(self) -> None:
        self._apply(self._before)

    def _apply(self, arrangement: Arrangement) -> None:
        document = self._document()
        if document is not None:
            document.apply(arrangement)


_edits: list[_Edit] = []
_MANY = 256
"""After so many more, those that are deleted by now are let go."""


def _held(edit: _Edit) -> _Edit:
    """`edit`, kept alive until its undo stack has deleted it.

    When Python's search for garbage finds a document, it may come to the stack before the edits.
    They would belong to Python then, and be deleted while the stack still has them: its own end
    reads freed memory, and the program dies.
    """
    if len(_edits) % _MANY == 0:
        _edits[:] = filter(isValid, _edits)
    _edits.append(edit)
    return edit


def empty_arrangement(bpm: float = TEMPO_PRIOR) -> Arrangement:
    """Four empty lanes at a tempo."""
    lanes = tuple(Lane(new_id(), f"Lane {n + 1}") for n in range(FIRST_LANES))
    return Arrangement(bpm, lanes)
