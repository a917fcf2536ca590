"""Keys, modes and pitches: degrees of a scale to MIDI note numbers and Hz."""

from __future__ import annotations

from core.errors import InputError

MODES: dict[str, tuple[int, ...]] = {
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "harmonic": (0, 2, 3, 5, 7, 8, 11),
    "locrian": (0, 1, 3, 5, 6, 8, 10),
    "major": (0, 2, 4, 5, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
}
_TONICS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS = {"": 0, "#": 1, "b": -1}


class Key:
    """A tonic and a mode, from text like "F# minor"."""

    def __init__(self, text: str) -> None:
        tonic, _, mode = text.partition(" ")
        if tonic[:1] not in _TONICS or tonic[1:] not in _ACCIDENTALS or mode not in MODES:
            raise InputError(f"{text!r} is not a key; write one like 'F# minor'")
        self.tonic = (_TONICS[tonic[0]] + _ACCIDENTALS[tonic[1:]]) % 12
        self.steps = MODES[mode]

    def pitch(self, degree: int, *, octave: int = 0, shift: int = 0) -> int:
        """The MIDI note of a degree of the scale. Octave 0 starts on the tonic between C2 and B2.

        Args:
            degree: 0 is the tonic, 7 the octave; may be negative.
            octave: octaves up.
            shift: semitones up.

        Returns:
            The note; C2 is 36.
        """
        octaves, step = divmod(degree, len(self.steps))
        return 36 + self.tonic + self.steps[step] + 12 * (octaves + octave) + shift


def hertz(pitch: float) -> float:
    """Equal temperament, A4 (69) is 440 Hz."""
    return float(440.0 * 2.0 ** ((pitch - 69.0) / 12.0))
