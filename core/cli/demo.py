"""`technovae demo`: the built-in music."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from core import resources
from core.audio import files
from core.cli.console import progress_bar, say, table
from core.demo.catalogue import catalogue, find
from core.demo.render import render


def run(options: Namespace) -> int:
    """List the demo's tracks, render one, or build the shipped pack again."""
    if options.refit:
        return _refit()
    if options.build:
        return _build()
    if options.retrain:
        return _retrain()
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
    files.write(path, render(spec), bpm=spec.bpm, title=spec.name)
    say(f"{path}: {spec.name}, {spec.style}, {spec.bpm:g} BPM")
    return 0


def _refit() -> int:
    from core.demo.pack import refit_pack

    library, model = resources.demo_library(), resources.demo_model()
    say(f"{model}: fitted again to {refit_pack(library, model)} segments, weights unchanged")
    return 0


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
