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
from core.arrangement.export_options import ExportOptions
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
from core.settings import PARTS, SAMPLE_RATE

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
    options: ExportOptions | None = None,
    *,
    parts_of: PartsOf | None = None,
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
        options: what is written; None: everything, mastered, without stems.
        parts_of: gives the parts of a clip, (4, frames, 1 or 2); for part stems.
        progress: called with 0 .. 1.
        cancel: checked often.

    Returns:
        What was written, as a meter measures it.

    Raises:
        InputError: nothing to write, or an empty span.
        OutputError: `path` cannot be written.
        Cancelled: as asked; the file is as it was before.
        ValueError: part stems without `parts_of`.
    """
    target = Path(path)
    options = options or ExportOptions()
    ceiling_dbtp = options.ceiling_dbtp - files.coding_room_db(target)
    span = _frames(arrangement, options.span)
    files_of = _stem_files(arrangement, target, options)
    with ExitStack() as scratch:
        raw, *apart = (
            scratch.enter_context(ScratchAudio(target)) for _ in range(len(files_of) + 1)
        )
        # Opened before the work, so that a name or folder that cannot be used is known at once.
        with files.AudioWriter(
            target,
            2,
            bit_depth=options.bit_depth,
            bpm=arrangement.bpm,
            title=arrangement.title or as_text(target.stem),
            frames=span[1] - span[0],
        ) as out:
            sounds = _summed_but(separated_sources(arrangement), audio_of)
            with Prefetch(sounds, _needed(arrangement, span)) as ahead:
                mix = Mixdown(arrangement, ahead)
                parts = _part_stems(mix, parts_of) if options.part_stems else None
                by_stem = dict(zip(files_of, apart, strict=True))
                measured, peak = _render(mix, parts, span, raw, by_stem, progress, cancel)
            progress(0.85, 1.0, "measuring" if options.lufs is None else "mastering")
            blocks = partial(_checked, raw, cancel)
            mastered, levels, gain = _mastered(blocks, measured, options.lufs, ceiling_dbtp)
            levels = _write(out, mastered, levels)
        if files_of:
            progress(0.95, 1.0, "writing stems")
            gain = min(gain, mastering.limiter_ceiling(ceiling_dbtp) / max(peak, 1e-9))
            for sound, stem in zip(apart, files_of.values(), strict=True):
                _write_stem(sound, stem, gain, options.bit_depth, arrangement.bpm, cancel)
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


def _needed(arrangement: Arrangement, span: tuple[int, int]) -> list[Clip]:
    """Clips of audible lanes that sound in the span; transitions need only a few others."""
    return [
        loop
        for lane in arrangement.audible_lanes
        for clip in lane.clips
        if not clip.mute
        and arrangement.frame(clip.start) < span[1]
        and arrangement.frame(clip.end) > span[0]
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
    span: tuple[int, int],
    raw: ScratchAudio,
    by_stem: dict[_Stem, ScratchAudio],
    progress: Progress,
    cancel: CancelFlag | None,
) -> tuple[SoundMeasurement, float]:
    """Render the span into `raw`, and each stem into its own; sound that has passed is dropped.

    Args:
        mix: the whole.
        parts: kick, bass, drums and rest of it; None where they have no stems.
        span: first frame, and first frame after it.
        raw: takes the mix.
        by_stem: takes lanes by their ids, parts by their numbers.
        progress: called with 0 .. .85.
        cancel: checked often.

    Returns:
        The measurement of the mix, and the largest true peak of any of `by_stem`.
    """
    start, end = span
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
            _fade_cut_ends(sound, at, span, mix.frames + mix.tail)
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


def _fade_cut_ends(block: FloatArray, at: int, span: tuple[int, int], frames: int) -> None:
    """Where the span is cut out of the whole, fade its ends for a millisecond.

    Args:
        block: (n, 2) of the span, changed in place.
        at: its first frame.
        span: first frame, and first frame after it.
        frames: length of the whole.
    """
    start, end = span
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


def _part_stems(mix: Mixdown, parts_of: PartsOf | None) -> PartStems:
    if parts_of is None:
        raise ValueError("part stems are made from the parts of clips; give parts_of")
    return PartStems(mix, parts_of)


def _stem_files(whole: Arrangement, target: Path, options: ExportOptions) -> dict[_Stem, Path]:
    lanes = _stem_lanes(whole, target) if options.lane_stems else {}
    return lanes | (_stem_parts(target) if options.part_stems else {})


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
