"""`technovae map`."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from core.atomic import require_writable
from core.cli.console import say
from core.latent.picture import map_png
from core.render.workspace import Workspace, open_workspace


def run(options: Namespace) -> int:
    """Draw the latent map of a library."""
    require_writable(options.out)
    with open_workspace(options.library, options.model, refined=False) as space:
        count = draw(space, options.out, colour=options.colour, size=options.size)
    say(f"{options.out}: {count} segments on the map")
    return 0


def draw(space: Workspace, path: Path, *, colour: str = "track", size: tuple[int, int]) -> int:
    """Write the map as a picture.

    Args:
        space: library and model whose map it is; one that is missing is made.
        path: of the PNG.
        colour: "track", or the attribute by which dots are coloured.
        size: width and height in pixels.

    Returns:
        The number of dots.

    Raises:
        LibraryError: the library has no segments.
        OutputError: the picture cannot be written.
    """
    ids, xy = space.decoder.map()
    segments = {segment.id: segment for segment in space.library.segments(hop_bars=4)}
    shown = [segments[i] for i in ids]
    titles = {track.id: track.title for track in space.library.tracks()}
    labels = [titles[segment.track_id] for segment in shown]
    values = None if colour == "track" else [getattr(s.attributes, colour) for s in shown]
    map_png(xy, labels, path, values=values, value_name=colour, size=size)
    return len(ids)
