"""Stand-ins for what the project room works with: sessions without files, answers without boxes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from core import resources
from core.arrangement import edits
from core.arrangement.clip import Clip, ClipSource, LatentSource, RealSource, new_id
from core.errors import TechnoVAEError
from core.session import Session
from technovae_gui.document import Document
from technovae_gui.project.questions import Leaving, OtherLibrary


class FakeSessions(QObject):
    """Notes which libraries are asked for; `arrive` puts a session in place."""

    session_changed = Signal(object)
    problem = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.session = Session()
        self.requested_library: Path | None = None
        self.opened: list[tuple[Path | None, Path | None]] = []

    def open(self, library: Path | None = None, model: Path | None = None) -> None:
        self.opened.append((library, model))
        self.requested_library = library

    def arrive(self, session: Session) -> None:
        self.session = session
        self.session_changed.emit(session)


class FakeBackground:
    """Works at once."""

    def submit(
        self,
        work: Callable[[], Any],
        then: Callable[[Any], None],
        failed: Callable[[str], None] | None = None,
    ) -> None:
        try:
            result = work()
        except TechnoVAEError as error:
            if failed is not None:
                failed(str(error))
        else:
            then(result)


class FakeQuestions:
    """Answers as it is told to, and notes what it was asked."""

    def __init__(self) -> None:
        self.leaving = Leaving.CANCEL
        self.other_library = OtherLibrary.CANCEL
        self.asked: list[tuple[str, ...]] = []

    def ask_leaving(self, name: str) -> Leaving:
        self.asked.append((name,))
        return self.leaving

    def ask_other_library(self, library: str, current: str) -> OtherLibrary:
        self.asked.append((library, current))
        return self.other_library


def session(
    library: Path, *tracks: str, model: str = "", model_path: Path | None = None, name: str = ""
) -> Session:
    """A session of the library in this folder, whose id is its name unless another is given."""
    found: Any = tuple(SimpleNamespace(id=track) for track in tracks)
    return Session(
        generation=1,
        library_path=library,
        library_id=name or library.name,
        tracks=found,
        model_path=(model_path or library / "m.keras") if model else None,
        model_hash=model,
    )


DEMO = session(resources.demo_library(), "d1", model="demo", name="demo")


def real(track: str) -> RealSource:
    """A segment of this track."""
    return RealSource(f"{track}-0-0")


def latent(model: str) -> LatentSource:
    """A latent of the model of this hash."""
    return LatentSource(np.zeros(64), model_hash=model)  # type: ignore[arg-type]


def place(document: Document, *sources: ClipSource) -> None:
    """Put clips on the first lane, one after the other."""
    for source in sources:
        lane = document.arrangement.lanes[0]
        clip = Clip(new_id(), source, lane.end)
        document.edit("place", lambda a, it=clip, to=lane.id: edits.add(a, to, it))
