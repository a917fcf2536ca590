"""What a model carries besides its weights can be fitted again, to other music too."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from core.vae import network_file
from core.vae.calibration import recalibrate
from core.vae.codec import Codec
from tests.core.vae.conftest import Trained, music


def test_the_weights_stay(trained: Trained, tmp_path: Path) -> None:
    data, options = music(), trained.copied(tmp_path)
    before = network_file.load(options.path)
    calibrated = {"contrast": before.info.pop("contrast"), "axes": before.info.pop("axes")}
    network_file.save(before, options.path, before.info)
    bare = Codec.load(options.path)
    assert "contrast" not in bare.info
    recalibrate(options.path, data)
    after = network_file.load(options.path)
    for old, new in zip(before.get_weights(), after.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert Codec.load(options.path).hash != bare.hash
    np.testing.assert_allclose(
        after.info["contrast"]["slopes"], calibrated["contrast"]["slopes"], atol=0.02
    )
    assert after.info["axes"].keys() == calibrated["axes"].keys()


def test_a_model_says_how_sharp_it_is(trained: Trained) -> None:
    told = network_file.load(trained.options.path).info["sharpness"]
    assert told == trained.result.sharpness
    assert 0.0 < told < 1.5


def test_fitted_to_other_music_it_is_another(trained: Trained, tmp_path: Path) -> None:
    options = trained.copied(tmp_path)
    before = network_file.load(options.path).info["contrast"]
    recalibrate(options.path, music(tracks=3, bars=12))
    assert network_file.load(options.path).info["contrast"] != before
