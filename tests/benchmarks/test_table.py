"""The table: which goals are missed, what training cost, and the whole run on made-up music."""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial, partialmethod
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import composing
from benchmarks.quality import __main__ as quality
from benchmarks.quality import learning, recipe, table
from benchmarks.quality.rows import Amounts
from core.audio import files
from core.vae.training import TrainOptions
from tests import synthetic
from tests.core.vae.conftest import TINY, learn_without_the_demo, train_uncompiled
from tests.synthetic import Spec, arrangement

RECIPE = {"held MR-STFT": 2.0, "library MR-STFT": 2.0, "seconds": 2.4}
COMPONENTS = {"library error": 4.0, "held error": 6.0}
OURS = {
    "library error": 3.0, "held error": 5.8, "library MR-STFT": 0.9, "held MR-STFT": 1.4,
    "seconds": 0.1, "dip dB": 0.2, "click dB": 0.5, "LUFS error": 0.05, "true peak": -1.0,
}  # fmt: skip


def _report(**changes: float) -> dict[str, object]:
    rows = {table.RECIPE: RECIPE, table.COMPONENTS: COMPONENTS, "ours, phase": OURS | changes}
    report: dict[str, object] = {"rows": rows, "reference": {"realism": 0.1}}
    table.judge(report)
    return report


def test_goals_that_are_met_are_not_missed() -> None:
    missed = _report()["missed"]
    assert missed == [
        "ours, phase: held-out error, dB 5.80, to reach: at most .95 of PCA-64",
        "ours, phase: MR-STFT, held out 1.40, to reach: at most half the recipe's",
    ]


@pytest.mark.parametrize(
    ("name", "value", "title"),
    [
        ("realism", 0.21, "realism"),
        ("novelty", 0.4, "novelty"),
        ("smoothness", 2.1, "smoothness"),
        ("phase ms", 5.1, "phase, ms"),
        ("held punch", 0.5, "punch, held out"),
        ("dip dB", 1.1, "transitions"),
        ("click dB", 4.0, "transitions"),
        ("true peak", -0.9, "LUFS off"),
        ("seconds", 0.3, "CPU s a segment"),
    ],
)
def test_a_goal_that_is_missed_is_named(name: str, value: float, title: str) -> None:
    report = _report(**{name: value})
    assert any(f"ours, phase: {title}" in one for one in report["missed"])  # type: ignore[attr-defined]


def test_a_goal_of_one_renderer_does_not_concern_the_others() -> None:
    missed = _report(**{"library punch": 0.1})["missed"]
    assert not any("punch, library" in one for one in missed)  # type: ignore[attr-defined]


def test_figures_that_a_method_has_not_stay_empty() -> None:
    column = next(c for c in table.COLUMNS if c.title == "latents active")
    assert column.text({}) == "-"
    assert column.text({"active": 64.0}) == "64"


def test_training_time_is_counted_until_the_same_share_is_reached() -> None:
    trained = recipe.Trained(None, np.zeros((1, 64)), 5.0, 10.0, 100.0, 150.0, 7)  # type: ignore[arg-type]
    ours = {
        "seconds": 100.0, "cpu_seconds": 200.0, "epochs": 3,
        "epoch_seconds": [5.0, 10.0, 20.0], "epoch_error_db": [9.0, 6.0, 4.0],
    }  # fmt: skip
    cost = learning.cost(trained, ours, {"mean spectrum, library dB": 12.0})
    assert cost["CPU seconds until"] == pytest.approx(20.0)
    assert cost["share"] == pytest.approx(20.0 / 150.0)
    ours["epoch_error_db"] = [9.0, 8.0, 7.0]
    never = learning.cost(trained, ours, {"mean spectrum, library dB": 12.0})
    assert never["share"] == float("inf")


def test_an_excerpt_of_the_recipe_is_scaled_below_its_loudest_cell() -> None:
    sound = synthetic.render(Spec(bpm=130.0)).samples[: recipe.FRAMES]
    unit = recipe.spectrum(sound)
    assert unit.shape == (432, 128)
    assert unit.max() == pytest.approx(1.0)
    assert unit.min() >= 0.0
    np.testing.assert_allclose(unit, recipe.spectrum(0.25 * sound), atol=1e-3)
    assert recipe.decibels(unit).min() >= -80.0


def test_a_page_keeps_what_stands_around_the_table(tmp_path: Path) -> None:
    page = tmp_path / "RESULTS.md"
    page.write_text(f"before\n\n{table.BEGIN}\nold\n{table.END}\n\nafter\n")
    table.write_into(page, "new\n")
    assert page.read_text() == f"before\n\n{table.BEGIN}\nnew\n{table.END}\n\nafter\n"
    other = tmp_path / "other.md"
    table.write_into(other, "new\n")
    assert other.read_text() == f"{table.BEGIN}\nnew\n{table.END}\n"


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_whole_run_on_made_up_music(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With little of everything: small networks that learn this music alone, one composition for
    all renderers, and one sound of the original recipe, which is also that of its other spectra."""
    little = Amounts(rendered=2, generated=2, timed=1, steps=2, compose_bars=12)
    monkeypatch.setattr(quality, "QUICK", little)
    monkeypatch.setattr(learning.training, "TrainOptions", partial(TrainOptions, model=TINY))
    learn_without_the_demo(monkeypatch)
    train_uncompiled(monkeypatch)
    eagerly = partialmethod(recipe.PlainVAE.compile, run_eagerly=True)  # one step is all there is
    monkeypatch.setattr(recipe.PlainVAE, "compile", eagerly)
    compose, composed = composing.run, list[dict[str, Any]]()
    render, rendered = recipe.render, list[np.ndarray]()

    def composed_once(options: argparse.Namespace) -> list[dict[str, Any]]:
        composed[:] = composed or compose(
            argparse.Namespace(**vars(options) | {"renderer": "phase"})
        )
        return composed

    def rendered_once(mel: np.ndarray, frames: int) -> np.ndarray:
        rendered[:] = rendered or [render(mel, frames)]
        return np.resize(rendered[0], (frames, 1))

    monkeypatch.setattr(composing, "run", composed_once)
    monkeypatch.setattr(recipe, "render", rendered_once)
    music = tmp_path / "music"
    music.mkdir()
    for k, bpm in enumerate((124.0, 130.0, 136.0, 128.0)):
        spec = Spec(
            bpm=bpm, parts=arrangement(24), seed=k, kick=("909", "deep", "hard", "round")[k]
        )
        files.write(music / f"{k}.wav", synthetic.render(spec).samples)
    found, page = tmp_path / "found.json", tmp_path / "found.md"
    words = [str(music), "--quick", "--minutes-training", "0.01"]
    monkeypatch.setattr(
        sys, "argv", ["quality", *words, "--json", f"{found}", "--markdown", f"{page}"]
    )
    quality.main()
    report = json.loads(found.read_text())
    assert tuple(report["rows"]) == table.ROWS
    itself = report["rows"].pop(table.ITSELF)
    assert "novelty" not in itself
    assert all(row["novelty"] >= 0.0 for row in report["rows"].values())
    punch = {name: row["library punch"] for name, row in report["rows"].items()}
    assert itself["library punch"] > punch["ours, phase"] > 0.5
    assert itself["library punch"] > 0.75
    assert min(punch["ours, guided"], punch["ours, mosaic"]) > 0.2
    assert "| guided by itself |" in page.read_text()
