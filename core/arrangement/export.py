"""An arrangement as audio files: the mixdown, mastered or not, in the format of the file's name."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.arrangement import fades
from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import Clip, db_to_gain
from core.arrangement.mixdown import AudioOf, Mixdown
from core.arrangement.prefetch import Prefetch
from core.audio import files, loudness
from core.errors import InputError
from core.file_names import as_text, shortened
from core.progress import CancelFlag, Progress, check, silent
from core.settings import CEILING_DBTP, SAMPLE_RATE, TARGET_LUFS

FloatArray = NDArray[np.float32]

_BLOCK: Final = 1 << 16
_EDGE: Final = 64
_SILENCE_LUFS: Final = -70.0
_LONGEST_LANE_NAME: Final = 40


@dataclass(frozen=True)
class ExportResult:
    """What was written.

    Attributes:
        path: the mix.
        stems: one file per audible lane, if they were asked for.
        frames: length of each, at 44.1 kHz.
        lufs: integrated loudness of the mix (ITU-R BS.1770).
        true_peak_dbtp: true peak of the mix.
    """

    path: Path
    stems: tuple[Path, ...]
    frames: int
    lufs: float
    true_peak_dbtp: float

    def line(self) -> str:
        """One line for the user."""
        minutes, seconds = divmod(self.frames / SAMPLE_RATE, 60)
        more = f" and {len(self.stems)} stems" if self.stems else ""
        return (
            f"{as_text(self.path)}{more}: {minutes:.0f}:{seconds:06.3f}, {self.lufs:.1f} LUFS, "
            f"true peak {self.true_peak_dbtp:.1f} dBTP"
        )


def export(
    arrangement: Arrangement,
    audio_of: AudioOf,
    path: str | Path,
    *,
    bit_depth: int = 24,
    stems: bool = False,
    span: tuple[int, int] | None = None,
    lufs: float | None = TARGET_LUFS,
    ceiling_dbtp: float = CEILING_DBTP,
    progress: Progress = silent,
    cancel: CancelFlag | None = None,
) -> ExportResult:
    """Write the sound of an arrangement to a file, completely or not at all.

    Args:
        arrangement: what to write.
        audio_of: gives the four-bar loop of a clip at the arrangement's tempo, (frames, 1 or 2);
            called from two threads, ahead of the mixdown.
        path: the file; its suffix chooses the format (wav, flac, ogg, mp3).
        bit_depth: of formats that have one: 16, 24, or 32 (float).
        stems: also write one file per audible lane, next to `path`. All get the same gain, so that
            they sum to the mix before its limiter; where one of them would pass the ceiling, all
            are lowered.
        span: first tick, and first tick after the part to write; None: everything.
        lufs: integrated loudness to master to. None writes it as it is played, sample for sample,
            stems included, without a ceiling. A 32-bit WAV holds that exactly; other formats clip
            what passes full scale, which the true peak of the result shows.
        ceiling_dbtp: highest true peak when mastering.
        progress: called with 0 .. 1.
        cancel: checked often.

    Returns:
        What was written, as a meter measures it.

    Raises:
        InputError: nothing to write, or an empty span.
        OutputError: `path` cannot be written.
        Cancelled: as asked; the file is as it was before.
    """
    target = Path(path)
    part = _frames(arrangement, span)
    title = arrangement.title or as_text(target.stem)
    # Opened before the work, so that a name or folder that cannot be used is known at once.
    with (
        files.AudioWriter(target, 2, bit_depth=bit_depth, bpm=arrangement.bpm, title=title) as out,
        Prefetch(audio_of, _needed(arrangement, part)) as ahead,
    ):
        mix = Mixdown(arrangement, ahead)
        raw = _rendered(mix, part, progress, cancel, keep=stems)
        progress(0.85, 1.0, "mastering" if lufs is not None else "measuring")
        mastered, gain = _mastered(raw, lufs, ceiling_dbtp)
        check(cancel)
        for block in _blocks(mastered):
            out.write(block)
    written: tuple[Path, ...] = ()
    if stems:
        progress(0.95, 1.0, "writing stems")
        most = math.inf if lufs is None else db_to_gain(ceiling_dbtp)
        written = _write_stems(mix, target, part, gain, most, bit_depth, cancel)
    progress(1.0, 1.0, "done")
    return ExportResult(target, written, len(raw), *_measured(mastered))


def _frames(arrangement: Arrangement, span: tuple[int, int] | None) -> tuple[int, int]:
    start, end = span or (0, arrangement.end)
    first = arrangement.frame(max(start, 0))
    last = min(arrangement.frame(end), arrangement.length_frames)
    if last <= first:
        raise InputError("there is nothing to write; place a clip or choose another part")
    return first, last


def _mastered(raw: FloatArray, lufs: float | None, ceiling_dbtp: float) -> tuple[FloatArray, float]:
    """`raw` at `lufs` under the ceiling, and the gain that takes; silence stays as it is."""
    if lufs is None:
        return raw, 1.0
    measured = loudness.integrated_lufs(raw)
    if measured <= _SILENCE_LUFS:
        return raw, 1.0
    return loudness.master(raw, lufs=lufs, ceiling_dbtp=ceiling_dbtp), db_to_gain(lufs - measured)


def _needed(arrangement: Arrangement, part: tuple[int, int]) -> list[Clip]:
    """Clips of audible lanes that sound in the part; transitions need only a few others."""
    return [
        clip
        for lane in arrangement.audible_lanes
        for clip in lane.clips
        if arrangement.frame(clip.start) < part[1] and arrangement.frame(clip.end) > part[0]
    ]


def _rendered(
    mix: Mixdown,
    part: tuple[int, int],
    progress: Progress,
    cancel: CancelFlag | None,
    *,
    keep: bool,
) -> FloatArray:
    """(frames, 2) of the part; sound that has passed is dropped on the way unless `keep`."""
    start, end = part
    sound = np.empty((end - start, 2), np.float32)
    for at in range(0, len(sound), _BLOCK):
        check(cancel)
        progress(0.85 * at / len(sound), 1.0, "rendering")
        block = sound[at : at + _BLOCK]
        mix.render(start + at, len(block), block)
        if not keep:
            mix.release(start + at)
    _fade_cut_ends(sound, part, mix.frames)
    return sound


def _fade_cut_ends(sound: FloatArray, part: tuple[int, int], frames: int) -> None:
    """Where the part is cut out of the whole, fade its ends for a millisecond."""
    rise = fades.edge_fade(min(_EDGE, len(sound) // 2))[:, None]
    if part[0] > 0:
        sound[: len(rise)] *= rise
    if part[1] < frames:
        sound[len(sound) - len(rise) :] *= rise[::-1]


def _write_stems(
    mix: Mixdown,
    target: Path,
    part: tuple[int, int],
    gain: float,
    ceiling: float,
    bit_depth: int,
    cancel: CancelFlag | None,
) -> tuple[Path, ...]:
    mixes = _stem_mixes(mix, target)
    peak = max(float(np.abs(_stem_sound(lane, part)).max()) for lane in mixes.values())
    gain = min(gain, ceiling / max(peak, 1e-9))
    for path, lane in mixes.items():
        check(cancel)
        sound = _stem_sound(lane, part) * np.float32(gain)
        files.write(path, sound, bit_depth=bit_depth, bpm=mix.arrangement.bpm, title=path.stem)
    return tuple(mixes)


def _stem_mixes(mix: Mixdown, target: Path) -> dict[Path, Mixdown]:
    """Mixdown of each audible lane by file; transitions with other lanes stay as in the whole."""
    whole = mix.arrangement
    found = {}
    for number, lane in enumerate(whole.lanes, 1):
        if lane not in whole.audible_lanes or not lane.clips:
            continue
        name = re.sub(r"[^\w-]+", "-", lane.name).strip("-")
        ending = f"-{number}-{name[:_LONGEST_LANE_NAME] or 'lane'}{target.suffix}"
        path = target.with_name(shortened(target.stem, ending))
        alone = [other.changed(solo=other is lane) for other in whole.lanes]
        found[path] = mix.updated(whole.changed(lanes=tuple(alone)))
    return found


def _stem_sound(lane: Mixdown, part: tuple[int, int]) -> FloatArray:
    sound = lane.render(part[0], part[1] - part[0])
    _fade_cut_ends(sound, part, lane.frames)
    return sound


def _measured(sound: FloatArray) -> tuple[float, float]:
    return loudness.integrated_lufs(sound), loudness.true_peak_dbtp(sound)


def _blocks(sound: FloatArray) -> list[FloatArray]:
    return [sound[at : at + _BLOCK] for at in range(0, len(sound), _BLOCK)]
