"""Builds what ships: the demo's music as a library, and the model trained on it."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from core.audio import files
from core.demo.catalogue import catalogue
from core.demo.render import render_many
from core.library.importing import import_audio
from core.library.packing import pack
from core.library.store import SPECTROGRAMS, Library
from core.progress import Progress, silent
from core.render import Decoder
from core.resources import digest
from core.session import training_data
from core.vae import checkpoint, training
from core.vae.calibration import recalibrate
from core.vae.training import TrainOptions, TrainResult

LIBRARY_ID = "technovae-demo"
QUALITY = 0.25
"""Of Ogg Vorbis: about 100 kbit/s, so that the whole demo stays below 30 MB."""
MINUTES = 10.0
_RENDER, _IMPORT, _PACK, _TRAIN = 0.25, 0.05, 0.05, 0.65


@dataclass(frozen=True)
class PackResult:
    """What was built, and how far the fitted beat grids were from the truth."""

    library: Path
    model: Path
    megabytes: float
    segments: int
    worst_tempo_error: float
    worst_downbeat_error: float
    training: TrainResult

    def lines(self) -> tuple[str, ...]:
        """The result in plain sentences."""
        return (
            f"{self.library}: {self.segments} segments, {self.megabytes:.1f} MB",
            f"fitted beat grids against the scores: at worst {self.worst_tempo_error:.4f} BPM and "
            f"{1000 * self.worst_downbeat_error:.1f} ms off",
            *self.training.lines(),
        )


def build_pack(
    library: Path, model: Path, progress: Progress = silent, minutes: float = MINUTES
) -> PackResult:
    """Render the catalogue, import it, train on it; replace `library` and `model` at the end.

    The music and the library are the same in every run on one machine; training stops by time.

    Raises:
        OutputError: no room, or a folder that cannot be written.
    """
    library.parent.mkdir(parents=True, exist_ok=True)
    model.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=library.parent, prefix=".building-") as name:
        place = Path(name)
        _render(place / "audio", _part(progress, 0.0, _RENDER))
        done = _RENDER
        import_audio(place / "whole", [place / "audio"], _part(progress, done, _IMPORT))
        with Library.open(place / "whole") as whole:
            errors = _grid_errors(whole)
            done += _IMPORT
            pack(whole, place / "demo", QUALITY, LIBRARY_ID, _part(progress, done, _PACK))
        options = TrainOptions(place / model.name, minutes=minutes)
        data = training_data(place / "demo")
        trained = training.train(data, options, _part(progress, done + _PACK, _TRAIN))
        segments = _place_on_map(place / "demo", options.path)
        _strip(place / "demo")
        size = sum(p.stat().st_size for p in (place / "demo").rglob("*") if p.is_file()) / 1e6
        _replace(place / "demo", library)
        _replace_model(options.path, model)
    return PackResult(library, model, size, segments, *errors, replace(trained, path=model))


def retrain_pack(
    library: Path, model: Path, progress: Progress = silent, minutes: float = MINUTES
) -> TrainResult:
    """Train another `model` on the music of `library`, which stays as it is, and place it by that.

    Raises:
        OutputError: no room, or a folder that cannot be written.
    """
    before = digest(model)
    with tempfile.TemporaryDirectory(dir=model.parent, prefix=".training-") as name:
        options = TrainOptions(Path(name) / model.name, minutes=minutes)
        trained = training.train(training_data(library), options, progress)
        _replace_model(options.path, model)
    _placed_anew(library, model, before)
    return replace(trained, path=model)


def refit_pack(library: Path, model: Path) -> int:
    """Fit again what `model` carries beside its weights, and place `library` by it; its music and
    the weights stay. Returns the number of segments.

    Raises:
        ModelError, OutputError: the model cannot be read or written.
    """
    before = digest(model)
    recalibrate(model, training_data(library))
    return _placed_anew(library, model, before)


def _placed_anew(library: Path, model: Path, before: str) -> int:
    """Under `model` in place of the one whose hash was `before`; the number of segments."""
    segments = _place_on_map(library, model)
    with Library.open(library) as opened:
        if digest(model) != before:
            opened.forget_model(before)
        opened.compact()
    _strip(library)
    return segments


def _part(progress: Progress, start: float, share: float) -> Progress:
    def report(done: float, total: float, message: str = "") -> None:
        progress(start + share * done / max(total, 1e-9), 1.0, message)

    return report


def _render(folder: Path, progress: Progress) -> None:
    folder.mkdir()
    specs = catalogue()
    for number, (spec, samples) in enumerate(render_many(specs, os.cpu_count() or 1)):
        path = folder / f"{number + 1:02d} {spec.name}.flac"
        files.write(path, samples, bit_depth=24, bpm=spec.bpm, title=spec.name)
        progress(number + 1, len(specs), f"rendered {spec.name}")


def _grid_errors(library: Library) -> tuple[float, float]:
    """Largest error of tempo (BPM) and of the downbeat (seconds, within its bar)."""
    truth = {spec.name: spec.bpm for spec in catalogue()}
    tempo = downbeat = 0.0
    for track in library.tracks():
        bar = 240.0 / truth[track.title]
        offset = track.grid.downbeat % bar
        tempo = max(tempo, abs(track.grid.bpm - truth[track.title]))
        downbeat = max(downbeat, min(offset, bar - offset))
    return tempo, downbeat


def _place_on_map(library: Path, model: Path) -> int:
    with Library.open(library) as opened:
        ids, _ = Decoder(opened, checkpoint.load(model)).map()
    return len(ids)


def _strip(library: Path) -> None:
    """Shards are computed again from the audio when they are needed."""
    for shard in (library / SPECTROGRAMS).glob("*.npy"):
        shard.unlink()


def _replace(made: Path, place: Path) -> None:
    old = made.with_name("old")
    if place.exists():
        place.replace(old)
    made.replace(place)
    shutil.rmtree(old, ignore_errors=True)


def _replace_model(made: Path, place: Path) -> None:
    """The model and its history; the state to resume from stays behind."""
    for path in made.parent.glob(f"{made.stem}*"):
        if not path.name.endswith(".state.npz"):
            path.replace(place.with_name(path.name))
