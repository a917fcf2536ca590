"""What is compared: each method describes spectra by 64 numbers and turns numbers into sound."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from benchmarks.quality import recipe
from benchmarks.quality.corpus import Corpus, Part
from benchmarks.quality.spectra import blocks
from benchmarks.quality.timing import four_bars
from core import settings
from core.arrangement.clip import LatentSource
from core.audio.loudness import integrated_lufs
from core.dsp import renderers
from core.dsp.renderers import RenderSource
from core.latent.paths import walk
from core.latent.sampling import AggregatePosterior, prior_sample
from core.latent.tour import short_tour
from core.render.decoder import Decoder
from core.render.guides import Guide
from core.vae import pca

Array = NDArray[np.float32]
TEMPI = (122.0, 127.5, 133.0, 140.0)
"""BPM that generated loops are asked for, in turn."""


@dataclass(frozen=True, eq=False)
class Made:
    """A generated loop of four bars (frames, channels) and its tempo; None: none was asked for."""

    samples: Array
    bpm: float | None


class Method(Protocol):
    """One row of the table.

    Attributes:
        name: as the table shows it.
        composes: the renderer with which it makes whole tracks, None where it makes none.
    """

    name: str
    composes: str | None

    def reconstructed(self, part: str) -> tuple[Array, Array]:
        """(real, decoded) spectra in dB, (n, rows, bands), in the method's own representation."""

    def latents(self) -> Array | None:
        """(n, 64) means over the library; None where there are none."""

    def sound(self, part: str, row: int) -> Array:
        """(frames, channels) of a segment of `part` from what the method keeps of it."""

    def generated(self, count: int, rng: np.random.Generator) -> list[Made]:
        """New music, `count` loops; none where the method makes no music of its own."""

    def path(self, steps: int, rng: np.random.Generator) -> list[Array]:
        """Loops of four bars along one path, to be played one after another, or none."""


class Neighbours:
    """No model: a segment is replaced by the nearest of the library that shares no bar with it."""

    name = "nearest neighbour"
    composes = None

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._found = {name: self._nearest(part) for name, part in corpus.parts.items()}

    def reconstructed(self, part: str) -> tuple[Array, Array]:
        return self._corpus.parts[part].spectra, self._corpus.library.spectra[self._found[part]]

    def latents(self) -> None:
        return None

    def sound(self, part: str, row: int) -> Array:
        bpm = self._corpus.parts[part].segments[row].bpm
        return self._corpus.library.loop(int(self._found[part][row]), bpm)

    def generated(self, count: int, rng: np.random.Generator) -> list[Made]:
        rows = rng.integers(0, len(self._corpus.library.segments), count)
        tempi = np.resize(TEMPI, count).tolist()
        return [
            Made(self._corpus.library.loop(int(row), bpm), bpm)
            for row, bpm in zip(rows, tempi, strict=True)
        ]

    def path(self, steps: int, rng: np.random.Generator) -> list[Array]:
        rows = rng.choice(len(self._corpus.library.segments), steps, replace=False)
        levels = blocks(self._corpus.library.spectra[rows])
        order = short_tour(cdist(levels, levels, "cityblock"))
        return [self._corpus.library.loop(int(rows[k]), self._corpus.bpm) for k in order]

    def _nearest(self, part: Part) -> NDArray[np.int64]:
        library = self._corpus.library
        distances = cdist(blocks(part.spectra), blocks(library.spectra), "cityblock")
        for row, segment in enumerate(part.segments):
            for column, other in enumerate(library.segments):
                same = (segment.track_id, segment.section) == (other.track_id, other.section)
                if same and abs(segment.bar - other.bar) < settings.BARS_PER_SEGMENT:
                    distances[row, column] = np.inf
        return distances.argmin(axis=1)


class Components:
    """64 principal components of every window of the library, drawn as Gaussians; `phase`."""

    name = "PCA-64"
    composes = None

    def __init__(self, corpus: Corpus, windows: Array) -> None:
        self._corpus = corpus
        self._components = pca.fit(windows.reshape(len(windows), -1), settings.LATENT_SIZE)
        self._renderer = renderers.get("phase")
        self._latents = {n: self._encode(part.spectra) for n, part in corpus.parts.items()}

    def reconstructed(self, part: str) -> tuple[Array, Array]:
        return self._corpus.parts[part].spectra, self._decode(self._latents[part])

    def latents(self) -> Array:
        return self._latents["library"]

    def sound(self, part: str, row: int) -> Array:
        frames = self._corpus.parts[part].segments[row].frames
        return self._renderer.render(self._decode(self._latents[part][[row]])[0], frames)

    def generated(self, count: int, rng: np.random.Generator) -> list[Made]:
        tempi = np.resize(TEMPI, count).tolist()
        spectra = self._decode(prior_sample(count, rng))
        return [
            Made(self._renderer.render(one, settings.segment_frames(bpm)), bpm)
            for one, bpm in zip(spectra, tempi, strict=True)
        ]

    def path(self, steps: int, rng: np.random.Generator) -> list[Array]:
        found = walk(self._latents["library"], self._decode, steps=steps, rng=rng)
        frames = settings.segment_frames(self._corpus.bpm)
        return [self._renderer.render(one, frames) for one in self._decode(found.latents)]

    def _encode(self, spectra: Array) -> Array:
        return self._components.encode(spectra.reshape(len(spectra), -1))

    def _decode(self, latents: Array) -> Array:
        flat = self._components.decode(np.asarray(latents, np.float32))
        shape = (-1, settings.FRAMES_PER_SEGMENT, settings.N_BANDS)
        return np.clip(flat.reshape(shape), settings.FLOOR_DB, settings.CEILING_DB)


