"""Voices that many tracks share, each with its usual place in the mix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from core.demo.drums.claps import Clap
from core.demo.drums.kicks import Boom, Kick
from core.demo.drums.metals import Cymbal, Hat
from core.demo.drums.oneshots import Drum, OneShots
from core.demo.song import Strip, Voice
from core.demo.synths.textures import Sweep

FOUR = "X...X...X...X..."
OFF = "..x...x...x...x."
SIXTEENTHS = "oxXoxoXoxoXoxoXo"
BACKBEAT = "....X.......X..."


def kick(drum: Kick, bars: str, *, lufs: float = -13.0, **patterns: str) -> Voice:
    """The kick: on the grid to the sample, the same strength always. A is four to the floor."""
    known = {"A": FOUR, "B": "X...X...X...X.o.", "C": "X...X...X.......", "D": "X..............."}
    shots = OneShots(drum, takes=1, layers=1, curve=1.0)
    return Voice("kick", shots, bars, known | patterns, Strip(lufs=lufs), part="kick")


def hits(
    name: str,
    drum: Drum,
    bars: str,
    pattern: str = "",
    *,
    strip: Strip | None = None,
    lufs: float = -23.0,
    vary: float = 0.0,
    loose: float = 0.8,
    steps: float = 0.0,
    choke: bool = False,
    patterns: Mapping[str, str] | None = None,
    part: str = "drums",
) -> Voice:
    """Any percussion. `pattern` is A, `patterns` the others."""
    known = ({"A": pattern} if pattern else {}) | dict(patterns or {})
    place = replace(strip or Strip(), lufs=lufs)
    shots = OneShots(drum, steps=steps, choke=choke)
    return Voice(name, shots, bars, known, place, vary=vary, loose=loose, part=part)


def clap(
    bars: str,
    *,
    drum: Clap | None = None,
    lufs: float = -20.0,
    room: float = 0.25,
    hall: float = 0.1,
    echo: float = 0.0,
    **patterns: str,
) -> Voice:
    """A clap on two and four."""
    strip = Strip(low_cut=250.0, room=room, hall=hall, echo=echo)
    known = {"A": BACKBEAT, "B": "....X.......X..o", "C": "....X..o....X.x."} | patterns
    return hits("clap", drum or Clap(), bars, strip=strip, lufs=lufs, patterns=known)


def open_hat(
    bars: str,
    *,
    drum: Hat | None = None,
    lufs: float = -22.0,
    steps: float = 1.8,
    pan: float = 0.0,
    duck: float = 0.3,
    **patterns: str,
) -> Voice:
    """An open hat between the beats."""
    strip = Strip(low_cut=4000.0, duck=duck, pan=pan, room=0.05)
    known = {"A": OFF, "B": "..x...x...x...xo"} | patterns
    hat = drum or Hat(decay=0.16, metal=0.55)
    return hits("open hat", hat, bars, strip=strip, lufs=lufs, steps=steps, patterns=known)


def closed_hat(
    bars: str,
    *,
    drum: Hat | None = None,
    lufs: float = -25.0,
    pan: float = 0.12,
    vary: float = 0.15,
    **patterns: str,
) -> Voice:
    """Closed hats in sixteenths."""
    strip = Strip(low_cut=5000.0, pan=pan)
    known = {"A": SIXTEENTHS, "B": "o.xo.oxoo.xo.oxo", "C": "ooxooxoxooxooxxo"} | patterns
    return hits(
        "closed hat", drum or Hat(), bars, strip=strip, lufs=lufs, vary=vary, patterns=known
    )


def ride(bars: str, *, drum: Cymbal | None = None, lufs: float = -24.0, **patterns: str) -> Voice:
    """A ride on the off-beats or the eighths."""
    strip = Strip(low_cut=900.0, duck=0.25, pan=-0.15)
    known = {"A": OFF, "B": "x.o.x.o.x.o.x.o.", "C": "x.x.x.x.x.x.x.x."} | patterns
    return hits(
        "ride", drum or Cymbal(0.28), bars, strip=strip, lufs=lufs, choke=True, patterns=known
    )


def crash(bars: str, *, lufs: float = -21.0, drum: Cymbal | None = None) -> Voice:
    """A crash on the one of every bar lettered A."""
    strip = Strip(low_cut=400.0, hall=0.25, duck=0.2)
    splash = drum or Cymbal(1.1, low=420.0, bell=0.1, air=0.9, wash=0.004)
    return hits("crash", splash, bars, "X...............", strip=strip, lufs=lufs, loose=0.0)


def boom(bars: str, *, lufs: float = -19.0, tone: float = 40.0) -> Voice:
    """A sub drop on the one of every bar lettered A."""
    strip = Strip(hall=0.15)
    return hits(
        "boom", Boom(tone), bars, "X...............", strip=strip, lufs=lufs, loose=0.0, part="rest"
    )


def riser(
    bars: str, *, lufs: float = -21.0, sweep: Sweep | None = None, name: str = "riser"
) -> Voice:
    """Noise that rises through each run of A."""
    strip = Strip(lufs=lufs, hall=0.2, low_cut=200.0)
    return Voice(name, sweep or Sweep(), bars, {"A": held(16)}, strip)


def fall(bars: str, *, lufs: float = -23.0, sweep: Sweep | None = None) -> Voice:
    """Noise that falls from the one of each run of A."""
    strip = Strip(lufs=lufs, hall=0.3, duck=0.5, low_cut=150.0)
    down = sweep or Sweep(9000.0, 250.0, 0.9, 0.7, rise=False)
    return Voice("fall", down, bars, {"A": held(16)}, strip)


def held(bars: int, note: str = "0") -> str:
    """One note, held for up to `bars` bars."""
    return " | ".join([note, *["-"] * (bars - 1)])


def cycle(words: str, bars: int, steps: int = 16) -> str:
    """`words`, of any number, gone round until `bars` bars of `steps` steps are full."""
    loop = words.split()
    laid = [loop[k % len(loop)] for k in range(bars * steps)]
    return " | ".join(" ".join(laid[k : k + steps]) for k in range(0, len(laid), steps))


def drum_cycle(marks: str, bars: int, steps: int = 16) -> str:
    """As `cycle`, for drums."""
    laid = "".join(marks[k % len(marks)] for k in range(bars * steps))
    return "|".join(laid[k : k + steps] for k in range(0, len(laid), steps))
