from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from core.errors import InputError
from core.latent.axes import AttributeAxes


def _library(count: int = 300, seed: int = 0) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Latents and attributes that depend on them, two of them on nearly the same directions."""
    rng = np.random.default_rng(seed)
    latents = rng.standard_normal((count, 64)) * rng.uniform(0.7, 1.3, 64)
    return latents, _measured(latents)


def _measured(latents: np.ndarray) -> dict[str, np.ndarray]:
    """A synthetic decoder and its measurement: monotonous, not linear."""
    mix = np.random.default_rng(42).standard_normal((64, 4)) / 8.0
    mix[:, 1] += 0.8 * mix[:, 0]
    brightness, density, kick, energy = (latents @ mix).T
    return {
        "brightness": np.tanh(0.5 * brightness),
        "density": np.exp(0.7 * density),
        "kick": kick**3 + kick,
        "energy": energy,
    }


NAMES = ("brightness", "density", "kick", "energy")


@pytest.mark.parametrize("name", NAMES)
def test_moving_along_an_axis_raises_its_attribute(name: str) -> None:
    latents, attributes = _library()
    axes = AttributeAxes.fit(latents, attributes)
    amounts = np.linspace(-2, 2, 9)
    for start in latents[:10]:
        along = np.stack([axes.move(start, name, amount) for amount in amounts])
        assert spearmanr(_measured(along)[name], amounts).statistic > 0.98


@pytest.mark.parametrize("name", NAMES)
def test_the_others_change_least(name: str) -> None:
    latents, attributes = _library()
    axes = AttributeAxes.fit(latents, attributes)
    before, after = _measured(latents), _measured(axes.move(latents, name, 1.0))
    moved = {k: np.median(after[k] - before[k]) / attributes[k].std() for k in NAMES}
    assert moved[name] > 0.4
    assert all(abs(moved[k]) < 0.3 * moved[name] for k in NAMES if k != name), moved


def test_a_move_is_about_one_standard_deviation() -> None:
    latents, attributes = _library()
    axes = AttributeAxes.fit(latents, {"energy": attributes["energy"]})
    moved = _measured(axes.move(latents, "energy", 1.0))["energy"] - attributes["energy"]
    assert np.mean(moved) / attributes["energy"].std() == pytest.approx(1.0, abs=0.15)


def test_a_move_is_as_long_as_latents_are_spread() -> None:
    """However far apart the deviations of a latent's numbers are."""
    rng = np.random.default_rng(3)
    latents = rng.standard_normal((400, 3)) * [20.0, 1.0, 0.05]
    attributes = {"brightness": latents[:, 0], "kick": latents[:, 2]}
    axes = AttributeAxes.fit(latents, attributes)
    for column, name in ((0, "brightness"), (2, "kick")):
        step = axes.direction(name) / latents.std(axis=0)
        assert step[column] == pytest.approx(1.0, abs=0.1)
        assert np.abs(np.delete(step, column)).max() < 0.1


def test_nothing_and_there_and_back_change_nothing() -> None:
    latents, attributes = _library(50)
    axes = AttributeAxes.fit(latents, attributes)
    start = latents[0].astype(np.float32)
    np.testing.assert_array_equal(axes.move(start, "kick", 0.0), start)
    back = axes.move(axes.move(start, "kick", 1.5), "kick", -1.5)
    np.testing.assert_allclose(back, start, atol=1e-5)


def test_fewer_segments_than_latents_still_give_sane_axes() -> None:
    latents, attributes = _library(12)
    axes = AttributeAxes.fit(latents, attributes)
    assert np.isfinite(axes.directions).all()
    assert np.linalg.norm(axes.directions, axis=1).max() < 20


def test_an_attribute_that_never_changes_has_no_axis() -> None:
    latents, attributes = _library(50)
    axes = AttributeAxes.fit(latents, {**attributes, "kick": np.zeros(50)})
    assert np.abs(axes.direction("kick")).max() < 1e-9
    silent = AttributeAxes.fit(latents, {"kick": np.zeros(50)})
    assert np.abs(silent.direction("kick")).max() == 0.0


def test_attributes_that_are_the_same_do_not_blow_up() -> None:
    latents, attributes = _library(200)
    twice = {"energy": attributes["energy"], "loudness": attributes["energy"].copy()}
    axes = AttributeAxes.fit(latents, twice)
    assert np.linalg.norm(axes.directions, axis=1).max() < 20


@pytest.mark.parametrize(
    ("latents", "attributes"),
    [
        (np.zeros((2, 64)), {"kick": np.zeros(2)}),
        (np.zeros((9, 64)), {}),
        (np.zeros((9, 64)), {"kick": np.zeros(8)}),
        (np.zeros((9, 64)), {"kick": np.full(9, np.nan)}),
    ],
)
def test_refuses_what_cannot_be_fitted(
    latents: np.ndarray, attributes: dict[str, np.ndarray]
) -> None:
    with pytest.raises(InputError):
        AttributeAxes.fit(latents, attributes)


def test_refuses_an_unknown_axis() -> None:
    latents, attributes = _library(20)
    with pytest.raises(InputError, match="no axis colour; there are brightness"):
        AttributeAxes.fit(latents, attributes).move(latents, "colour", 1.0)


@pytest.mark.parametrize("name", NAMES)
def test_calibrated_axes_undo_what_the_decoder_bends(name: str) -> None:
    latents, attributes = _library()
    deviations = {k: float(v.std()) for k, v in attributes.items()}
    axes = AttributeAxes.fit(latents, attributes).calibrated(latents[:60], _measured, deviations)
    above, below = (_measured(axes.move(latents, name, amount)) for amount in (1.0, -1.0))
    moved = {k: np.mean(above[k] - below[k]) / (2 * deviations[k]) for k in NAMES}
    assert moved[name] == pytest.approx(1.0, abs=0.25)
    assert all(abs(moved[k]) < 0.15 for k in NAMES if k != name), moved


def test_an_axis_without_effect_stays_away_when_calibrated() -> None:
    latents, attributes = _library(50)
    still = {**attributes, "kick": np.zeros(50)}
    deviations = {k: float(v.std()) for k, v in still.items()}
    axes = AttributeAxes.fit(latents, still).calibrated(
        latents[:20], lambda z: {**_measured(z), "kick": np.zeros(len(z))}, deviations
    )
    assert np.abs(axes.direction("kick")).max() < 1e-6
    assert np.isfinite(axes.directions).all()


def _model_file(path: Path, info: object) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps({"config": {"info": info}}))
    return path


def test_axes_come_from_a_model_file_that_carries_them(tmp_path: Path) -> None:
    steps = {name: [float(k)] * 64 for k, name in enumerate(NAMES)}
    found = AttributeAxes.of_model(_model_file(tmp_path / "m.keras", {"axes": steps}))
    assert found is not None
    assert found.names == NAMES
    np.testing.assert_array_equal(found.direction("energy"), np.full(64, 3.0))


@pytest.mark.parametrize(
    "info",
    [{}, {"axes": {}}, {"axes": {name: [0.0] for name in NAMES}}, None,
     {"axes": {name: [float("nan")] * 64 for name in NAMES}}],
)  # fmt: skip
def test_a_model_without_axes_has_none(tmp_path: Path, info: object) -> None:
    assert AttributeAxes.of_model(_model_file(tmp_path / "m.keras", info)) is None


def test_no_model_file_no_axes(tmp_path: Path) -> None:
    assert AttributeAxes.of_model(tmp_path / "gone.keras") is None
    (tmp_path / "text.keras").write_text("not an archive")
    assert AttributeAxes.of_model(tmp_path / "text.keras") is None
