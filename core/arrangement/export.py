"""An arrangement as audio files: the mixdown, mastered or not, in the format of the file's name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core import memory
from core.arrangement import fades, return_sound
from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import Clip, ClipSource
from core.arrangement.lane_sound import LaneStates
from core.arrangement.mixdown import AudioOf, Mixdown
from core.arrangement.part_stems import PartsOf, PartStems
from core.arrangement.prefetch import Prefetch
from core.arrangement.transitions import separated_sources
from core.arrangement.values import db_to_gain
from core.audio import files, mastering
from core.audio.limiter import PeakEnvelope
from core.audio.loudness import SoundLevels, SoundMeasurement, decibels
from core.audio.mastering import Blocks
from core.audio.scratch import BLOCK_FRAMES, ScratchAudio
from core.errors import InputError
from core.file_names import as_text, shortened
from core.progress import CancelFlag, Progress, check, silent
from core.settings import CEILING_DBTP, PARTS, SAMPLE_RATE, TARGET_LUFS

FloatArray = NDArray[np.float32]

_Stem = str | int
"""The id of a lane, or the number of a part."""

_RELEASE_EVERY: Final = 1 << 20
"""Frames, a multiple of a block."""
_EDGE: Final = 64
_IN_PARTS: Final = 3
"""Dimensions of a sound in parts."""
_SILENCE_LUFS: Final = -70.0
_LONGEST_LANE_NAME: Final = 40


@dataclass(frozen=True)
class ExportResult:
    """What was written.

    Attributes:
        path: the mix.
        stems: one file per audible lane, and one per part, if they were asked for.
        frames: length of each, at 44.1 kHz.
        lufs: integrated loudness of the mix (ITU-R BS.1770).
        true_peak_dbtp: true peak of the mix.
        stems_db: what the stems were amplified by, all alike; 0 without stems.
    """

    path: Path
    stems: tuple[Path, ...]
    frames: int
    lufs: float
    true_peak_dbtp: float
    stems_db: float = 0.0

    def line(self) -> str:
        """One line for the user."""
        minutes, seconds = divmod(self.frames / SAMPLE_RATE, 60)
        more = f" and {len(self.stems)} stems at {self.stems_db:+.1f} dB" if self.stems else ""
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
    parts_of: PartsOf | None = None,
    span: tuple[int, int] | None = None,
    lufs: float | None = TARGET_LUFS,
    ceiling_dbtp: float = CEILING_DBTP,
    progress: Progress = silent,
    cancel: CancelFlag | None = None,
) -> ExportResult:
    """Write the sound of an arrangement to a file, completely or not at all.

    Memory does not grow with the length: clips are rendered just before they are due, and what is
    over three minutes waits on the disk, 8 bytes a frame for the mix and each stem, for mastering.

    Args:
        arrangement: what to write.
        audio_of: gives the four-bar loop of a clip at the arrangement's tempo, or its parts, as for
            a mixdown; called from two threads, ahead of it.
        path: the file; its suffix chooses the format (wav, flac, ogg, mp3).
        bit_depth: of formats that have one: 16, 24, or 32 (float).
        stems: also write one file per audible lane, next to `path`, and one each of the echo and
            the reverb that lanes send to: a lane's own file is without them. All get the same gain,
            so that they sum to the mix before its limiter; where the true peak of one of them would
            pass the ceiling, all are lowered.
        parts_of: also write one file per part, kick, bass, drums and rest, with the same gain; they
            sum to the mix as stems do. Gives the parts of a clip, (4, frames, 1 or 2).
        span: first tick, and first tick after the part to write; None: everything, with the bar in
            which echo and reverb fade away.
        lufs: integrated loudness to master to. None writes it as it is played, sample for sample,
            with the player's limiter and without its master gain.
        ceiling_dbtp: highest true peak of every file, as it is read (`files.coding_room_db`).
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
    ceiling_dbtp -= files.coding_room_db(target)
    part = _frames(arrangement, span)
    title = arrangement.title or as_text(target.stem)
    files_of: dict[_Stem, Path] = {}
    if stems:
        files_of |= _stem_lanes(arrangement, target)
    if parts_of is not None:
        files_of |= _stem_parts(target)
    with ExitStack() as scratch:
        raw, *apart = (
            scratch.enter_context(ScratchAudio(target)) for _ in range(len(files_of) + 1)
        )
        blocks = partial(_checked, raw, cancel)
        # Opened before the work, so that a name or folder that cannot be used is known at once.
        with files.AudioWriter(
            target,
            2,
            bit_depth=bit_depth,
            bpm=arrangement.bpm,
            title=title,
            frames=part[1] - part[0],
        ) as out:
            sounds = _summed_but(separated_sources(arrangement), audio_of)
            with Prefetch(sounds, _needed(arrangement, part)) as ahead:
                mix = Mixdown(arrangement, ahead)
                parts = None if parts_of is None else PartStems(mix, parts_of)
                by_stem = dict(zip(files_of, apart, strict=True))
                measured, peak = _render(mix, parts, part, raw, by_stem, progress, cancel)
            progress(0.85, 1.0, "mastering" if lufs is not None else "measuring")
            mastered, levels, gain = _mastered(blocks, measured, lufs, ceiling_dbtp)
            levels = _write(out, mastered, levels)
        if files_of:
            progress(0.95, 1.0, "writing stems")
            gain = min(gain, mastering.limiter_ceiling(ceiling_dbtp) / max(peak, 1e-9))
            for sound, stem in zip(apart, files_of.values(), strict=True):
                _write_stem(sound, stem, gain, bit_depth, arrangement.bpm, cancel)
    progress(1.0, 1.0, "done")
    written = tuple(files_of.values())
    lowered = decibels(gain) if files_of else 0.0
    return ExportResult(target, written, raw.frames, *levels, lowered)