class Ours:
    """This program: its model and one of its renderers.

    Where real audio guides the rendering, a segment is rendered from the library's OTHER segments,
    as any place of the latent space is: a segment of the library as if the library did not hold it.
    """

    def __init__(self, corpus: Corpus, decoder: Decoder, renderer: str) -> None:
        self.name = f"ours, {renderer}"
        self.composes: str | None = renderer
        self._corpus, self._decoder, self._renderer = corpus, decoder, renderer
        self._latents = {
            name: decoder.codec.encode(part.spectra)[0] for name, part in corpus.parts.items()
        }

    def reconstructed(self, part: str) -> tuple[Array, Array]:
        return self._corpus.parts[part].spectra, self._decoder.decode(self._latents[part])

    def latents(self) -> Array:
        return self._latents["library"]

    def sound(self, part: str, row: int) -> Array:
        segment, latent = self._corpus.parts[part].segments[row], self._latents[part][row]
        itself = {segment.id} if part == "library" else ()

        def others(place: Array, renderer: str) -> tuple[Guide, ...]:
            return self._decoder.guides(place, renderer, itself)

        renderer = replace(self._decoder.renderer, guides=others)
        source = self._source(latent)
        return renderer.loop(source, segment.bpm, self._renderer, "interactive")

    def generated(self, count: int, rng: np.random.Generator) -> list[Made]:
        drawn = AggregatePosterior.fit(self._decoder.latents()[1]).sample(count, rng)
        tempi = np.resize(TEMPI, count).tolist()
        return [
            Made(self._decoder.audio(self._source(z), bpm), bpm)
            for z, bpm in zip(drawn, tempi, strict=True)
        ]

    def path(self, steps: int, rng: np.random.Generator) -> list[Array]:
        found = walk(self._decoder.latents()[1], self._decoder.decode, steps=steps, rng=rng)
        return [self._decoder.audio(self._source(z), self._corpus.bpm) for z in found.latents]

    def _source(self, latent: Array) -> LatentSource:
        return LatentSource(latent, renderer=self._renderer)  # type: ignore[arg-type]


class Itself(Ours):
    """Every segment guided by itself: what the filter makes of a sound that is right already.

    It measures neither the model nor how guides are chosen. Without what the model loses of the
    segment: the program puts that back on a dot, which then sounds exactly as the original.
    """

    def __init__(self, corpus: Corpus, decoder: Decoder) -> None:
        super().__init__(corpus, decoder, "guided")
        self.name, self.composes = "guided by itself", None

    def sound(self, part: str, row: int) -> Array:
        segment, latent = self._corpus.parts[part].segments[row], self._latents[part][row]
        target = self._decoder.decode(latent[None])[0]
        own = [RenderSource(self._corpus.parts[part].loop(row))]
        return renderers.get("guided").render(target, segment.frames, own)

    def generated(self, count: int, rng: np.random.Generator) -> list[Made]:
        return []

    def path(self, steps: int, rng: np.random.Generator) -> list[Array]:
        return []


class Recipe:
    """The original recipe; its sounds are brought to the loudness of the library."""

    name = "original recipe"
    composes = None

    def __init__(self, corpus: Corpus, trained: recipe.Trained, excerpts: dict[str, Array]) -> None:
        """`excerpts`: spectra (n, 432, 128) of the tracks of each part."""
        self._corpus, self._trained, self._excerpts = corpus, trained, excerpts

    def reconstructed(self, part: str) -> tuple[Array, Array]:
        real = self._excerpts[part]
        made = self._trained.decode(self._trained.encode(real))
        return recipe.decibels(real), recipe.decibels(made)

    def latents(self) -> Array:
        return self._trained.latents

    def sound(self, part: str, row: int) -> Array:
        segment = self._corpus.parts[part].segments[row]
        library = self._corpus.parts[part].library
        excerpt = library.audio(segment.track_id, segment.start_seconds, recipe.FRAMES)
        unit = self._trained.decode(self._trained.encode(recipe.spectrum(excerpt)[None]))[0]
        return _at_loudness(self._trained.sound(unit, segment.seconds))

    def generated(self, count: int, rng: np.random.Generator) -> list[Made]:
        return [
            Made(four_bars(made, self._corpus.bpm), None)
            for made in self._sounds(prior_sample(count, rng))
        ]

    def path(self, steps: int, rng: np.random.Generator) -> list[Array]:
        """Straight from one excerpt to the next, four steps each."""
        count = (steps + 2) // 4 + 1
        ends = self._trained.latents[rng.integers(0, len(self._trained.latents), count)]
        at = np.linspace(0, count - 1, steps)
        low = np.minimum(at.astype(int), count - 2)
        places = ends[low] + (at - low)[:, None] * (ends[low + 1] - ends[low])
        frames = settings.segment_frames(self._corpus.bpm)
        return [made[:frames] for made in self._sounds(places)]

    def _sounds(self, latents: Array) -> list[Array]:
        spectra = self._trained.decode(np.asarray(latents, np.float32))
        return [_at_loudness(self._trained.sound(unit, recipe.SECONDS)) for unit in spectra]


def _at_loudness(samples: Array) -> Array:
    """Brought to the loudness at which the library keeps its music."""
    loudness = integrated_lufs(samples)
    if not np.isfinite(loudness):
        return samples
    return samples * np.float32(10 ** ((settings.TARGET_LUFS - loudness) / 20))


def windows_of(library_path: Path) -> Array:
    """Every window of a library, as a model learns from them: (n, 512, 128) dB."""
    from core.session import training_data
    from core.vae.data import unfold

    data = training_data(library_path)
    return unfold(data.batch(data.places()))
