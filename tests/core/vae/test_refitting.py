"""What a model carries beside its weights can be fitted again, to other music too."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.vae import checkpoint
from core.vae.refitting import refit
from core.vae.training import TrainOptions, train
from tests.core.vae.conftest import music

Make = Callable[..., TrainOptions]


def test_the_weights_stay(tiny_options: Make) -> None:
    data, options = music(), tiny_options()
    train(data, options)
    before = checkpoint.load_model(options.path)
    carried = {"contrast": before.info.pop("contrast"), "axes": before.info.pop("axes")}
    checkpoint.save(before, options.path, before.info)
    bare = checkpoint.load(options.path)
    assert "contrast" not in bare.info
    refit(options.path, data)
    after = checkpoint.load_model(options.path)
    for old, new in zip(before.get_weights(), after.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert checkpoint.load(options.path).hash != bare.hash
    np.testing.assert_allclose(
        after.info["contrast"]["slopes"], carried["contrast"]["slopes"], atol=0.02
    )
    assert after.info["axes"].keys() == carried["axes"].keys()


def test_fitted_to_other_music_it_is_another(tiny_options: Make) -> None:
    options = tiny_options()
    train(music(), options)
    before = checkpoint.load_model(options.path).info["contrast"]
    refit(options.path, music(tracks=3, bars=12))
    assert checkpoint.load_model(options.path).info["contrast"] != before
