"""`technovae render`."""

from __future__ import annotations

from argparse import Namespace

from core import memory
from core.arrangement import project_file
from core.arrangement.export import export
from core.arrangement.export_options import ExportOptions
from core.audio import files
from core.cli.console import progress_bar, say
from core.cli.interrupts import cancel_on_interrupt
from core.render.other_libraries import OtherLibraries
from core.render.parts import require_parts
from core.render.workspace import EXPORT_CACHE_BYTES, open_workspace


def run(options: Namespace) -> int:
    """Render a project to a file, with one file per lane or per part if stems are asked for."""
    files.require_target(options.out)
    document = project_file.load(options.project).located(options.project)
    library = options.library or document.library_path(options.project)
    model = options.model or document.model_path(options.project)
    memory.share_arenas()
    with (
        open_workspace(library, model, cache_bytes=EXPORT_CACHE_BYTES) as space,
        OtherLibraries(document.origins) as others,
        cancel_on_interrupt() as cancel,
    ):
        if options.stems == "parts":
            require_parts()
        document.check(space.codec.hash, space.library.id, space.decoder.can_decode)
        with progress_bar("rendering") as progress:
            bpm = document.arrangement.bpm
            parts_of = others.clip_parts(space.decoder, bpm, quality="export")
            result = export(
                document.arrangement,
                others.clip_audio(space.decoder, bpm, quality="export"),
                options.out,
                ExportOptions(
                    bit_depth=options.bit_depth,
                    lane_stems=options.stems == "lanes",
                    part_stems=options.stems == "parts",
                ),
                parts_of=parts_of,
                progress=progress,
                cancel=cancel,
            )
    say(result.line())
    return 0
