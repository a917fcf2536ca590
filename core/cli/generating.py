"""`technovae generate`."""

from __future__ import annotations

from argparse import Namespace

import numpy as np
from numpy.typing import NDArray

from core.arrangement.clip import LatentSource
from core.atomic import output_folder
from core.audio import files
from core.audio.levelling import LevelledLoop, level_loop
from core.cli.console import progress_bar, say
from core.latent.sampling import AggregatePosterior, prior_sample
from core.render.workspace import Workspace, open_workspace
from core.settings import CEILING_DBTP, TARGET_LUFS


def run(options: Namespace) -> int:
    """Write `count` loops of exactly four bars, all at one loudness."""
    with open_workspace(options.library, options.model) as space:
        output_folder(options.out)
        bpm = options.bpm or space.library.tempo
        latents = _draw(space, options)
        quieter = 0
        with progress_bar("generating") as progress:
            for number, latent in enumerate(latents):
                progress(number, len(latents), f"sample {number + 1}")
                quieter += _write(space, options, bpm, number, latent).missing_db > 0
    say(f"{options.out}: {len(latents)} loops of four bars at {bpm:g} BPM, seed {options.seed}")
    if quieter:
        say(f"{quieter} of them quieter than {TARGET_LUFS:g} LUFS: their peaks leave no room")
    return 0


def _draw(space: Workspace, options: Namespace) -> NDArray[np.float32]:
    rng = np.random.default_rng(options.seed)
    if options.prior:
        return prior_sample(options.count, rng)
    _, latents = space.decoder.latents()
    return AggregatePosterior.fit(latents).sample(options.count, rng)


def _write(
    space: Workspace, options: Namespace, bpm: float, number: int, latent: NDArray[np.float32]
) -> LevelledLoop:
    source = LatentSource(
        latents=latent,  # type: ignore[arg-type]  # any array of that shape is taken
        seed=options.seed + number,
        renderer=options.renderer,
        model_hash=space.codec.hash,
    )
    samples = space.decoder.audio(source, bpm, quality="export")
    path = options.out / f"{number + 1:03d}_{bpm:g}bpm_seed{options.seed}.{options.format}"
    made = level_loop(samples, CEILING_DBTP - files.coding_room_db(path))
    files.write(path, made.samples, bit_depth=24, bpm=bpm, title=f"TechnoVAE {number + 1}")
    return made
