"""Latents of earlier models, under the one that decodes now."""

from __future__ import annotations

import numpy as np
import pytest

from core.arrangement.clip import LatentSource
from core.errors import ModelError
from core.library.store import Library
from core.render.decoder import Decoder
from tests.core.render.conftest import Array, CosineCodec

BPM = 127.0


class TurnedCodec(CosineCodec):
    """The same model with its numbers in another order, scaled."""

    def encode(self, spectra: Array, *, refined: bool = True) -> tuple[Array, Array]:
        mean, variance = super().encode(spectra)
        return 2.0 * mean[:, ::-1].copy(), variance

    def decode(self, latents: Array) -> Array:
        return super().decode(0.5 * np.asarray(latents, np.float32)[:, ::-1])


@pytest.fixture
def older(library: Library) -> Decoder:
    """That of the model before, which has placed the library's segments."""
    made = Decoder(library, CosineCodec("older"))  # type: ignore[arg-type]
    made.latents()
    return made


@pytest.fixture
def newer(library: Library) -> Decoder:
    return Decoder(library, TurnedCodec("newer"))  # type: ignore[arg-type]


def test_a_segment_s_latent_decodes_to_what_it_was(older: Decoder, newer: Decoder) -> None:
    latent = LatentSource(older.latents()[1][3], model_hash="older")
    np.testing.assert_allclose(newer.spectrogram(latent), older.spectrogram(latent), atol=0.5)


def test_a_place_between_segments_sounds_as_it_did(older: Decoder, newer: Decoder) -> None:
    _, latents = older.latents()
    between = LatentSource(0.5 * (latents[0] + latents[2]), model_hash="older")
    was, now = older.spectrogram(between), newer.spectrogram(between)
    as_numbers = newer.spectrogram(LatentSource(between.array))
    assert np.abs(now - was).mean() < 0.3 * np.abs(as_numbers - was).mean()
    assert newer.renderer_for(between) == older.renderer_for(between)
    loop = newer.audio(between, BPM)
    assert loop.shape == older.audio(between, BPM).shape
    assert loop is newer.audio(between, BPM)


def test_one_bar_after_the_other_follows_too(older: Decoder, newer: Decoder) -> None:
    moving = LatentSource(older.latents()[1][[0, 2, 4, 6]], model_hash="older")  # type: ignore[arg-type]
    assert newer.spectrogram(moving).shape == (512, 128)


def test_a_model_that_nobody_remembers_is_told(newer: Decoder, older: Decoder) -> None:
    assert newer.can_decode("older")
    assert newer.can_decode("newer")
    assert newer.can_decode("")
    assert not newer.can_decode("beef")
    with pytest.raises(ModelError, match=r"beef.*does not remember"):
        newer.audio(LatentSource(older.latents()[1][0], model_hash="beef"), BPM)


def test_what_the_library_forgets_is_forgotten_after_a_refresh(
    older: Decoder, newer: Decoder, library: Library
) -> None:
    assert newer.can_decode("older")
    library.forget_model("older")
    newer.refresh()
    assert not newer.can_decode("older")
