"""`technovae reconstruct`: each segment beside its reconstruction, for A/B listening."""

from __future__ import annotations

import contextlib
import re
import tempfile
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

from core import resources
from core.arrangement.clip import RealSource
from core.atomic import output_folder
from core.audio import files
from core.audio.levelling import level_loop
from core.cli.console import progress_bar, say
from core.errors import AudioError, InputError
from core.library.importing import import_audio
from core.library.models import model_for
from core.library.segments import Segment
from core.render.workspace import Workspace, open_workspace


def run(options: Namespace) -> int:
    """Write `NNN_title_original.wav` and `NNN_title_RENDERER.wav` of each segment, as loud."""
    if not options.source.exists():
        raise InputError(f"{options.source}: no such file or folder; give audio or a library")
    output_folder(options.out)
    with _as_library(options.source) as library:
        model = options.model or _model(library, options.source)
        with open_workspace(library, model) as space, progress_bar("reconstructing") as progress:
            segments = space.library.segments()[: options.limit]
            titles = {track.id: track.title for track in space.library.tracks()}
            for number, segment in enumerate(segments):
                progress(number, len(segments), titles[segment.track_id])
                _write_pair(space, options, number, segment, titles[segment.track_id])
    say(f"{options.out}: {len(segments)} pairs, original beside {options.renderer}")
    return 0


@contextlib.contextmanager
def _as_library(source: Path) -> Iterator[Path]:
    """`source` itself if it is a library; else a library for the moment, made of that audio."""
    if (source / "library.sqlite").is_file():
        yield source
        return
    with tempfile.TemporaryDirectory(prefix="technovae-") as folder:
        path = Path(folder) / "library"
        with progress_bar("reading") as progress:
            report = import_audio(path, [str(source)], progress=progress)
        if not report.usable:
            raise AudioError(_why(report.files))
        yield path


def _why(files_: Sequence[object]) -> str:
    for file in files_:
        return f"{getattr(file, 'path', '')}: {getattr(file, 'reason', '')}"
    return "no audio files there; give wav, flac, ogg, mp3, m4a or a library"


def _model(library: Path, source: Path) -> Path:
    return model_for(library) if library == source else resources.demo_model()


def _write_pair(
    space: Workspace, options: Namespace, number: int, segment: Segment, title: str
) -> None:
    stem = f"{number + 1:03d}_{safe_name(title)}_bar{segment.bar + 1}"
    original = space.decoder.audio(RealSource(segment.id), segment.bpm)
    rebuilt = space.decoder.reconstruct(
        segment, renderer=options.renderer, exact=options.exact, quality="export"
    )
    for name, samples in (("original", original), (options.renderer, rebuilt)):
        path = options.out / f"{stem}_{name}.wav"
        made = level_loop(samples).samples
        files.write(path, made, bit_depth=24, bpm=segment.bpm, title=f"{title} ({name})")


def safe_name(title: str) -> str:
    """`title` as a part of a file's name on any system."""
    return re.sub(r"[^\w.-]+", "-", title).strip("-.")[:60] or "untitled"
