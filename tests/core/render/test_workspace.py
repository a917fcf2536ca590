"""A library and its model, opened together: what was made with them goes when they are closed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.arrangement.clip import LatentSource, RealSource
from core.library.store import Library
from core.render.workspace import open_workspace
from tests.core.render.conftest import CosineCodec

BPM = 127.0


def test_the_sounds_of_a_workspace_go_with_it(library: Library, tmp_path: Path) -> None:
    """Whoever opens one library after the other has the sounds of one of them in memory."""
    model = tmp_path / "model.keras"
    model.write_text("c0ffee")
    codec: Any = CosineCodec()
    with open_workspace(library.path, model, lambda _: codec) as space:
        decoder = space.decoder
        decoder.audio(RealSource(space.library.segments()[0].id), BPM)
        decoder.audio(LatentSource(decoder.latents()[1][0], model_hash="c0ffee"), BPM)  # type: ignore[arg-type]
        assert decoder.kept_bytes > 1_000_000
    assert decoder.kept_bytes == 0
