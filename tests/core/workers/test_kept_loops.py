"""What the window has kept on disk is found by who exports, and an export sounds the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core import resources
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip, LatentSource, RealSource
from core.arrangement.export_options import ExportOptions
from core.progress import silent
from core.render.decoder import Decoder
from core.render.real_segments import RealSegments
from core.render.workspace import open_workspace
from core.session import Session, open_session
from core.settings import TICKS_PER_SEGMENT, segment_frames
from core.workers import kept_loops, tasks
from core.workers.kept_loops import KeptLoops
from core.workers.loop_files import LoopFiles
from core.workers.loop_names import LoopNames
from core.workers.segment_service import RenderedLoop

BPM = 131.0


@pytest.fixture(scope="module")
def session() -> Session:
    return open_session(resources.demo_library(), resources.demo_model(), generation=1)


def test_a_loop_is_found_as_it_was_asked_for(session: Session, tmp_path: Path) -> None:
    files, names = LoopFiles(tmp_path), LoopNames(session)
    samples = np.full((segment_frames(BPM), 2), 0.25, np.float32)
    real, latent = RealSource("0123456789abcdef-0-4"), LatentSource((tuple([0.25] * 64),))
    kept = KeptLoops(session, files)
    assert kept.get(real, BPM) is None
    for source, renderer in ((real, "original"), (latent, "mosaic")):
        files.write(names.of(source, BPM), RenderedLoop(samples, None, renderer))
        found = kept.get(source, BPM)
        assert found is not None
        np.testing.assert_array_equal(found, samples)
        assert kept.get(replace(source, transpose=1), BPM) is None
        assert kept.get(source, BPM + 1.0) is None
    assert KeptLoops(replace(session, library_id="another"), files).get(real, BPM) is None
    assert KeptLoops(replace(session, map=None), files).get(latent, BPM) is None
    silent_library = replace(latent, seed=1)
    files.write(names.of(silent_library, BPM), RenderedLoop(samples, None, "phase"))
    assert kept.get(silent_library, BPM) is None


@pytest.mark.slow
def test_a_master_of_kept_loops_is_the_same_to_the_bit(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_loops, "loops_folder", lambda: tmp_path / "loops")
    assert session.map is not None
    segment, latents = session.map.segments[3], session.map.latents
    sources = [
        RealSource(segment.id, 1),
        LatentSource(0.5 * (latents[0] + latents[60]), model_hash=session.model_hash),
    ]
    clips = [
        Clip(str(at), source, at * TICKS_PER_SEGMENT, TICKS_PER_SEGMENT)
        for at, source in enumerate(sources)
    ]
    arguments: dict[str, Any] = {
        "library": resources.demo_library(),
        "model": resources.demo_model(),
        "arrangement": Arrangement(BPM, (Lane("l", clips=tuple(clips)),), "A title"),
        "options": ExportOptions(lufs=-14.0),
        "progress": silent,
        "cancel": None,
    }
    tasks.export_audio(path=tmp_path / "anew.wav", **arguments)
    with open_workspace(resources.demo_library(), resources.demo_model()) as space:
        for source in sources:
            loop = RenderedLoop(
                space.decoder.audio(source, BPM), None, space.decoder.renderer_for(source)
            )
            LoopFiles(tmp_path / "loops").write(LoopNames(session).of(source, BPM), loop)
    for owner, name in ((RealSegments, "loop"), (RealSegments, "guide_loop")):
        monkeypatch.setattr(owner, name, None)
    monkeypatch.setattr(Decoder, "parts", None)
    tasks.export_audio(path=tmp_path / "kept.wav", **arguments)
    assert (tmp_path / "kept.wav").read_bytes() == (tmp_path / "anew.wav").read_bytes()
