"""Weights read from a model file without keras, and how tightly it is packed."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest

from core import keras_archive, resources
from core.errors import ModelError
from core.settings import LATENT_SIZE


def test_weights_are_taken_by_their_shape() -> None:
    config, weights = keras_archive.read_model(resources.demo_model(), "technovae>SegmentVAE")
    assert config["config"]["latents"] == LATENT_SIZE
    found = weights.take("", 1, LATENT_SIZE)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    for layer, shape in (("", (LATENT_SIZE + 1,)), ("nowhere", ()), ("gather", (1,))):
        with pytest.raises(ModelError, match="damaged"):
            weights.take(layer, 1, *shape)


def test_a_model_of_another_kind_is_refused() -> None:
    with pytest.raises(ModelError, match="another program"):
        keras_archive.read_model(resources.demo_model(), "technovae>Other")
    with pytest.raises(ModelError, match="no such model"):
        keras_archive.read_model(Path("nowhere.keras"), "technovae>SegmentVAE")


def test_models_are_packed_quickly_and_hold_what_they_held(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    words = b"".join(b"%d " % (k * k % 9973) for k in range(20_000))
    with zipfile.ZipFile(path, "w") as stored:
        stored.writestr("config.json", words)
    keras_archive.compress(path)
    with zipfile.ZipFile(path) as packed:
        assert packed.read("config.json") == words
        (member,) = packed.infolist()
    sizes = {}
    for level in (keras_archive._LEVEL, 6):
        deflate = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
        sizes[level] = len(deflate.compress(words) + deflate.flush())
    assert member.compress_size == sizes[keras_archive._LEVEL] > sizes[6]
