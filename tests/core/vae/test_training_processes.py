"""One training in two real processes on JAX: what it learns, and how it ends when one dies."""

from __future__ import annotations

import importlib.util
import json
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core import user_folders
from core.errors import InputError, TrainingError
from core.vae.augmentation import Augmentation
from core.vae.codec import Codec
from core.vae.fitting import BatchShare, WindowBatches
from core.vae.options import TrainOptions
from core.vae.training import TrainingRun
from core.vae.training_processes import ProcessLayout, TrainingSummary, train_in_processes
from tests.core.vae.conftest import TINY, music, train_uncompiled

_JAX = pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="needs the extra `jax`")


def needs_jax(test: Callable[..., None]) -> Callable[..., None]:
    """Marks a test of real processes. Its limit lets it begin before other slow ones."""
    return _JAX(pytest.mark.slow(pytest.mark.timeout(1200)(test)))  # type: ignore[no-any-return]


LAYOUT = ProcessLayout(2)


@pytest.fixture(autouse=True, scope="module")
def compiled_quickly() -> Iterator[None]:
    """The processes make a few steps with what they compile: code as good as can be is not worth
    the time that it takes to make."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAX_DISABLE_MOST_OPTIMIZATIONS", "1")
        yield


songs = partial(music, tracks=8, bars=23)
"""More windows than a model has latents, so that there is something to learn."""


def options(path: Path, **changes: Any) -> TrainOptions:
    plain = {
        "path": path, "epochs": 5, "minutes": None, "batch": 8, "model": TINY, "validation": 0.2,
        "pretrained": None, "augmentation": Augmentation(share=0.0),
    }  # fmt: skip
    return TrainOptions(**{**plain, **changes})


@pytest.fixture(scope="module")
def by_two(tmp_path_factory: pytest.TempPathFactory) -> TrainingSummary:
    """What two processes made; some ten seconds."""
    path = tmp_path_factory.mktemp("two") / "vae_best.keras"
    made = train_in_processes(
        songs, options(path), ProcessLayout(2), lambda *_: None, threading.Event()
    )
    assert made is not None
    return made


@needs_jax
def test_two_processes_learn_what_one_does_from_doubled_batches(
    by_two: TrainingSummary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_uncompiled(monkeypatch)
    alone = TrainingRun(songs(), options(tmp_path / "vae_best.keras", batch=16))
    alone.fit()
    columns = json.loads(by_two.path.with_suffix(".history.json").read_text())
    expected = [epoch.library_db for epoch in alone.history.epochs]
    nats = [epoch.kl for epoch in alone.history.epochs]
    assert nats[-1] < 0.9 * nats[0]
    np.testing.assert_allclose(columns["library_db"], expected, rtol=0.1)
    np.testing.assert_allclose(columns["kl"], nats, rtol=0.1)


@needs_jax
def test_the_file_opens_as_any_other(by_two: TrainingSummary) -> None:
    assert by_two.figures()["epochs"] == 5
    assert any("stopped: epochs" in line for line in by_two.lines())
    codec = Codec.load(by_two.path)
    spectrum = songs().tracks[0].rows(0)[None].astype(np.float32)
    means, _ = codec.encode(spectrum)
    assert np.abs(codec.decode(means) - spectrum).mean() < 5.0
    assert codec.info["contrast"] is not None
    assert set(codec.info["axes"])


@needs_jax
@pytest.mark.usefixtures("by_two")
def test_what_was_compiled_is_kept_for_the_next_training() -> None:
    assert any(path.is_file() for path in (user_folders.cache_folder() / "jax").rglob("*"))


@needs_jax
def test_a_process_that_dies_ends_the_others_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "vae_best.keras"

    def kill(done: float, total: float, message: str = "") -> None:
        if message.startswith("epoch"):
            for process in multiprocessing.active_children():
                if process.name == "training process 1":
                    os.kill(process.pid or 0, signal.SIGKILL)

    with pytest.raises(TrainingError, match=r"^process 1 of this training was ended") as told:
        train_in_processes(songs, options(path, epochs=10_000), LAYOUT, kill, threading.Event())
    assert "--resume" in str(told.value)
    assert "\n" not in str(told.value)
    assert Codec.load(path).info["windows"] > 0
    assert not [p for p in multiprocessing.active_children() if p.name.startswith("training")]


def test_parts_of_a_batch_are_the_whole_of_it() -> None:
    data = music()
    made = [
        WindowBatches(
            data, data.places(), batch=12, augmentation=Augmentation(share=0.0), seed=5, part=part
        )
        for part in (None, BatchShare(0, 2, 4), BatchShare(1, 2, 4))
    ]
    whole, first, second = (batches[1][0] for batches in made)
    assert len(first) == len(second) == 6
    np.testing.assert_array_equal(np.concatenate([first, second]), whole)


def test_devices_get_as_many_windows_each_of_a_small_library() -> None:
    data = music(tracks=1, bars=10)
    batches = WindowBatches(
        data, data.places(), batch=32, augmentation=Augmentation(), seed=0, part=BatchShare(0, 1, 4)
    )
    assert len(data) == 7
    assert len(batches[0][0]) == 4


@pytest.mark.parametrize(
    ("layout", "text"),
    [
        ((2, "hub"), "hub: --coordinator is the address"),
        ((2, ":7900"), "--coordinator is the address"),
        ((2, "hub:port"), "--coordinator is the address"),
        ((2, "hub:7900", 2), "process 2 of 2"),
    ],
)
def test_a_wrong_place_is_told(layout: tuple[Any, ...], text: str) -> None:
    with pytest.raises(InputError, match=text):
        ProcessLayout(*layout)


def test_where_processes_run() -> None:
    assert list(ProcessLayout(3).here()) == [0, 1, 2]
    assert list(ProcessLayout(3, "hub:7900", 1).here()) == [1]
    assert ProcessLayout(3, "hub:7900", 0).leads
    assert not ProcessLayout(3, "hub:7900", 1).leads


def test_without_jax_it_is_said_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install 'technovae\[jax\]'"):
        train_in_processes(
            music,
            options(tmp_path / "a.keras"),
            ProcessLayout(2),
            lambda *_: None,
            threading.Event(),
        )