def _frames(arrangement: Arrangement, span: tuple[int, int] | None) -> tuple[int, int]:
    start, end = span or (0, arrangement.end)
    first = arrangement.frame(max(start, 0))
    last = min(arrangement.frame(end), arrangement.length_frames)
    if span is None:
        last += return_sound.tail_frames(arrangement)
    if last <= first:
        raise InputError("there is nothing to write; place a clip or choose another part")
    return first, last


def _mastered(
    raw: Blocks, measured: SoundMeasurement, lufs: float | None, ceiling_dbtp: float
) -> tuple[Blocks, SoundLevels | None, float]:
    """Bring a mix to its loudness; silence stays as it is.

    Args:
        raw: the mix.
        measured: all of it.
        lufs: the loudness; None: as it is played.
        ceiling_dbtp: the highest true peak.

    Returns:
        The sound, its levels where they are known, and what a stem is multiplied by for it.
    """
    if lufs is None or measured.lufs <= _SILENCE_LUFS:
        made = mastering.limit_blocks(raw, measured, ceiling_dbtp)
        return made, measured.levels if made is raw else None, 1.0
    made, levels = mastering.master_blocks(raw, measured, lufs, ceiling_dbtp)
    return made, levels, db_to_gain(lufs - measured.lufs)


def _needed(arrangement: Arrangement, part: tuple[int, int]) -> list[Clip]:
    """Clips of audible lanes that sound in the part; transitions need only a few others."""
    return [
        loop
        for lane in arrangement.audible_lanes
        for clip in lane.clips
        if not clip.mute
        and arrangement.frame(clip.start) < part[1]
        and arrangement.frame(clip.end) > part[0]
        for loop in clip.loops
    ]


def _summed_but(separated: Collection[ClipSource], audio_of: AudioOf) -> AudioOf:
    """Parts only of the sources that are crossfaded by parts, for they take four times the room."""

    def sound_of(clip: Clip) -> FloatArray:
        sound = audio_of(clip)
        if sound.ndim == _IN_PARTS and clip.source not in separated:
            return np.asarray(sound.sum(axis=0))
        return sound

    return sound_of


