"""What is asked of an export."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Range = Literal["whole", "loop", "selection"]


@dataclass(frozen=True)
class ExportRequest:
    """One export.

    path:      the mix's file; its extension is the format
    bit_depth: 16, 24, or 32 (float) for WAV; 16 or 24 for FLAC
    range:     what of the arrangement
    stems:     one more file per lane
    lufs:      integrated loudness; None: as it is played
    """

    path: Path
    bit_depth: int = 24
    range: Range = "whole"
    stems: bool = False
    lufs: float | None = -14.0
