"""What the window shows of the playback, as of one moment."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class PlayerState:
    """One poll of the player.

    frame:          what is heard now, on the timeline of the arrangement that was set last
    playing:        the transport runs; true from `play` on, before its first sample is heard
    auditioning:    an audition sounds or waits for its beat
    audition_phase: where in its four bars the audition is heard, 0 <= phase < 1
    peaks:          highest sample since the last poll, left and right; 1.0 is full scale
    lane_peaks:     the same for each lane that sounded, by its id
    lufs:           momentary loudness (400 ms); minus infinity for silence
    underruns:      gaps so far in what sounded, since `open`
    device:         name of the device, empty where there is none
    latency:        seconds from the device taking a sample to its being heard
    problem:        one line for the user, or empty
    """

    frame: int = 0
    playing: bool = False
    auditioning: bool = False
    audition_phase: float = 0.0
    peaks: tuple[float, float] = (0.0, 0.0)
    lane_peaks: Mapping[str, float] = field(default_factory=dict)
    lufs: float = -math.inf
    underruns: int = 0
    device: str = ""
    latency: float = 0.0
    problem: str = ""
