"""`technovae compose`."""

from __future__ import annotations

from argparse import Namespace

import numpy as np

from core import memory, resources
from core.arrangement import project_file
from core.arrangement.arrangement import Arrangement
from core.arrangement.compose import ComposeOptions, compose
from core.arrangement.export import export
from core.arrangement.export_options import ExportOptions
from core.arrangement.material import Material
from core.arrangement.project import Project
from core.atomic import require_writable
from core.audio import files
from core.cli.console import progress_bar, say
from core.cli.interrupts import cancel_on_interrupt
from core.errors import InputError
from core.file_names import as_text
from core.render.composition import gather_material
from core.render.workspace import EXPORT_CACHE_BYTES, Workspace, open_workspace

_EXPORT = "export"


def run(options: Namespace) -> int:
    """Compose a track, write it, and its project if asked for."""
    if options.project is not None and options.project.suffix != project_file.SUFFIX:
        raise InputError(
            f"{options.project}: a project's name ends in {project_file.SUFFIX}; name it so"
        )
    files.require_target(options.out)
    if options.project is not None:
        require_writable(options.project)
    memory.share_arenas()
    with open_workspace(options.library, options.model, cache_bytes=EXPORT_CACHE_BYTES) as space:
        compose_to(space, options)
    return 0


def compose_to(space: Workspace, options: Namespace) -> None:
    """Compose a track, write it to `options.out` and say what it is.

    Args:
        space: library and model that it is made from.
        options: of the command line, as `technovae compose` parses them.

    Raises:
        TechnoVAEError: there is too little music, or the file cannot be written.
        Cancelled: Ctrl-C; nothing is left at `options.out`.
    """
    with cancel_on_interrupt() as cancel, progress_bar("composing") as progress:
        arrangement = _composed(
            gather_material(space.library, space.decoder, progress, cancel), options
        )
        memory.trim()  # what planning took, before an hour of rendering
        if options.project is not None:
            _save(space, arrangement, options)
        audio_of = space.decoder.clip_audio(arrangement.bpm, quality=_EXPORT)
        result = export(
            arrangement,
            audio_of,
            options.out,
            ExportOptions(bit_depth=options.bit_depth),
            progress=progress,
            cancel=cancel,
        )
    if options.project is not None:
        say(f"{options.project}: the arrangement; technovae render makes audio of it again")
    say(f"{result.line()}, {arrangement.bpm:g} BPM, seed {options.seed}")


def _composed(material: Material, options: Namespace) -> Arrangement:
    chosen = ComposeOptions(
        minutes=options.minutes,
        bars=options.bars,
        bpm=options.bpm,
        start=options.start,
        energy=options.energy,
        form=options.form,
        morph=options.morph,
        renderer=options.renderer,
        seed=options.seed,
        title=as_text(options.out.stem),
    )
    return compose(material, chosen, np.random.default_rng(options.seed))


def _save(space: Workspace, arrangement: Arrangement, options: Namespace) -> None:
    built_in = space.library_path.resolve() == resources.demo_library().resolve()
    own_model = space.model_path.resolve() == resources.demo_model().resolve()
    document = Project(
        arrangement,
        library=None if built_in else space.library_path.resolve(),
        model=None if own_model else space.model_path.resolve(),
        model_hash=space.codec.hash,
        library_id=space.library.id,
    )
    project_file.save(document, options.project)
