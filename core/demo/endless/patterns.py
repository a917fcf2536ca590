"""Random rhythms, lines, chords and automations, in the written form of `core.demo.notation`."""

from __future__ import annotations

from core.demo.endless.dice import Dice

_METRE = (1.0, 0.25, 0.55, 0.35, 0.9, 0.25, 0.6, 0.4, 0.95, 0.25, 0.55, 0.35, 0.9, 0.3, 0.65, 0.45)
"""How likely a sixteenth of the bar is struck where people play freely."""
KICKS = {
    "four": ("X...X...X...X...",),
    "broken": (
        "X..x..X...X.x...",
        "X.....x...X.....",
        "X.x.......x.....",
        "X..x......x..x..",
        "X...x.....X..x..",
        "X..x..x...x.....",
        "X......x..x.....",
        "X.........X..x..",
        "X..X..X..X..X.X.",
    ),
    "half": ("X.......x.......", "X.........x.....", "X...............", "X.......X......x"),
    "fast": ("X.X.X.X.X.X.X.X.", "X...X...X.X.X.X.", "X..X..X.X..X..X."),
    "triplets": ("X..X..X..X..", "X..x.xX..x.x", "X.xX.xX.xX.x"),
}


def kicks(dice: Dice, kind: str) -> dict[str, str]:
    """Patterns of a kick.

    Args:
        dice: chance.
        kind: a key of `KICKS`.

    Returns:
        Patterns by letter: A is the main one, B has a fill, in C the last beats are missing.
    """
    main = dice.one(KICKS[kind])
    if kind == "four" and dice.chance(0.3):
        main = _sprinkled(dice, main, 0.08, "og")
    fill = _sprinkled(dice, main[: len(main) * 3 // 4], 0.0) + _sprinkled(
        dice, main[len(main) * 3 // 4 :], 0.4, "xo"
    )
    cut = len(main) // dice.one((2, 4))
    return {"A": main, "B": fill, "C": main[:-cut] + "." * cut}


def drums(dice: Dice, density: float, steps: int = 16) -> str:
    """A bar of hits.

    Args:
        dice: chance.
        density: 0..1, about the share of steps that are struck.
        steps: of the bar.
    """
    kind = dice.weighted({"euclid": 2.0, "free": 3.0, "cell": 2.0})
    if kind == "euclid":
        hits = max(round(density * steps), 1)
        return euclid(dice, hits, steps)
    if kind == "cell":
        size = dice.one((3, 4, 5, 6, 7, 8))
        cell = _free(dice, density, size)
        return (cell * (steps // size + 1))[:steps]
    return _free(dice, density, steps)


def euclid(dice: Dice, hits: int, steps: int) -> str:
    """A bar of hits that are spread as evenly as they can be (Toussaint 2005), rotated by chance.

    Args:
        dice: chance.
        hits: how many steps are struck, at least 1.
        steps: of the bar, at least as many.

    Returns:
        The bar in drum notation.
    """
    turn = dice.whole(0, steps - 1)
    struck = {((k * steps) // hits + turn) % steps for k in range(hits)}
    return "".join(_mark(dice) if k in struck else "." for k in range(steps))


def grid(dice: Dice, kind: str) -> str:
    """A bar of the usual places of hats, claps and rides.

    Args:
        dice: chance.
        kind: "off", "eighths", "quarters", "backbeat" or "sixteenths".

    Returns:
        The bar in drum notation, 16 steps.
    """
    if kind == "off":
        return "..x...x...x...x."
    if kind == "eighths":
        return "x.o.x.o.x.o.x.o." if dice.chance(0.5) else "x.x.x.x.x.x.x.x."
    if kind == "quarters":
        return "x...x...x...x..."
    if kind == "backbeat":
        return dice.one(
            ("....X.......X...", "....X.......X..o", "........X.......", "....X..o....X.x.")
        )
    return dice.one(
        ("oxXoxoXoxoXoxoXo", "xgogxgogxgogxgog", "ooxoooxoooxoooxo", "xxxxxxxxxxxxxxxx")
    )


def roll(dice: Dice, steps: int = 16) -> str:
    """A bar of hits that gets denser.

    Args:
        dice: chance.
        steps: of the bar.

    Returns:
        The bar in drum notation.
    """
    marks = [
        dice.one("xo") if dice.chance(0.25 + 0.75 * (k / steps) ** 1.5) else "."
        for k in range(steps)
    ]
    return "".join(marks)


def line(dice: Dice, rhythm: str, pool: tuple[int, ...], *, slide: float = 0.0, hold: float = 0.0,
         accent: float = 0.2) -> str:  # fmt: skip
    """A bar of single notes where `rhythm`, a drum pattern, is struck.

    Args:
        dice: chance.
        rhythm: places and strengths.
        pool: degrees that the line wanders over, the first most of all.
        slide, hold, accent: chances that a note slides on, rings over the rest, is accented.
    """
    words: list[str] = []
    at, holding = 0, False
    for mark in rhythm:
        if mark == ".":
            words.append("-" if holding and words else ".")
            continue
        at = _wandered(dice, at, len(pool))
        degree = pool[0] if dice.chance(0.35) else pool[at]
        word = str(degree)
        word += "!" if mark == "X" or dice.chance(accent) else "?" if mark in "og" else ""
        word += "~" if dice.chance(slide) else ""
        words.append(word)
        holding = dice.chance(hold)
    return " ".join(words)


def chord(dice: Dice, root: int = 0) -> str:
    """A chord on a degree of the scale.

    Args:
        dice: chance.
        root: the degree; 0 is the tonic.

    Returns:
        One word of note notation, such as "0+2+4".
    """
    shapes = {
        (0, 2, 4): 4.0,
        (0, 2, 4, 6): 3.0,
        (0, 4): 1.5,
        (0, 4, 7): 1.5,
        (0, 3, 4): 1.0,
        (0, 1, 4): 0.7,
        (0, 2, 4, 8): 1.0,
        (0, 3, 6): 0.7,
        (0,): 0.8,
        (-7, 0, 2, 4): 1.0,
    }
    return "+".join(str(root + step) for step in dice.weighted(shapes))


def stabs(dice: Dice, rhythm: str, roots: tuple[int, ...], hold: float = 0.2) -> str:
    """A bar of short chords; one chord a bar, or two.

    Args:
        dice: chance.
        rhythm: drum notation: where a chord is struck, and how hard.
        roots: degrees of the scale that chords may stand on.
        hold: 0..1, how likely a chord is held to the next one.

    Returns:
        The bar in note notation, as many steps as `rhythm`.
    """
    first, second = (chord(dice, dice.one(roots)) for _ in range(2))
    moves = dice.chance(0.3)
    words: list[str] = []
    holding = False
    for k, mark in enumerate(rhythm):
        if mark == ".":
            words.append("-" if holding and words else ".")
            continue
        word = second if moves and k >= len(rhythm) // 2 else first
        words.append(word + {"X": "!", "o": "?", "g": "?"}.get(mark, ""))
        holding = dice.chance(hold)
    return " ".join(words)


def held(dice: Dice, bars: int, roots: tuple[int, ...], single: bool = False) -> str:
    """Long chords or notes, each as many bars as chance says.

    Args:
        dice: chance.
        bars: how many bars they fill.
        roots: degrees of the scale that they may stand on.
        single: notes instead of chords.

    Returns:
        The bars in note notation.
    """
    laid: list[str] = []
    while len(laid) < bars:
        length = dice.one((1, 1, 2, 2, 4))
        root = dice.one(roots)
        laid += [str(root) if single else chord(dice, root), *["-"] * (length - 1)]
    return " | ".join(laid[:bars])


def curve(dice: Dice, bars: int, low: float, high: float, octaves: bool = False) -> str:
    """An automation that is still, goes one way, or up and down.

    Args:
        dice: chance.
        bars: how long it is.
        low, high: bounds of its values.
        octaves: draw values evenly in octaves, as for Hz.

    Returns:
        Automation notation.
    """
    draw = dice.octaves if octaves else dice.flat
    points = dice.weighted({1: 2.0, 2: 2.0, 3: 2.0, 5: 1.0})
    places = [bars * k / max(points - 1, 1) for k in range(points)]
    return " ".join(f"{place:.2f}:{draw(low, high):.4g}" for place in places)


def _free(dice: Dice, density: float, steps: int) -> str:
    likely = [_METRE[k * 16 // steps if steps > 16 else k % 16] for k in range(steps)]
    scale = density / (sum(likely) / steps)
    marks = [_mark(dice) if dice.chance(min(p * scale, 0.97)) else "." for p in likely]
    if all(mark == "." for mark in marks):
        marks[dice.whole(0, steps - 1)] = "x"
    return "".join(marks)


def _sprinkled(dice: Dice, pattern: str, share: float, marks: str = "x") -> str:
    return "".join(
        dice.one(marks) if mark == "." and dice.chance(share) else mark for mark in pattern
    )


def _mark(dice: Dice) -> str:
    return dice.weighted({"X": 1.0, "x": 3.0, "o": 2.0, "g": 1.0})


def _wandered(dice: Dice, at: int, size: int) -> int:
    step = dice.weighted({0: 2.0, 1: 2.0, -1: 2.0, 2: 1.0, -2: 1.0})
    return max(0, min(size - 1, at + step))
