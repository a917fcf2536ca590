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
    """The kick: on the grid to the sample, the same strength always.

    Args:
        drum: its sound.
        bars: a letter a bar; A is four to the floor.
        lufs: its loudness in the mix.
        **patterns: by letter, beside A to D or in their place.

    Returns:
        The voice.
    """
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
    """Any percussion.

    Args:
        name: of the voice.
        drum: its sound.
        bars: a letter a bar.
        pattern: what letter A means, in drum notation.
        strip: its channel of the mixer, but for the loudness.
        lufs: its loudness in the mix.
        vary: chance that a soft hit is left out or a ghost slips in.
        loose: how far hits stray from the grid, milliseconds.
        steps: sixteenths after which a hit is cut; 0 lets it ring.
        choke: a hit cuts the one before it.
        patterns: what the other letters mean.
        part: one of `settings.PARTS`.

    Returns:
        The voice.
    """
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
    """A clap on two and four.

    Args:
        bars: a letter a bar, of A to C and those of `patterns`.
        drum: its sound; None for the usual one.
        lufs: its loudness in the mix.
        room, hall, echo: sends, linear.
        **patterns: by letter.

    Returns:
        The voice.
    """
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
    """An open hat between the beats.

    Args:
        bars: a letter a bar, of A, B and those of `patterns`.
        drum: its sound; None for the usual one.
        lufs: its loudness in the mix.
        steps: sixteenths after which it is closed.
        pan: -1..1.
        duck: 0..1, how far each kick pushes it away.
        **patterns: by letter.

    Returns:
        The voice.
    """
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
    """Closed hats in sixteenths.

    Args:
        bars: a letter a bar, of A to C and those of `patterns`.
        drum: its sound; None for the usual one.
        lufs: its loudness in the mix.
        pan: -1..1.
        vary: chance that a soft hit is left out or a ghost slips in.
        **patterns: by letter.

    Returns:
        The voice.
    """
    strip = Strip(low_cut=5000.0, pan=pan)
    known = {"A": SIXTEENTHS, "B": "o.xo.oxoo.xo.oxo", "C": "ooxooxoxooxooxxo"} | patterns
    return hits(
        "closed hat", drum or Hat(), bars, strip=strip, lufs=lufs, vary=vary, patterns=known
    )


def ride(bars: str, *, drum: Cymbal | None = None, lufs: float = -24.0, **patterns: str) -> Voice:
    """A ride on the off-beats (A), the eighths (B, C) or as its patterns say.

    Args:
        bars: a letter a bar, of A to C and those of `patterns`.
        drum: its sound; None for the usual one.
        lufs: its loudness in the mix.
        **patterns: by letter.

    Returns:
        The voice.
    """
    strip = Strip(low_cut=900.0, duck=0.25, pan=-0.15)
    known = {"A": OFF, "B": "x.o.x.o.x.o.x.o.", "C": "x.x.x.x.x.x.x.x."} | patterns
    return hits(
        "ride", drum or Cymbal(0.28), bars, strip=strip, lufs=lufs, choke=True, patterns=known
    )


def crash(bars: str, *, lufs: float = -21.0, drum: Cymbal | None = None) -> Voice:
    """A crash on the one of every bar lettered A.

    Args:
        bars: a letter a bar.
        lufs: its loudness in the mix.
        drum: its sound; None for the usual one.

    Returns:
        The voice.
    """
    strip = Strip(low_cut=400.0, hall=0.25, duck=0.2)
    splash = drum or Cymbal(1.1, low=420.0, bell=0.1, air=0.9, wash=0.004)
    return hits("crash", splash, bars, "X...............", strip=strip, lufs=lufs, loose=0.0)


def boom(bars: str, *, lufs: float = -19.0, tone: float = 40.0) -> Voice:
    """A sub drop on the one of every bar lettered A.

    Args:
        bars: a letter a bar.
        lufs: its loudness in the mix.
        tone: Hz that it falls to.

    Returns:
        The voice.
    """
    strip = Strip(hall=0.15)
    return hits(
        "boom", Boom(tone), bars, "X...............", strip=strip, lufs=lufs, loose=0.0, part="rest"
    )


def riser(
    bars: str, *, lufs: float = -21.0, sweep: Sweep | None = None, name: str = "riser"
) -> Voice:
    """Noise that rises through each run of A.

    Args:
        bars: a letter a bar.
        lufs: its loudness in the mix.
        sweep: its sound; None for the usual one.
        name: of the voice.

    Returns:
        The voice.
    """
    strip = Strip(lufs=lufs, hall=0.2, low_cut=200.0)
    return Voice(name, sweep or Sweep(), bars, {"A": held(16)}, strip)


def fall(bars: str, *, lufs: float = -23.0, sweep: Sweep | None = None) -> Voice:
    """Noise that falls from the one of each run of A.

    Args:
        bars: a letter a bar.
        lufs: its loudness in the mix.
        sweep: its sound; None for the usual one.

    Returns:
        The voice.
    """
    strip = Strip(lufs=lufs, hall=0.3, duck=0.5, low_cut=150.0)
    down = sweep or Sweep(9000.0, 250.0, 0.9, 0.7, rise=False)
    return Voice("fall", down, bars, {"A": held(16)}, strip)


def held(bars: int, note: str = "0") -> str:
    """A pattern of one held note; a shorter run of its letter plays the beginning.

    Args:
        bars: how many, at most.
        note: one word of note notation.

    Returns:
        The bars in note notation.
    """
    return " | ".join([note, *["-"] * (bars - 1)])


def cycle(words: str, bars: int, steps: int = 16) -> str:
    """Repeat words over the bar line, so that the bars differ until they fit again.

    Args:
        words: note notation of any number of steps.
        bars: how many bars are filled.
        steps: of a bar.

    Returns:
        The bars in note notation.
    """
    loop = words.split()
    laid = [loop[k % len(loop)] for k in range(bars * steps)]
    return " | ".join(" ".join(laid[k : k + steps]) for k in range(0, len(laid), steps))


def drum_cycle(marks: str, bars: int, steps: int = 16) -> str:
    """Repeat hits over the bar line; as `cycle`, for drums.

    Args:
        marks: drum notation of any number of steps.
        bars: how many bars are filled.
        steps: of a bar.

    Returns:
        The bars in drum notation.
    """
    laid = "".join(marks[k % len(marks)] for k in range(bars * steps))
    return "|".join(laid[k : k + steps] for k in range(0, len(laid), steps))
