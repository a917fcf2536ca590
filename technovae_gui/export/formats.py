"""Formats of audio files, and how large they become."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from core.settings import SAMPLE_RATE


@dataclass(frozen=True)
class Format:
    """name: on screen; bytes_per_second: of stereo, guessed where it depends on the music; exact:
    whether samples beyond full scale are kept."""

    name: str
    extension: str
    bit_depth: int
    bytes_per_second: float
    exact: bool = False


_STEREO: Final = 2 * SAMPLE_RATE
_FLAC_SHARE: Final = 0.68
FORMATS: Final = (
    Format("WAV, 24 bit", ".wav", 24, 3 * _STEREO),
    Format("WAV, 16 bit", ".wav", 16, 2 * _STEREO),
    Format("WAV, 32 bit float", ".wav", 32, 4 * _STEREO, exact=True),
    Format("FLAC, 24 bit", ".flac", 24, 3 * _STEREO * _FLAC_SHARE),
    Format("FLAC, 16 bit", ".flac", 16, 2 * _STEREO * _FLAC_SHARE),
    Format("Ogg Vorbis", ".ogg", 24, 224_000 / 8),
    Format("MP3, 320 kbit/s", ".mp3", 24, 320_000 / 8),
)


def size_text(count: float) -> str:
    """`31 MB` for 31,000,000 bytes."""
    if count < 1e6:
        return f"{max(1, round(count / 1e3))} kB"
    return f"{count / 1e6:.0f} MB" if count < 1e9 else f"{count / 1e9:.1f} GB"


def length_text(seconds: float) -> str:
    """`3:04.5`; `1:02:03.0` from an hour on."""
    minutes, tenths = divmod(round(seconds * 10), 600)
    hours, minutes = divmod(minutes, 60)
    rest = f"{tenths / 10:04.1f}"
    return f"{hours}:{minutes:02d}:{rest}" if hours else f"{minutes}:{rest}"