def _render(
    mix: Mixdown,
    parts: PartStems | None,
    part: tuple[int, int],
    raw: ScratchAudio,
    by_stem: dict[_Stem, ScratchAudio],
    progress: Progress,
    cancel: CancelFlag | None,
) -> tuple[SoundMeasurement, float]:
    """Render the part into `raw`, and each stem into its own; sound that has passed is dropped.

    Args:
        mix: the whole.
        parts: kick, bass, drums and rest of it; None where they have no stems.
        part: first frame, and first frame after the part.
        raw: takes the mix.
        by_stem: takes lanes by their ids, parts by their numbers.
        progress: called with 0 .. .85.
        cancel: checked often.

    Returns:
        The measurement of the mix, and the largest true peak of any of `by_stem`.
    """
    start, end = part
    measured = SoundMeasurement(phase=start)
    peaks = {stem: PeakEnvelope(keep=False) for stem in by_stem}
    silence = np.zeros((BLOCK_FRAMES, 2), np.float32)
    states = LaneStates()
    for at in range(start, end, BLOCK_FRAMES):
        check(cancel)
        progress(0.85 * (at - start) / (end - start), 1.0, "rendering")
        frames = min(BLOCK_FRAMES, end - at)
        lanes: dict[str, FloatArray] = {}
        block = mix.render(at, frames, lanes=lanes if by_stem else None, states=states)
        stems = dict[_Stem, FloatArray](lanes.items())
        if parts is not None:
            stems.update(parts.render(at, frames).items())
        for sound in (block, *stems.values()):
            _fade_cut_ends(sound, at, part, mix.frames + mix.tail)
        raw.append(block)
        measured.feed(block)
        for stem, scratch in by_stem.items():
            alone = stems.get(stem, silence[:frames])
            peaks[stem].feed(alone)
            scratch.append(alone)
        if (at - start) % _RELEASE_EVERY == 0:
            mix.release(at)
            if parts is not None:
                parts.release(at)
            memory.trim()
    measured.finish()
    for lane_peaks in peaks.values():
        lane_peaks.finish()
    return measured, max((found.highest for found in peaks.values()), default=0.0)


def _fade_cut_ends(block: FloatArray, at: int, part: tuple[int, int], frames: int) -> None:
    """Where the part is cut out of the whole, fade its ends for a millisecond.

    Args:
        block: (n, 2) of the part, changed in place.
        at: its first frame.
        part: first frame, and first frame after the part.
        frames: length of the whole.
    """
    start, end = part
    rise = fades.edge_fade(min(_EDGE, (end - start) // 2))[:, None]
    if start > 0:
        _multiply(block, at, rise, start)
    if end < frames:
        _multiply(block, at, rise[::-1], end - len(rise))


def _multiply(block: FloatArray, at: int, gains: FloatArray, start: int) -> None:
    """Multiply `block`, which begins at frame `at`, by `gains` from frame `start` on."""
    first, after = max(at, start), min(at + len(block), start + len(gains))
    if first < after:
        block[first - at : after - at] *= gains[first - start : after - start]


def _checked(sound: ScratchAudio, cancel: CancelFlag | None) -> Iterator[FloatArray]:
    for block in sound.blocks():
        check(cancel)
        yield block


def _write(out: files.AudioWriter, blocks: Blocks, levels: SoundLevels | None) -> SoundLevels:
    """Write all blocks; give their levels, measured on the way where they are not known."""
    measuring = SoundMeasurement()
    for block in blocks():
        out.write(block)
        if levels is None:
            measuring.feed(block)
    measuring.finish()
    return levels or measuring.levels


def _stem_lanes(whole: Arrangement, target: Path) -> dict[_Stem, Path]:
    """The file of each audible lane, by the lane's id."""
    found: dict[_Stem, Path] = {}
    for number, lane in enumerate(whole.lanes, 1):
        if lane not in whole.audible_lanes or not lane.clips:
            continue
        name = re.sub(r"[^\w-]+", "-", lane.name).strip("-")
        ending = f"-{number}-{name[:_LONGEST_LANE_NAME] or 'lane'}{target.suffix}"
        found[lane.id] = target.with_name(shortened(target.stem, ending))
    for name in return_sound.used(whole):
        ending = f"-{name}{target.suffix}"
        found[return_sound.STEMS[name]] = target.with_name(shortened(target.stem, ending))
    return found


def _stem_parts(target: Path) -> dict[_Stem, Path]:
    """The file of each part, by its number in `settings.PARTS`."""
    return {
        number: target.with_name(shortened(target.stem, f"-{part}{target.suffix}"))
        for number, part in enumerate(PARTS)
    }


def _write_stem(
    sound: ScratchAudio,
    path: Path,
    gain: float,
    bit_depth: int,
    bpm: float,
    cancel: CancelFlag | None,
) -> None:
    title = as_text(path.stem)
    with files.AudioWriter(
        path, 2, bit_depth=bit_depth, bpm=bpm, title=title, frames=sound.frames
    ) as out:
        for block in _checked(sound, cancel):
            out.write(block * np.float32(gain))
