"""The tracks of the demo."""

from __future__ import annotations

from core.demo.spec import TrackSpec
from core.errors import InputError

_TRACKS = (
    TrackSpec("Silver Worm", "acid", 132.0, "A minor", 3031, 36),
    TrackSpec("Caustic Hour", "acid", 136.0, "D phrygian", 3032, 40),
    TrackSpec("Litmus", "acid", 126.0, "G minor", 3033, 36),
    TrackSpec("Harbour Fog", "dub", 122.0, "A minor", 3041, 36),
    TrackSpec("Low Ceiling", "dub", 125.0, "D minor", 3042, 36),
    TrackSpec("Slow Signal", "dub", 121.0, "G dorian", 3043, 36),
    TrackSpec("Pin Tumbler", "minimal", 127.0, "E minor", 3051, 36),
    TrackSpec("Soft Machine Oil", "minimal", 123.0, "C dorian", 3052, 36),
    TrackSpec("Parallax", "minimal", 129.0, "B phrygian", 3053, 36),
    TrackSpec("Red Line", "hard", 148.0, "G phrygian", 3061, 40),
    TrackSpec("Concrete Lung", "hard", 144.0, "C locrian", 3062, 40),
    TrackSpec("Knuckle", "hard", 140.0, "D minor", 3063, 40),
    TrackSpec("Northern Gate", "trance", 138.0, "A minor", 3071, 40),
    TrackSpec("Violet Static", "trance", 140.0, "E harmonic", 3072, 40),
    TrackSpec("Sunline", "trance", 136.0, "F# minor", 3073, 40),
    TrackSpec("Iron Parish", "industrial", 138.0, "E locrian", 3081, 36),
    TrackSpec("Night Shift", "industrial", 124.0, "D phrygian", 3082, 36),
    TrackSpec("Pressure Hull", "industrial", 146.0, "F# minor", 3083, 40),
    TrackSpec("Cracked Pavement", "breaks", 134.0, "C minor", 3091, 36),
    TrackSpec("Paper Tiger", "breaks", 130.0, "A minor", 3092, 36),
    TrackSpec("Half Moon Street", "breaks", 142.0, "E dorian", 3093, 40),
    TrackSpec("First Light", "ambient", 120.0, "D dorian", 3101, 36),
    TrackSpec("Tidal Room", "ambient", 118.0, "F minor", 3102, 36),
    TrackSpec("Glass Meridian", "ambient", 126.0, "B lydian", 3103, 36),
)


def catalogue() -> list[TrackSpec]:
    """Every track of the demo, grouped by style."""
    return list(_TRACKS)


def styles() -> list[str]:
    """The styles, in the catalogue's order."""
    return list(dict.fromkeys(spec.style for spec in _TRACKS))


def find(name: str) -> TrackSpec:
    """The track called `name`; case and spaces do not matter. Raises `InputError`."""
    wanted = _plain(name)
    for spec in _TRACKS:
        if _plain(spec.name) == wanted:
            return spec
    raise InputError(f"no demo track is called {name!r}; `technovae demo --list` names them")


def _plain(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())
