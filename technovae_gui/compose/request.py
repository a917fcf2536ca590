"""What is asked of composing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ComposeRequest:
    """One composition.

    options: for `core.arrangement.compose.ComposeOptions`: minutes or bars, bpm, start, energy,
             morph, renderer, seed, title
    path:    points of the path drawn on the map, as `set_path` was given them; None: not along it
    replace: True: instead of what is on the timeline; False: after it
    """

    options: dict[str, Any]
    path: Any = None
    replace: bool = True
