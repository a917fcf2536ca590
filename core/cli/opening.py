"""`technovae` without a command and without a screen: what the built-in demo can do, at once."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from core.atomic import output_folder
from core.cli import arguments, composing, mapping
from core.cli.console import say
from core.render.workspace import open_workspace

_FOLDER = Path("technovae-demo")


def run(options: Namespace) -> int:
    """Render a new track from the built-in demo and draw its map; say where both are."""
    folder = output_folder(_FOLDER)
    track, picture = folder / "track.wav", folder / "map.png"
    say("TechnoVAE: there is no screen here, so three minutes are composed from the built-in demo")
    with open_workspace() as space:
        mapping.draw(space, picture, size=(1280, 800))
        composing.compose_to(space, arguments.build().parse_args(["compose", "--out", str(track)]))
    say(f"the track:              {track.resolve()}")
    say(f"the picture of the map: {picture.resolve()}")
    program = _program()
    say(f"the window opens where there is a screen: run {program} on a desktop, over ssh -X, or")
    say(f"on a virtual screen (xvfb-run {program}); every job is a command too: {program} --help")
    return 0


def _program() -> str:
    """As it was started, which is where it is installed."""
    started = sys.argv[0]
    return started if Path(started).stem == "technovae" else "technovae"
