"""Training end to end on made-up music: what it keeps, how it stops, how it goes on."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

import numpy as np
import pytest

from core.errors import ModelError, OutputError, TrainingError
from core.latent.axes import AttributeAxes
from core.vae import checkpoint, model_file, resuming
from core.vae.augment import Augmentation
from core.vae.data import TrainingData
from core.vae.run import Run
from core.vae.training import TrainOptions, train
from tests.core.vae.conftest import music, track_rows

Make = Callable[..., TrainOptions]


def test_it_learns_what_components_cannot_hold(tiny_options: Make) -> None:
    sizes = {"width": 32, "depth": 1, "encoder_depth": 1, "patch": 16, "trunk": 32, "latents": 4}
    options = tiny_options(
        epochs=60, model=sizes, augmentation=Augmentation(share=0.0), rate=4e-3, settle=False
    )
    run = Run(music(tracks=8, bars=7), options, lambda *_: None, None)
    before = run.history.epochs[0].library_db
    run.loop()
    assert run.history.epochs[-1].library_db < 0.9 * before


def test_everything_is_written_and_told(tiny_options: Make) -> None:
    options = tiny_options(epochs=10)
    told: list[tuple[float, float, str]] = []
    result = train(music(), options, lambda done, total, text="": told.append((done, total, text)))
    assert result.stopped == "epochs"
    assert result.epochs == 10
    codec = checkpoint.load(options.path)
    assert codec.info["epoch"] == result.best_epoch
    assert codec.info["tracks"] == 6
    columns = json.loads(options.path.with_suffix(".history.json").read_text())
    assert columns["number"] == list(range(11))
    assert columns["held_out_db"][0] is not None
    assert columns["held_out_db"][-1] is None
    assert options.path.with_suffix(".history.png").read_bytes().startswith(b"\x89PNG")
    assert "active" in told[-1][2]
    assert "dB" in told[-1][2]
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert any("held out whole" in line for line in result.lines())


def test_the_judging_windows_are_learned_in_the_end(tiny_options: Make) -> None:
    run = Run(music(), tiny_options(epochs=10), lambda *_: None, None)
    learned = len(run.learning)
    judged = len(run.judging)
    run.loop()
    assert judged > 0
    assert len(run.learning) == learned + judged == len(run.data)


def test_latents_of_the_library_have_mean_0_and_deviation_1(tiny_options: Make) -> None:
    data = music(tracks=6, bars=30)
    options = tiny_options()
    result = train(data, options)
    assert result.library.active == 64
    np.testing.assert_allclose(result.library.means.mean(axis=0), 0, atol=0.1)
    np.testing.assert_allclose(result.library.deviations, 1, atol=0.1)
    assert result.library.share_inside == 1.0


def test_the_same_seed_gives_the_same_file(tiny_options: Make) -> None:
    options = tiny_options(seed=3)
    hashes = set()
    for _ in range(2):
        train(music(), options)
        hashes.add(checkpoint.load(options.path).hash)
    assert len(hashes) == 1
    train(music(), tiny_options(seed=4))
    assert checkpoint.load(options.path).hash not in hashes


def test_resume_goes_on_counting_from_where_learning_stopped(tiny_options: Make) -> None:
    options = tiny_options(epochs=2)
    first = train(music(), options)
    state = resuming.read(options.path)
    assert state is not None
    second = train(music(), tiny_options(epochs=3, resume=True))
    assert first.epochs == 2
    assert second.epochs == 5
    assert any("resumed after epoch 2" in note for note in second.notes)
    columns = json.loads(options.path.with_suffix(".history.json").read_text())
    assert columns["number"] == list(range(6))


def test_resume_without_its_state_says_so(tiny_options: Make) -> None:
    options = tiny_options()
    first = train(music(), options)
    resuming.path_beside(options.path).write_bytes(b"damaged")
    second = train(music(), tiny_options(resume=True))
    assert second.epochs == first.best_epoch + 2
    assert any("flattering" in note for note in second.notes)


def test_resume_without_a_model_is_an_error(tiny_options: Make) -> None:
    with pytest.raises(ModelError, match="no such model"):
        train(music(), tiny_options(resume=True))


def test_too_little_music_is_refused(tiny_options: Make) -> None:
    few = TrainingData.of_tracks([("a", track_rows(31, 0), None)])
    with pytest.raises(TrainingError, match="7 segments"):
        train(few, tiny_options())


def test_eight_segments_without_tracks_can_be_learned(tiny_options: Make) -> None:
    array = np.stack([track_rows(4, seed) for seed in range(8)])
    result = train(TrainingData.of_array(array), tiny_options())
    assert any("does not say" in note for note in result.notes)


def test_a_loss_that_is_no_number_keeps_the_best(
    tiny_options: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = tiny_options(epochs=20)
    original = Run._epoch

    def poisoned(run: Run) -> None:
        if run.history.last == 2:
            run.model.to_patches.bias.assign(np.full(run.model.to_patches.bias.shape, np.nan))
        original(run)

    monkeypatch.setattr(Run, "_epoch", poisoned)
    with pytest.raises(TrainingError, match="no longer a number") as caught:
        train(music(), options)
    assert "\n" not in str(caught.value)
    assert np.isfinite(checkpoint.load(options.path).decode(np.zeros((1, 64)))).all()
    assert resuming.read(options.path) is None


def test_a_flag_stops_it_and_the_best_is_kept(tiny_options: Make) -> None:
    options = tiny_options(epochs=1000)
    flag = threading.Event()

    def stop_soon(done: float, total: float, message: str = "") -> None:
        if "epoch 3" in message:
            flag.set()

    result = train(music(), options, stop_soon, flag)
    assert result.stopped == "as asked"
    assert result.epochs < 1000
    checkpoint.load(options.path)


def test_ctrl_c_stops_it_and_the_best_is_kept(tiny_options: Make) -> None:
    options = tiny_options(epochs=1000)

    def interrupt(done: float, total: float, message: str = "") -> None:
        if "epoch 2" in message:
            raise KeyboardInterrupt

    result = train(music(), options, interrupt)
    assert result.stopped == "as asked"
    checkpoint.load(options.path)


def test_a_full_disk_leaves_the_earlier_model(
    tiny_options: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = tiny_options()
    train(music(), options)
    before = checkpoint.load(options.path).hash

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(model_file, "compress", full)
    with pytest.raises(OutputError, match="disk is full"):
        train(music(), tiny_options(seed=9))
    assert checkpoint.load(options.path).hash == before
    assert {path.name for path in options.path.parent.iterdir()} == {
        "vae_best.keras", "vae_best.state.npz", "vae_best.history.json", "vae_best.history.png",
    }  # fmt: skip


def test_it_gives_up_when_nothing_improves(tiny_options: Make) -> None:
    result = train(music(), tiny_options(epochs=500, patience=2, rate=0.0))
    assert result.stopped == "no longer improving"
    assert result.best_epoch == 0
    assert result.epochs < 20


def test_time_stops_it(tiny_options: Make) -> None:
    result = train(music(), tiny_options(epochs=None, minutes=0.1, patience=None))
    assert result.stopped == "time"


def test_the_file_carries_attribute_axes(tiny_options: Make) -> None:
    options = tiny_options()
    train(music(), options)
    axes = AttributeAxes.of_model(options.path)
    assert axes is not None
    assert axes.directions.shape == (4, 64)
