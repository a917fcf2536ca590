"""A library: the folder that holds imported tracks, their segments, spectrograms, latents and map.

library.sqlite                      tracks, beat grids, segments, attributes, latents, maps
audio/<track>.flac                  the sound at 44.1 kHz (the shipped demo: .ogg)
one_shots/<one-shot>.flac           single sounds, kept aside
spectrograms/<track>-<layout>.npy   shards; `layout` is a hash of the sections they were made for,
                                    so that a shard never outlives its grid unnoticed
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import os
from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.deletion import delete_file, leads_outside
from core.dsp.key import Key
from core.errors import InputError, LibraryError, OutputError
from core.identifiers import is_identifier
from core.library import (
    gridding,
    one_shots,
    records,
    schema,
    shards,
    sound,
    spectrograms,
    validation,
)
from core.library.chroma_store import ChromaStore
from core.library.database import Database, can_write, has_other_names
from core.library.keys import Keys
from core.library.latents import LatentStore, SavedMap, open_overlay
from core.library.one_shots import OneShot
from core.library.segments import Segment
from core.library.tracks import ID_LENGTH, Track
from core.library.training_weights import TrackSpan, TrainingWeights, TrainingWeightStore
from core.progress import CancelFlag, Progress, silent
from core.rhythm.grid import BeatGrid

Array = NDArray[np.float32]
DATABASE = "library.sqlite"
AUDIO = "audio"
SPECTROGRAMS = "spectrograms"
_FOLDERS = (AUDIO, SPECTROGRAMS)
_OWN_NAMES = (*_FOLDERS, one_shots.FOLDER)
_LINKED_NAMES = (*_OWN_NAMES, "model.txt")
"""Parts of a library that are written by name."""
_WRITTEN_IN_PLACE = (f"{DATABASE}-wal", f"{DATABASE}-shm")
"""What SQLite keeps beside a database that is written."""


class Library:
    """An open library. Several threads may share it; each process opens its own.

    A library in a read-only folder (installed with the program, on a CD) opens all the same.
    Nothing in it can be changed, but latents and maps can be saved: they go to the user's data
    folder, under the library's id.
    """

    def __init__(self, path: Path, database: Database) -> None:
        """Use `Library.open` or `Library.create`.

        Args:
            path: folder of the library.
            database: the one in it, open; closed with the library.

        Raises:
            LibraryError: the library is damaged.
        """
        self.path = path
        self._database = database
        self._overlay: Database | None = None
        self.id: str = self._fact("id")
        if not is_identifier(self.id):
            database.close()
            validation.refuse(path, f"its id is {self.id[:40]!r}")

    @classmethod
    def open(cls, path: str | os.PathLike[str], read_only: bool = False) -> Self:
        """Open a library.

        Args:
            path: its folder.
            read_only: do not write to it; one in a read-only folder is never written.

        Returns:
            The open library; a context manager that closes it.

        Raises:
            LibraryError: no such folder, not a library, damaged, or of a newer version.
        """
        folder = Path(path).absolute()
        database = folder / DATABASE
        try:
            is_folder, is_library = folder.is_dir(), database.is_file()
        except OSError as error:
            reason = f"it may not be looked into ({error.strerror}); check its folder's rights"
            raise LibraryError(f"{folder}: {reason}") from error
        if not is_folder:
            raise LibraryError(f"{folder}: no such folder; `technovae import` makes a library")
        if not is_library:
            raise LibraryError(f"{folder}: not a TechnoVAE library; `technovae import` makes one")
        _refuse_links_and_pipes(folder)
        writable = not read_only and can_write(database) and not has_other_names(database)
        return cls(folder, Database(database, writable=writable))

    @classmethod
    def create(cls, path: str | os.PathLike[str]) -> Self:
        """Make an empty library in folder `path`, which is made too, or is empty.

        Raises:
            LibraryError: there is a library already, or the folder holds other things.
            OutputError: it cannot be written.
        """
        folder = Path(path).absolute()
        require_free(folder)
        make_folders(folder)
        schema.create(folder / DATABASE)
        return cls.open(folder)

    def close(self) -> None:
        """Close the library."""
        if self._overlay is not None:
            self._overlay.close()
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def writable(self) -> bool:
        """False if tracks and grids cannot be changed."""
        return self._database.writable

    @property
    def database(self) -> Database:
        """For the other modules of this room."""
        return self._database

    @property
    def tempo(self) -> float:
        """BPM: the median of the tracks with a steady beat; 130 without any."""
        rows = self._database.rows("SELECT grid FROM tracks WHERE aligned = 1")
        tempi = sorted(validation.grid_of(str(row[0]), self.path).bpm for row in rows)
        if not tempi:
            return settings.TEMPO_PRIOR
        # Not numpy's median, which imports masked arrays before the first map is seen.
        middle = tempi[(len(tempi) - 1) // 2 : len(tempi) // 2 + 1]
        return sum(middle) / len(middle)

    # Tracks and segments

    def tracks(self) -> list[Track]:
        """All tracks by title, numbers in it by value."""
        return records.read_tracks(self._database)

    def track(self, track_id: str) -> Track:
        """One track. Raises `LibraryError` if it is not there."""
        return records.read_track(self._database, track_id)

    def segments(
        self, hop_bars: int = settings.BARS_PER_SEGMENT, track_id: str | None = None
    ) -> list[Segment]:
        """List segments, in step with the four-bar phrases of each section.

        Args:
            hop_bars: bars from one segment's beginning to the next one's: 4 for the map, 1 for
                training.
            track_id: the track whose segments are wanted; None for all tracks.

        Returns:
            Segments in the order of `tracks()`, then by section and bar.

        Raises:
            InputError: `hop_bars` is below 1.
            LibraryError: the database is damaged.
        """
        if hop_bars < 1:
            raise InputError(f"a hop of {hop_bars} bars is not possible; give 1 or more")
        found = records.read_segments(self._database, hop_bars, track_id)
        if track_id is not None:
            return found
        place = self._track_places()
        return sorted(found, key=lambda segment: place[segment.track_id])

    def segment(self, segment_id: str) -> Segment:
        """One segment. Raises `LibraryError` if it is not there."""
        return records.read_segment(self._database, segment_id)

    def remove_track(self, track_id: str) -> None:
        """Remove a track, see `remove_tracks`."""
        self.remove_tracks([track_id])

    def remove_tracks(self, track_ids: Sequence[str]) -> None:
        """Remove tracks with their segments, latents and files: all of them, or none.

        Grids that the user set are kept.

        Args:
            track_ids: of the tracks.

        Raises:
            LibraryError: no such track, or the library is read-only.
        """
        tracks = [self.track(track_id) for track_id in track_ids]
        audio = [self.audio_path(track) for track in tracks]
        with self._database.transaction():
            for track in tracks:
                records.delete_track(self._database, track.id)
        # What cannot be deleted now (in use elsewhere, on Windows) the next import sweeps.
        shards_of = (self._shard_folder.glob(f"{track.id}-*.npy") for track in tracks)
        for path in (*audio, *itertools.chain.from_iterable(shards_of)):
            delete_file(path, self.path)

    def twin(self, content_hash: str) -> str | None:
        """Id of the track with this content, if there is one."""
        row = self._database.row("SELECT id FROM tracks WHERE content_hash = ?", (content_hash,))
        return None if row is None else str(row[0])

    def correction(self, content_hash: str) -> BeatGrid | None:
        """The grid that the user set for this content, now or before its track was removed."""
        return records.correction(self._database, content_hash)

    def corrections(self) -> dict[str, BeatGrid]:
        """All grids that the user set, by the content that they are for."""
        return records.corrections(self._database)

    def set_grid(
        self,
        track_id: str,
        grid: BeatGrid,
        progress: Progress = silent,
        cancel: CancelFlag | None = None,
    ) -> Track:
        """Put a track on a grid of the user's, which importing the same music again keeps.

        Spectrogram, segments and attributes are computed anew from the stored audio; latents of the
        track's old segments are dropped.

        Args:
            track_id: the track.
            grid: the correction; its `origin` becomes "user".
            progress: samples done, of the track's.
            cancel: stops it between two blocks of audio.

        Returns:
            The changed track.

        Raises:
            LibraryError: no such track, its audio is gone, no segment fits, or read-only.
            Cancelled: as asked; nothing has changed.
        """
        corrected = dataclasses.replace(grid, origin="user")
        return self._regrid(track_id, corrected, progress, cancel)

    def refit(
        self, track_id: str, progress: Progress = silent, cancel: CancelFlag | None = None
    ) -> Track:
        """Forget the user's grid of a track and fit it again.

        Args:
            track_id: the track.
            progress: samples done, of the track's, once the grid is fitted.
            cancel: stops it between two blocks of audio.

        Returns:
            The changed track; on the library's tempo where there is no steady beat.

        Raises:
            LibraryError: no such track, its audio is gone, no segment fits, or read-only.
            Cancelled: as asked; nothing has changed.
        """
        self._database.require_writable()
        track = self.track(track_id)
        name = Path(track.source_path).stem
        grid = gridding.fit(self.blocks(track), track.seconds, name, cancel)
        if not grid.is_steady:
            grid = BeatGrid.default(track.seconds, self.tempo, grid.confidence)
        return self._regrid(track_id, grid, progress, cancel)

    # Sound and spectrograms

    def audio_path(self, track: Track) -> Path:
        """The stored audio of `track`; multiply it by `track.stored_gain_db` for -14 LUFS.

        Raises:
            LibraryError: it is a link to a place outside the library.
        """
        path = self.path / AUDIO / track.audio_file
        if leads_outside(path, self.path):
            raise LibraryError(f"{path}: a link out of the library; put the file itself there")
        return path

    def one_shots(self) -> list[OneShot]:
        """The single sounds that imports kept aside, by title."""
        return one_shots.read_one_shots(self._database)

    def audio(self, track_id: str, start_seconds: float, frames: int) -> Array:
        """Read a stretch of a track.

        Args:
            track_id: the track.
            start_seconds: where it begins, rounded to the nearest sample; may be negative.
            frames: how many samples.

        Returns:
            (frames, 2) at -14 LUFS, silent outside the track.

        Raises:
            LibraryError: no such track, or its audio is gone or damaged.
        """
        track = self.track(track_id)
        first = sound.seconds_to_frame(start_seconds)
        return sound.stereo(sound.read(self.audio_path(track), first, frames, track.stored_gain_db))

    def blocks(self, track: Track) -> sound.Blocks:
        """The whole stored audio of `track` in blocks (n, 1 or 2), at -14 LUFS."""
        return sound.blocks(self.audio_path(track), track.stored_gain_db)

    def segment_audio(self, segment: Segment, preroll_frames: int = 0) -> Array:
        """Read a segment, with what comes before it.

        Args:
            segment: of this library.
            preroll_frames: samples before its downbeat, silent before the track's beginning.

        Returns:
            (preroll_frames + segment.frames, 2) at -14 LUFS, the downbeat at `preroll_frames`.

        Raises:
            LibraryError: the audio is gone or damaged.
        """
        start = segment.start_seconds - preroll_frames / settings.SAMPLE_RATE
        return self.audio(segment.track_id, start, preroll_frames + segment.frames)

    def segment_spectrogram(self, segment: Segment, bar: int | None = None) -> Array:
        """The spectrogram of a segment, from the shard, or from the audio where that is missing.

        Args:
            segment: of this library.
            bar: 0..3 for that bar alone, which takes a fourth of the time; None for all.

        Returns:
            (512, 128) or (128, 128) float32 dB.

        Raises:
            LibraryError: neither is there.
        """
        kept = self.kept_spectrogram(segment, bar)
        if kept is not None:
            return kept
        track = self.track(segment.track_id)
        skipped, bars = (0, settings.BARS_PER_SEGMENT) if bar is None else (bar, 1)
        read = functools.partial(sound.read, self.audio_path(track), gain_db=track.stored_gain_db)
        start = segment.start_seconds + skipped * segment.seconds / settings.BARS_PER_SEGMENT
        return spectrograms.of_bars(read, start, segment.bpm, bars)

    def kept_spectrogram(self, segment: Segment, bar: int | None = None) -> Array | None:
        """As `segment_spectrogram`, from the shard alone: a millisecond.

        Args:
            segment: of this library.
            bar: 0..3 for that bar alone; None for all.

        Returns:
            (512, 128) or (128, 128) float32 dB; None where the shard is missing or damaged.
        """
        track = self.track(segment.track_id)
        skipped, bars = (0, settings.BARS_PER_SEGMENT) if bar is None else (bar, 1)
        shard = shards.find(self._shard_folder, self.id, track)
        if shard is None:
            return None
        first = track.sections[segment.section].bar_row(segment.bar + skipped)
        rows = shard[first : first + bars * settings.FRAMES_PER_BAR].astype(np.float32)
        return rows if spectrograms.is_sound(rows) else None

    def track_spectrogram(self, track_id: str) -> NDArray[np.float16]:
        """(rows, 128) float16 dB, memory-mapped: all whole bars of the track, from the downbeat on.

        `segment_rows` says where segments lie in it. A missing shard is computed from the audio and
        kept (in the user's cache folder if the library is read-only).

        Raises:
            LibraryError: no such track, or neither shard nor audio is there.
        """
        track = self.track(track_id)
        found = shards.find(self._shard_folder, self.id, track)
        if found is not None and spectrograms.is_sound(found):
            return found
        sound.require_length(self.audio_path(track), track.frames)
        rows = spectrograms.track_rows(sound.Forward(self.blocks(track)), track.sections)
        return shards.keep(self._shard_folder, self.id, track, rows, writable=self.writable)

    def tracks_without_spectrogram(self) -> list[Track]:
        """The tracks whose shard is missing; `track_spectrogram` makes it."""
        return [
            track
            for track in self.tracks()
            if shards.find(self._shard_folder, self.id, track) is None
        ]

    def segment_rows(self, track_id: str, hop_bars: int = 1) -> NDArray[np.int64]:
        """Where segments lie in `track_spectrogram`: all that training needs, without making them.

        Args:
            track_id: the track.
            hop_bars: bars from one segment's beginning to the next one's.

        Returns:
            (n,) the first of the 512 rows of each segment; none where there is no such track.

        Raises:
            LibraryError: the database is damaged.
        """
        sections = records.read_sections(self._database, track_id)
        rows = [s.bar_row(bar) for s in sections for bar in s.starts(hop_bars)]
        return np.array(rows, np.int64)

    # Latents and maps, per model

    def save_latents(
        self, model_hash: str, segment_ids: Sequence[str], means: Array, *, refined: bool = True
    ) -> None:
        """Keep latents, in place of those that these segments had for this model.

        Args:
            model_hash: of the model that encoded them.
            segment_ids: n ids.
            means: (n, 64), a latent for each.
            refined: False: they are what the encoder says at once, which is kept beside the others
                until it is refined.

        Raises:
            InputError: `means` has another shape.
            LibraryError: another process keeps the library locked.
            OutputError: the library is read-only, and the user's data folder cannot be written.
        """
        self._store_for_saving().save_latents(model_hash, segment_ids, means, refined=refined)

    def has_unrefined_latents(self, model_hash: str) -> bool:
        """Whether some segments have only what the encoder said at once."""
        return any(store.has_unrefined_latents(model_hash) for store in self._stores())

    def latents(self, model_hash: str, *, with_unrefined: bool = False) -> tuple[list[str], Array]:
        """The latents that the library keeps.

        Args:
            model_hash: of the model.
            with_unrefined: with what the encoder said at once, where it has not been refined yet.

        Returns:
            Segment ids, in the order of `segments(1)`, and their latents (n, 64).
        """
        found = self._latents(model_hash, with_unrefined=with_unrefined)
        ids = self._in_order(found)
        return ids, self._joined(found, ids)

    def save_map(self, model_hash: str, segment_ids: Sequence[str], positions: Array) -> None:
        """Keep the map of a model, in place of the one it had.

        Args:
            model_hash: of the model, or a name from `latents.part_map_name`.
            segment_ids: n ids.
            positions: (n, 2), x and y of each dot.

        Raises:
            InputError: `positions` has another shape.
            LibraryError: another process keeps the library locked.
            OutputError: the library is read-only, and the user's data folder cannot be written.
        """
        self._store_for_saving().save_map(model_hash, segment_ids, positions)

    def map(self, model_hash: str) -> tuple[list[str], Array]:
        """Segment ids, in the order of `segments(1)`, and their positions (n, 2) under a model."""
        found = self._positions(model_hash)
        ids = self._in_order(found)
        return ids, np.array([found[i] for i in ids], np.float32).reshape(-1, 2)

    def dots(self, model_hash: str, segment_ids: Sequence[str]) -> tuple[Array, Array] | None:
        """Positions and latents of segments that are known to exist.

        Args:
            model_hash: of the model.
            segment_ids: (n).

        Returns:
            (n, 2) and (n, 64), refined or not; None where any of them has no position or no latent
            yet.
        """
        positions = self._positions(model_hash)
        latents = self._latents(model_hash, with_unrefined=True)
        if not (positions.keys() >= set(segment_ids) <= latents.keys()):
            return None
        xy = np.array([positions[i] for i in segment_ids], np.float32).reshape(-1, 2)
        return xy, self._joined(latents, segment_ids)

    def maps(self) -> list[SavedMap]:
        """The maps kept, the newest first."""
        found = [saved for store in self._stores() for saved in store.maps()]
        return sorted(found, key=lambda saved: -saved.saved_at)

    def forget_model(self, model_hash: str) -> None:
        """Drop the latents and the map of a model that is gone."""
        self._store_for_saving().forget(model_hash)

    # Keys

    def keys(self) -> Keys:
        """The keys of all tracks whose chroma is kept, and of stretches of them."""
        found: dict[str, Array] = {}
        for store in self._chroma_stores():
            found.update(store.all())
        return Keys({track.id: found[track.id] for track in self.tracks() if track.id in found})

    def key(self, track_id: str) -> Key | None:
        """The key of a track; None without pitch in it, or until its chroma is kept."""
        return self.keys().of_track(track_id)

    def save_chroma(self, track_id: str, chroma: Array) -> None:
        """Keep the chroma of a track, from which its key and those of its segments are estimated.

        Args:
            track_id: the track; nothing is kept of one that is not there any more.
            chroma: (frames, 12), as `core.dsp.chroma` computes it.

        Raises:
            LibraryError: another process keeps the library locked.
            OutputError: the library is read-only, and the user's data folder cannot be written.
        """
        ChromaStore(self._database_for_saving()).save(track_id, chroma, of_library=self.writable)

    # What a training learns

    def training_weights(self) -> TrainingWeights:
        """How often a training learns what."""
        found = [TrainingWeightStore(database).read() for database in self._databases()]
        kept = [weights for weights in found if weights is not None]
        return kept[-1] if kept else TrainingWeights()

    def weigh(self, spans: Sequence[TrackSpan], weight: float) -> TrainingWeights:
        """Say how often a training learns some of the music.

        Args:
            spans: of tracks.
            weight: 0 (left out) to 3.

        Returns:
            The weights of all music, as they are now.

        Raises:
            InputError: `weight` lies outside.
            LibraryError: another process keeps the library locked.
            OutputError: the library is read-only, and the user's data folder cannot be written.
        """
        weights = self.training_weights().with_weight(spans, weight)
        store = TrainingWeightStore(self._database_for_saving())
        store.write(weights, of_library=self.writable)
        return weights

    def compact(self) -> None:
        """Make the database as small as it can be."""
        self._database.compact()

    # Inside

    @property
    def _shard_folder(self) -> Path:
        return self.path / SPECTROGRAMS

    def _fact(self, name: str) -> str:
        row = self._database.row("SELECT value FROM facts WHERE name = ?", (name,))
        if row is None:
            raise LibraryError(
                f"{self.path}: this library is damaged; import again into a new folder"
            )
        return str(row[0])

    def _regrid(
        self,
        track_id: str,
        grid: BeatGrid,
        progress: Progress,
        cancel: CancelFlag | None,
    ) -> Track:
        self._database.require_writable()
        track = gridding.put_on(self.track(track_id), grid)
        blocks = gridding.reported(self.blocks(track), track.frames, progress, cancel)
        rows = spectrograms.track_rows(sound.Forward(blocks), track.sections)
        segments = spectrograms.segments_of(track.id, track.sections, rows)
        with self._database.transaction():
            spectrograms.save(shards.path(self._shard_folder, track), rows)
            records.change_grid(self._database, track, segments)
            kept = grid if grid.origin == "user" else None
            records.write_correction(self._database, track.content_hash, kept)
        shards.drop_others(self._shard_folder, track)
        progress(track.frames, track.frames)
        return track

    def _latents(self, model_hash: str, *, with_unrefined: bool = False) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        if with_unrefined:
            for store in self._stores():
                found.update(store.latents(model_hash, refined=False))
        for store in self._stores():
            found.update(store.latents(model_hash))
        return found

    def _joined(self, found: Mapping[str, bytes], segment_ids: Sequence[str]) -> Array:
        joined = b"".join(found[i] for i in segment_ids)
        latents = np.frombuffer(joined, "<f4").reshape(-1, settings.LATENT_SIZE).astype(np.float32)
        if not (np.abs(latents) <= settings.LARGEST_LATENT).all():  # false for NaN, too
            validation.refuse(self.path, "a latent is no number")
        return latents

    def _positions(self, model_hash: str) -> dict[str, tuple[float, float]]:
        found: dict[str, tuple[float, float]] = {}
        for store in self._stores():
            found.update(store.map(model_hash))
        return found

    def _in_order(self, segment_ids: Container[str]) -> list[str]:
        """Those of `segment_ids` that exist, in the order of `segments(1)`."""
        place = self._track_places()
        found = [i for i in records.read_segment_ids(self._database) if i in segment_ids]
        return sorted(found, key=lambda segment_id: place[segment_id[:ID_LENGTH]])

    def _track_places(self) -> defaultdict[str, int]:
        """Number of each track; 0 for one that another process removed this moment."""
        ids = records.read_track_ids(self._database)
        return defaultdict(int, {track_id: k for k, track_id in enumerate(ids)})

    def _stores(self) -> list[LatentStore]:
        """Where latents may lie; later ones win."""
        return [LatentStore(database) for database in self._databases()]

    def _store_for_saving(self) -> LatentStore:
        return LatentStore(self._database_for_saving())

    def _chroma_stores(self) -> list[ChromaStore]:
        return [ChromaStore(database) for database in self._databases()]

    def _databases(self) -> list[Database]:
        """The library's, and where it is read-only that of what was computed since."""
        if self.writable:
            return [self._database]
        if self._overlay is None:
            self._overlay = open_overlay(self.id, create=False)
        return [self._database] if self._overlay is None else [self._database, self._overlay]

    def _database_for_saving(self) -> Database:
        if self.writable:
            return self._database
        if self._overlay is None:
            self._overlay = open_overlay(self.id, create=True)
        assert self._overlay is not None
        return self._overlay


def _refuse_links_and_pipes(folder: Path) -> None:
    """What belongs to a library must lie in it: it is written, and deleted.

    Raises:
        LibraryError: a part of it is a link to a place outside, or no file at all: who reads a pipe
            waits for ever.
    """
    for entry in os.scandir(folder):
        ours = entry.name in _LINKED_NAMES or entry.name.startswith((DATABASE, ".library"))
        if ours and not (entry.is_file() or entry.is_dir() or entry.is_symlink()):
            raise LibraryError(f"{entry.path}: a pipe or a device, no file; delete it")
        if entry.name in _WRITTEN_IN_PLACE and _is_hard_link(Path(entry.path)):
            raise LibraryError(
                f"{entry.path}: a hard link; what has its other name would change, too; delete it"
            )
        if ours and entry.is_symlink() and leads_outside(Path(entry.path), folder):
            raise LibraryError(
                f"{entry.path}: a link out of the library; put what it leads to there itself"
            )


def _is_hard_link(path: Path) -> bool:
    """False as well for what another process has just taken away."""
    try:
        return path.is_file() and has_other_names(path)
    except FileNotFoundError:
        return False


def require_free(folder: Path) -> None:
    """Raise `LibraryError` unless `folder` is missing, empty, or a library just begun."""
    if (folder / DATABASE).exists():
        raise LibraryError(
            f"{folder}: there is a library already; open it or choose another folder"
        )
    if folder.exists() and not folder.is_dir():
        raise LibraryError(f"{folder}: a file, not a folder; choose another place for the library")
    foreign = [p.name for p in folder.iterdir()] if folder.exists() else []
    foreign = [n for n in foreign if n not in _OWN_NAMES and not n.startswith(".library")]
    if foreign:
        raise LibraryError(
            f"{folder}: holds other things ({foreign[0]}); choose an empty or new folder"
        )


def make_folders(folder: Path) -> None:
    """Make the folders of a library where they are missing. Raises `OutputError`."""
    try:
        for name in _FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{folder}: cannot be made ({error.strerror}); choose another place"
        ) from error
