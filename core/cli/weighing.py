"""`technovae weigh`."""

from __future__ import annotations

from argparse import Namespace

from core.cli.console import table
from core.cli.grids import find_track
from core.errors import InputError
from core.library.models import is_demo
from core.library.store import Library
from core.library.training_weights import LearningChoice, how_often, span_of


def run(options: Namespace) -> int:
    """Show how often a training learns the tracks of a library, or change it for some."""
    changes = options.times is not None
    if changes and not options.tracks:
        raise InputError("name the tracks to weigh; `technovae weigh LIBRARY` lists them")
    with Library.open(options.library, read_only=is_demo(options.library)) as library:
        chosen = [find_track(library, name) for name in options.tracks]
        if changes:
            library.weigh([span_of(track) for track in chosen], options.times)
        _print(library, {track.id for track in chosen})
    return 0


def _print(library: Library, chosen: set[str]) -> None:
    weights, tracks = library.training_weights(), library.tracks()
    rows = [
        (
            number,
            track.title,
            track.windows(),
            how_often([weights.range_of(track)]),
        )
        for number, track in enumerate(tracks, 1)
        if not chosen or track.id in chosen
    ]
    learned = LearningChoice().summary(weights, tracks)
    table(f"a training learns {learned.text}", ("no.", "track", "segments", "how often"), rows)
