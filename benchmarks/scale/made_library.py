"""Libraries of made tracks, entered by the code that enters what imports have analysed."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from benchmarks.scale.made_tracks import Song, make
from core import resources
from core.library import entering, report, spectrograms
from core.library.analysis import JobResult
from core.library.models import MODEL_NAME
from core.library.sources import Source
from core.library.store import SPECTROGRAMS, Library
from core.progress import Progress

FIRST_NEW: Final = 1_000_000
"""Number of the first variation that no made library has: for what is imported into them."""
_MUSIC: Final = "music"


@dataclass(frozen=True, eq=False)
class Maker:
    """Makes libraries and music.

    Attributes:
        songs: what is varied.
        model_hash: of the model that their latents are of.
        minutes: about how long a track is.
    """

    songs: list[Song]
    model_hash: str
    minutes: float

    @classmethod
    def of_demo(cls, minutes: float) -> Self:
        """Read and encode the demo; a minute of CPU."""
        from core.vae.codec import Codec

        codec = Codec.load(resources.demo_model())
        with Library.open(resources.demo_library(), read_only=True) as demo:
            songs = [Song.of_track(demo, track, codec) for track in demo.tracks()]
        return cls(songs, codec.hash, minutes)

    def library(self, folder: Path, tracks: int, progress: Progress, *, sound: bool) -> Path:
        """A library of so many tracks with the demo's model; one that is there is gone on with.

        Args:
            folder: of the library.
            tracks: how many.
            progress: called after each track.
            sound: whether with audio and spectrograms; else rows alone, as the map needs them.
        """
        if not (folder / MODEL_NAME).is_file():
            Library.create(folder).close()
            (folder / MODEL_NAME).parent.mkdir(exist_ok=True)
            shutil.copy(resources.demo_model(), folder / MODEL_NAME)
        with Library.open(folder) as library:
            for number in range(len(library.tracks()), tracks):
                self._enter(library, number, sound=sound)
                progress(number + 1, tracks)
        return folder

    def music(self, folder: Path, files: int) -> Path:
        """A folder of so many FLAC files that no made library holds."""
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(FIRST_NEW, FIRST_NEW + files):
            make(self.songs, number, self.minutes, folder).write_audio(folder / f"{number}.flac")
        return folder

    def _enter(self, library: Library, number: int, *, sound: bool) -> None:
        made = make(self.songs, number, self.minutes, library.path.parent / _MUSIC)
        track = made.track
        audio, shard = library.path / "new.flac", None
        audio.touch()
        if sound:
            shard = library.path / SPECTROGRAMS / "new.npy"
            made.write_audio(audio)
            spectrograms.save(shard, made.rows())
        result = JobResult(
            report.IMPORTED,
            track=track,
            segments=made.segments,
            audio=audio,
            shard=shard,
            seconds=track.seconds,
        )
        entering.enter(library, Source(Path(track.source_path), 1, number), result)
        ids = [segment.id for segment in library.segments(track_id=track.id)]
        library.save_latents(self.model_hash, ids, made.latents)
        library.save_chroma(track.id, made.chroma)


def bytes_on_disk(library: Path) -> dict[str, int]:
    """Bytes of a library by kind: audio, spectrograms, and its database."""
    kinds = {"audio": "audio", "spectrograms": SPECTROGRAMS, "database": "."}
    return {
        kind: sum(file.stat().st_size for file in (library / place).iterdir() if file.is_file())
        for kind, place in kinds.items()
    }
