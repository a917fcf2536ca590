"""The network, its file, and what is promised of its answers."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import InputError, ModelError
from core.keras_backend import ops
from core.parts import model_file, network_file
from core.parts.inference import SharesNetwork
from core.parts.model import PartsModel
from core.parts.network import PartsNetwork, input_shape
from tests.core.parts.conftest import TINY


def made(**options: Any) -> PartsNetwork:
    """A network that was never trained."""
    network = PartsNetwork(**{**TINY, **options})
    network.build(input_shape())
    return network


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("parts") / "parts.keras"
    network_file.save(made(), path, {"step": 3})
    return path


@pytest.fixture
def spectrograms(rng: np.random.Generator) -> np.ndarray:
    return rng.uniform(-70.0, -20.0, (3, 512, 128)).astype(np.float32)


def test_shares_of_every_cell_sum_to_one(saved: Path, spectrograms: np.ndarray) -> None:
    model = PartsModel.load(saved)
    shares = model.shares(spectrograms)
    assert shares.shape == (3, 512, 128, 4)
    assert shares.min() >= 0.0
    np.testing.assert_allclose(shares.sum(axis=-1), 1.0, atol=1e-5)
    assert model.shares(spectrograms[:0]).shape == (0, 512, 128, 4)
    assert model.info["step"] == 3


def test_the_level_does_not_matter(saved: Path, spectrograms: np.ndarray) -> None:
    model = PartsModel.load(saved)
    quieter = model.shares(spectrograms - 18.0)
    np.testing.assert_allclose(model.shares(spectrograms), quieter, atol=1e-3)


def test_where_a_loop_begins_does_not_matter(saved: Path, spectrograms: np.ndarray) -> None:
    network = SharesNetwork(model_file.read(saved).weights)
    for spectrogram in spectrograms:
        later = network(np.roll(spectrogram, 64, axis=0))
        shares = np.roll(network(spectrogram), 64, axis=0)
        inner = np.ones(512, bool)
        inner[:16] = inner[-16:] = inner[48:80] = False  # the convolutions end at the edges
        assert np.abs(later - shares)[inner].mean() < 1e-3


def test_silence_has_shares_too(saved: Path) -> None:
    shares = PartsModel.load(saved).shares(np.full((1, 512, 128), -90.0, np.float32))
    assert np.isfinite(shares).all()


def test_another_shape_is_refused(saved: Path) -> None:
    with pytest.raises(InputError, match="512"):
        PartsModel.load(saved).shares(np.zeros((512, 128), np.float32))


@pytest.mark.parametrize("value", [np.nan, np.inf, 9e5])
def test_weights_that_lead_to_no_numbers_are_refused(
    tmp_path: Path, spectrograms: np.ndarray, value: float
) -> None:
    network = made()
    network.set_weights([np.full(weight.shape, value) for weight in network.weights])
    network_file.save(network, tmp_path / "parts.keras", {})
    with pytest.raises(ModelError, match=r"damaged|not numbers"):
        PartsModel.load(tmp_path / "parts.keras").shares(spectrograms)


def test_a_file_gives_the_same_answers_and_the_same_bytes(
    tmp_path: Path, spectrograms: np.ndarray
) -> None:
    network = made()
    for name in ("a.keras", "b.keras"):
        network_file.save(network, tmp_path / name, {})
    assert (tmp_path / "a.keras").read_bytes() == (tmp_path / "b.keras").read_bytes()
    direct = np.asarray(ops.softmax(network(spectrograms), axis=-1))
    read = SharesNetwork(model_file.read(tmp_path / "a.keras").weights)
    np.testing.assert_allclose([read(each) for each in spectrograms], direct, atol=2e-2)


def test_the_default_network_is_small(tmp_path: Path) -> None:
    network = PartsNetwork()
    network.build(input_shape())
    assert network.count_params() < 1_000_000
    network_file.save(network, tmp_path / "parts.keras", {})
    assert (tmp_path / "parts.keras").stat().st_size < 3_000_000


def changed(saved: Path, path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """A copy of the file with another configuration."""
    with zipfile.ZipFile(saved) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(members["config.json"])
    change(config)
    members["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda c: c.update(registered_name="technovae>SegmentVAE"), "another program"),
        (lambda c: c["config"].pop("info"), "says nothing"),
        (lambda c: c["config"]["info"].update(format=99), "newer"),
        (lambda c: c["config"]["info"].update(bands=64), "other spectrograms"),
        (lambda c: c["config"]["info"].update(parts=["drums", "rest"]), "other spectrograms"),
        (lambda c: c["config"].update(floor=10**9), "another size"),
        (lambda c: c["config"].update(widths=[10**9, 4, 8]), "another size"),
        (lambda c: c["config"].update(widths="abc"), "another size"),
        (lambda c: c["config"].update(blocks=0), "another size"),
        (lambda c: c["config"].update(blocks=2), "damaged"),
        (lambda c: c["config"].update(widths=[4, 8, 8]), "damaged"),
    ],
)
def test_files_that_do_not_fit_are_refused_in_one_line(
    saved: Path, tmp_path: Path, change: Callable[[dict[str, Any]], None], says: str
) -> None:
    with pytest.raises(ModelError, match=says) as told:
        PartsModel.load(changed(saved, tmp_path / "changed.keras", change))
    assert "\n" not in str(told.value)


def test_a_missing_or_damaged_file_is_refused(saved: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such"):
        PartsModel.load(tmp_path / "none.keras")
    cut = tmp_path / "cut.keras"
    cut.write_bytes(saved.read_bytes()[:-500])
    with pytest.raises(ModelError, match="damaged"):
        PartsModel.load(cut)
