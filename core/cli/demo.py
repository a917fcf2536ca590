"""`technovae demo`: the built-in music."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from core import resources, user_folders
from core.audio import files
from core.audio.mastering import master
from core.cli.console import progress_bar, say, table
from core.cli.interrupts import cancel_on_interrupt
from core.demo.catalogue import catalogue, find
from core.demo.render import render
from core.settings import CEILING_DBTP

_PARTS_MODEL = Path("saved_models/parts.keras")
_PRETRAINED = Path("saved_models/pretrained.npz")
_MINUTES = 60.0
_SONGS = 3000
_FIRST_SONGS = 150
"""Songs that are there before training begins; the others come while it runs."""


def run(options: Namespace) -> int:
    """List the demo's tracks, render one, or build the shipped pack again."""
    if options.refit:
        return _refit()
    if options.build:
        return _build()
    if options.retrain:
        return _retrain()
    if options.train_parts:
        return _train_parts(options)
    if options.pretrain:
        return _pretrain(options)
    if options.render:
        return _render(options.render, options.out)
    columns = ("track", "style", "bpm", "key")
    rows = [(spec.name, spec.style, f"{spec.bpm:g}", spec.key) for spec in catalogue()]
    table("the built-in demo", columns, rows, right=("bpm",))
    return 0


def _render(name: str, out: Path | None) -> int:
    spec = find(name)
    path = out or Path(f"{spec.name.lower().replace(' ', '-')}.wav")
    files.require_target(path)
    mastered = master(render(spec), ceiling_dbtp=CEILING_DBTP - files.coding_room_db(path))
    files.write(path, mastered, bpm=spec.bpm, title=spec.name)
    say(f"{path}: {spec.name}, {spec.style}, {spec.bpm:g} BPM")
    return 0


def _refit() -> int:
    from core.demo.pack import refit_pack

    library, model = resources.demo_library(), resources.demo_model()
    say(f"{model}: fitted again to {refit_pack(library, model)} segments, weights unchanged")
    return 0


def _train_parts(options: Namespace) -> int:
    from core.demo import parts_material as songs
    from core.parts.model import PartsModel
    from core.parts.training import TrainOptions, train
    from core.vae.options import require_model_path

    out = options.out or _PARTS_MODEL
    require_model_path(out)
    if options.start:
        PartsModel.load(options.start)  # says what is wrong with it before anything is rendered
    folder = _material(options)
    chosen = TrainOptions(
        out, minutes=options.minutes or _MINUTES, resume=options.resume, start=options.start
    )
    count = options.songs or _SONGS
    with songs.rendering(folder, count) as jobs, cancel_on_interrupt() as cancel:
        with progress_bar("rendering") as progress:
            songs.wait_for(folder, jobs, min(_FIRST_SONGS, count), progress, cancel)
        with progress_bar("training") as progress:
            result = train(
                lambda: songs.learned(folder),
                lambda: songs.held_out(folder),
                chosen,
                progress=progress,
                cancel=cancel,
            )
    for line in result.lines():
        say(line)
    return 0


def _pretrain(options: Namespace) -> int:
    from core.atomic import require_writable
    from core.demo.pretraining import SONGS, pretrain

    out = options.out or _PRETRAINED
    require_writable(out, make_folder=True)
    with progress_bar("rendering") as progress, cancel_on_interrupt() as cancel:
        songs = options.songs or SONGS
        found = pretrain(out, _material(options), songs, progress=progress, cancel=cancel)
    say(f"{out}: {len(found.components)} components; every training starts from them")
    return 0


def _material(options: Namespace) -> Path:
    """Folder of the songs drawn by chance, the same for all that learns from them."""
    folder: Path = options.material or user_folders.cache_folder() / "parts_material"
    return folder


def _retrain() -> int:
    from core.demo.pack import retrain_pack

    with progress_bar("training") as progress:
        library, model = resources.demo_library(), resources.demo_model()
        result = retrain_pack(library, model, progress=progress)
    for line in result.lines():
        say(line)
    return 0


def _build() -> int:
    from core.demo.pack import build_pack

    with progress_bar("building") as progress:
        result = build_pack(resources.demo_library(), resources.demo_model(), progress=progress)
    for line in result.lines():
        say(line)
    return 0
