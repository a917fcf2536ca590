"""Maps by one part of the sound."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core.errors import Cancelled
from core.library.latents import part_map_name
from core.library.store import Library
from core.progress import silent
from core.render.decoder import Decoder
from core.render.part_maps import lay_out, part_fingerprints
from core.render.parts import PartsSeparator
from tests.core.render.conftest import CosineCodec

Array = NDArray[np.float32]
KICK, BASS = 0, 1
LOWS = slice(0, 10)


def shares_of(spectra: Array) -> Array:
    """The kick has the lowest ten bands, the bass has the others."""
    shares = np.zeros((*spectra.shape, 4), np.float32)
    shares[..., LOWS, KICK] = 1.0
    shares[..., 10:, BASS] = 1.0
    return shares


def spectra_of(latents: Array) -> Array:
    """Patterns of kicks by the first number, and of what is above by the second."""
    spectra = np.full((len(latents), 512, 128), -90.0, np.float32)
    for row, (kick, bass) in enumerate(latents[:, :2].astype(int)):
        spectra[row, kick * 8 :: 32, LOWS] = -10.0
        spectra[row, bass * 8 :: 32, 10:] = -10.0
    return spectra


@pytest.fixture(scope="module")
def latents() -> Array:
    rng = np.random.default_rng(0)
    found = np.zeros((64, 64), np.float32)
    found[:, :2] = rng.integers(0, 4, (64, 2))
    return found


def prints(latents: Array, part: int) -> Array:
    return part_fingerprints(latents, spectra_of, shares_of, part, silent, None)


def test_a_fingerprint_knows_one_part_alone(latents: Array) -> None:
    for part in (KICK, BASS):
        found = prints(latents, part)
        assert found.shape == (64, 1024)
        for value in range(4):
            same = found[latents[:, part] == value]
            assert np.ptp(same, axis=0).max() < 1e-3
        assert len(np.unique(found.round(2), axis=0)) == 4
        assert found.max() - found.min() == pytest.approx(60.0)


@pytest.mark.parametrize("part", [KICK, BASS])
def test_segments_whose_part_is_alike_lie_together(latents: Array, part: int) -> None:
    whole = np.random.default_rng(1).random((64, 2)).astype(np.float32)
    xy = lay_out(prints(latents, part), whole)
    distance = np.linalg.norm(xy[:, None] - xy[None], axis=2)
    np.fill_diagonal(distance, np.inf)
    nearest = np.argsort(distance, axis=1)[:, :5]
    alike = latents[nearest, part] == latents[:, [part]]
    assert alike.mean() > 0.95
    assert (xy > -0.2).all()
    assert (xy < 1.2).all()
    np.testing.assert_allclose(xy.mean(axis=0), 0.5, atol=0.2)


def test_listening_can_be_stopped(latents: Array) -> None:
    class Stop:
        def is_set(self) -> bool:
            return True

    with pytest.raises(Cancelled):
        part_fingerprints(latents, spectra_of, shares_of, KICK, silent, Stop())


def test_a_map_by_part_is_kept_with_the_library(library: Library, codec: CosineCodec) -> None:
    class Model:
        asked = 0

        def shares(self, spectra: Array) -> Array:
            self.asked += len(spectra)
            return shares_of(spectra)

    model = Model()
    decoder = Decoder(library, codec, separator=PartsSeparator(model=model))  # type: ignore[arg-type]
    ids, xy = decoder.part_map(KICK)
    assert model.asked == len(ids)
    assert set(library.map(part_map_name(codec.hash, "kick"))[0]) == set(ids)
    again, kept = decoder.part_map(KICK)
    assert again == ids
    np.testing.assert_array_equal(kept, xy)
    assert model.asked == len(ids)
    assert not np.array_equal(decoder.map()[1], xy)
