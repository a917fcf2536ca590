"""What every training starts from, learned from songs drawn by chance."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from core import resources
from core.demo import parts_material
from core.dsp.bank import bank
from core.dsp.spectrogram import db_to_power
from core.parts.material import Material
from core.parts.remix import Remix
from core.progress import CancelFlag, Progress, check, silent
from core.session import training_data
from core.settings import BARS_PER_SEGMENT, FLOOR_DB, PARTS
from core.vae.augmentation import Augmentation
from core.vae.data import Array, fold
from core.vae.pretrained import Pretrained

SONGS: Final = 600
_MOST_SEGMENTS: Final = 500
_REMIX: Final = Remix(
    whole=0.0, alone=0.0, missing=(0.1, 0.2, 0.1, 0.1), gated=(0.2, 0.2, 0.3, 0.2),
    off_beat=0.0, bars=BARS_PER_SEGMENT,
)  # fmt: skip
"""Complete music on the beat: parts that are missing or stop are for telling parts apart."""


_LEVEL_DB: Final = -10.0
"""Power of all bins of a segment, mean of its rows, of tracks at -14 LUFS; measured on the demo."""
_LEVEL_DEVIATION_DB: Final = 2.5
_SILENT: Final = 1e-9


def pretrain(
    path: Path,
    folder: Path,
    songs: int = SONGS,
    progress: Progress = silent,
    cancel: CancelFlag | None = None,
) -> Pretrained:
    """Render songs, mix their parts anew, and write what these and the demo vary along.

    Songs that are there already are not rendered again.

    Args:
        path: of the file.
        folder: where songs are kept.
        songs: how many.
        progress: told what is under way.
        cancel: ends it; what was rendered stays.

    Raises:
        TrainingError: a song could not be rendered.
        OutputError: songs or the file cannot be written.
        Cancelled: as asked.
    """
    with parts_material.rendering(folder, songs, lots=0) as jobs:
        parts_material.wait_for(folder, jobs, songs, progress, cancel)
    material = Material.of_folder(folder)
    found = Pretrained.fit(windows_of(material, _demo(), progress, cancel), _rng())
    found.write(path)
    return found


def windows_of(
    material: Material, others: Array, progress: Progress = silent, cancel: CancelFlag | None = None
) -> Array:
    """Music to learn from.

    Args:
        material: songs with known parts; of at most 500 segments each is heard as it is, and
            another made of parts of several songs.
        others: (n, 128, 128, 4), windows of other music, 0..1.
        progress: told what is under way.
        cancel: ends it.

    Returns:
        (m, 128, 128, 4), 0..1: the segments, `others`, both once more but varied as in trainings,
        and the new mixes.
    """
    rng = _rng()
    segments = rng.permutation(len(material))[:_MOST_SEGMENTS].tolist()
    songs = np.stack([material.segment(i)[len(PARTS)] for i in segments])
    mixes = []
    for number in range(len(segments)):
        check(cancel)
        progress(number, len(segments), "mixing parts of several songs")
        mixes.append(_REMIX.example(material, rng)[0])
    plain = np.concatenate([fold(_levelled(songs, rng)), others])
    varied = Augmentation().vary(plain, plain, rng)
    return np.concatenate([plain, varied, fold(_levelled(np.stack(mixes), rng))])


def _demo() -> Array:
    """Segments of the built-in demo, every other one."""
    data = training_data(resources.demo_library())
    return data.batch(data.places()[:: 2 * BARS_PER_SEGMENT])


def _levelled(spectra: Array, rng: np.random.Generator) -> Array:
    """Spectrograms (n, 512, 128) dB about as loud as those of imported tracks; silence stays."""
    power = (db_to_power(spectra) @ bank().areas).mean(axis=1)
    wanted = rng.normal(_LEVEL_DB, _LEVEL_DEVIATION_DB, len(spectra))
    gain = wanted - 10.0 * np.log10(power + _SILENT)
    louder = spectra + gain[:, None, None].astype(np.float32)
    return np.where(spectra <= FLOOR_DB + 1.0, np.float32(FLOOR_DB), louder)


def _rng() -> np.random.Generator:
    return np.random.default_rng(0)
