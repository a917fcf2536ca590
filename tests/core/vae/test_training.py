"""Training end to end on made-up music: what it keeps, how it stops, how it goes on."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core import keras_archive
from core.errors import ModelError, OutputError, TrainingError
from core.latent.axes import AttributeAxes
from core.vae import callbacks, history, network_file, training, training_state
from core.vae.augmentation import Augmentation
from core.vae.codec import Codec
from core.vae.data import TrainingData
from core.vae.fitting import WindowBatches
from core.vae.model import SegmentVAE
from core.vae.training import TrainingRun, TrainOptions, TrainResult, train
from core.vae.validation import Validation
from tests.core.vae.conftest import TINY, Trained, music, track_rows, train_uncompiled

Make = Callable[..., TrainOptions]


@pytest.fixture
def uncalibrated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Training without the calibration and the picture at its end, which `trained` has."""
    monkeypatch.setattr(training, "calibrate", lambda *_: {})
    monkeypatch.setattr(history, "_curves", lambda *_: b"\x89PNG")


@pytest.fixture
def uncompiled(monkeypatch: pytest.MonkeyPatch) -> None:
    train_uncompiled(monkeypatch)


brief = pytest.mark.usefixtures("uncalibrated", "uncompiled")


@pytest.fixture
def learning_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps that take no time and change no weight, for what does not depend on learning."""
    logs = {"loss": 1.0, "error_db": 1.0, "kl": 1.0}
    monkeypatch.setattr(SegmentVAE, "train_on_batch", lambda *_, **how: logs)


@pytest.fixture
def reporting_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress is reported at every step, however fast the steps are."""
    monkeypatch.setattr(callbacks, "_REPORT_SECONDS", 0.0)


@pytest.fixture(scope="module")
def three_epochs(tmp_path_factory: pytest.TempPathFactory) -> TrainResult:
    """A training of three epochs, not calibrated."""
    path = tmp_path_factory.mktemp("three") / "vae_best.keras"
    options = TrainOptions(
        path=path,
        epochs=3,
        minutes=None,
        batch=8,
        model=TINY,
        validation=0.2,
        seed=3,
        pretrained=None,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "calibrate", lambda *_: {})
        train_uncompiled(patch)
        return train(music(), options)


def test_it_learns_what_components_cannot_hold(tiny_options: Make) -> None:
    sizes = {"width": 32, "depth": 1, "encoder_depth": 1, "patch": 16, "trunk": 32, "latents": 4}
    options = tiny_options(
        epochs=60,
        model=sizes,
        augmentation=Augmentation(share=0.0),
        rate=4e-3,
        learn_held_out=False,
    )
    run = TrainingRun(music(tracks=8, bars=7), options)
    before = run.history.epochs[0].library_db
    run.fit()
    assert run.history.epochs[-1].library_db < 0.9 * before


def test_everything_is_written_and_reported(trained: Trained) -> None:
    result, path = trained.result, trained.options.path
    assert result.stopped == "epochs"
    assert result.epochs == 10
    codec = Codec.load(path)
    assert codec.info["epoch"] == result.best_epoch
    assert codec.info["tracks"] == 6
    columns = json.loads(path.with_suffix(".history.json").read_text())
    assert columns["number"] == list(range(11))
    assert columns["held_out_db"][0] is not None
    assert columns["held_out_db"][-1] is None
    assert path.with_suffix(".history.png").read_bytes().startswith(b"\x89PNG")
    assert "nats" not in trained.progress[-1][2]  # a musician reads it
    assert "dB from your music" in trained.progress[-1][2]
    percents = [done for done, _, _ in trained.progress]
    assert percents == sorted(percents)
    assert any("held out whole" in line for line in result.lines())


def test_the_file_carries_attribute_axes(trained: Trained) -> None:
    axes = AttributeAxes.of_model(trained.options.path)
    assert axes is not None
    assert axes.directions.shape == (4, 64)


@pytest.mark.usefixtures("learning_nothing")
def test_the_held_out_windows_are_learned_in_the_end(tiny_options: Make) -> None:
    run = TrainingRun(music(), tiny_options(epochs=10))
    learned = len(run.training)
    judged = len(run.held_out)
    run.fit()
    assert judged > 0
    assert len(run.training) == learned + judged == len(run.data)


@pytest.mark.usefixtures("uncalibrated", "uncompiled", "learning_nothing")
def test_what_weighs_more_is_learned_more_often(tiny_options: Make) -> None:
    data = music(tracks=2)
    tracks = (data.tracks[0], data.tracks[1].weighed(np.full(6, 3.0)))
    run = TrainingRun(TrainingData(tracks), tiny_options())
    learned = run._learned()
    times = [int((learned[:, 0] == number).sum()) for number in range(2)]
    windows = [int((run.training[:, 0] == number).sum()) for number in range(2)]
    assert times == [windows[0], 3 * windows[1]]


@brief
def test_latents_of_the_library_have_mean_0_and_deviation_1(tiny_options: Make) -> None:
    data = music(tracks=6, bars=20)
    options = tiny_options()
    result = train(data, options)
    assert result.library.active == 64
    np.testing.assert_allclose(result.library.means.mean(axis=0), 0, atol=0.1)
    np.testing.assert_allclose(result.library.deviations, 1, atol=0.1)
    assert result.library.share_inside == 1.0


def test_the_same_seed_gives_the_same_file(
    trained: Trained, three_epochs: TrainResult, tmp_path: Path
) -> None:
    again = train(music(), replace(trained.options, path=tmp_path / "again.keras"))
    first = Codec.load(trained.options.path).hash
    assert Codec.load(again.path).hash == first
    assert Codec.load(three_epochs.path).hash != first


@brief
def test_resume_goes_on_counting(trained: Trained, tmp_path: Path) -> None:
    options = trained.copied(tmp_path, epochs=2, resume=True)
    result = train(music(), options)
    assert result.epochs == 12
    assert any("resumed after epoch 10" in note for note in result.notes)
    columns = json.loads(options.path.with_suffix(".history.json").read_text())
    assert columns["number"] == list(range(13))


@brief
@pytest.mark.usefixtures("learning_nothing")
def test_resume_without_its_state_says_so(trained: Trained, tmp_path: Path) -> None:
    options = trained.copied(tmp_path, epochs=1, resume=True)
    training_state.state_path(options.path).write_bytes(b"damaged")
    result = train(music(), options)
    assert result.epochs == trained.result.best_epoch + 1
    assert any("flattering" in note for note in result.notes)


@brief
def test_keras_s_own_fit_does_the_same_with_these_batches_and_callbacks(
    tiny_options: Make, three_epochs: TrainResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fit(model: SegmentVAE, batches: WindowBatches, callbacks: list[Any], steps: None) -> None:
        model.fit(batches, epochs=1000, callbacks=callbacks, shuffle=False, verbose=0)

    monkeypatch.setattr(training, "fit", fit)
    keras_s = train(music(), tiny_options(epochs=3, seed=3))
    ours = three_epochs
    assert keras_s.epochs == ours.epochs
    assert keras_s.stopped == ours.stopped
    assert keras_s.library.error_db == pytest.approx(ours.library.error_db, abs=1e-3)


def test_batches_are_the_same_whoever_asks_and_whenever() -> None:
    data = music()

    def batches() -> WindowBatches:
        return WindowBatches(
            data, data.places(), batch=8, augmentation=Augmentation(share=1.0), seed=5
        )

    one, other = batches(), batches()
    assert len(one) == 4
    for index in (3, 0):
        np.testing.assert_array_equal(one[index][0], other[index][0])
    before = one[0][0]
    one.on_epoch_end()
    assert not np.array_equal(one[0][0], before)


def test_resume_without_a_model_is_an_error(tiny_options: Make) -> None:
    with pytest.raises(ModelError, match="no such model"):
        train(music(), tiny_options(resume=True))


def test_too_little_music_is_refused(tiny_options: Make) -> None:
    few = TrainingData.of_tracks([("a", track_rows(31, 0), None)])
    with pytest.raises(TrainingError, match="7 segments"):
        train(few, tiny_options())


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("count", [1, 7])
def test_a_few_segments_train_along_with_other_music(tiny_options: Make, count: int) -> None:
    few = TrainingData.of_tracks((f"t{i}", track_rows(4, i), None) for i in range(count))
    data = few.with_background(music(tracks=9, bars=15))
    result = train(data, tiny_options(batch=48))
    codec = Codec.load(result.path)
    means, _ = codec.encode(np.stack([track.rows(0) for track in few.tracks]))
    behind, _ = codec.encode(np.stack([track.rows(0) for track in data.background]))
    assert np.isfinite(codec.decode(np.concatenate([means, behind]))).all()
    assert behind.std(axis=0).max() > 0.5
    info = network_file.load(result.path).info
    assert info["windows"] == count
    assert info["contrast"]
    assert info["axes"]
    assert not any("active" in line for line in result.lines())


@brief
@pytest.mark.usefixtures("learning_nothing")
def test_eight_segments_without_tracks_can_be_learned(tiny_options: Make) -> None:
    array = np.stack([track_rows(4, seed) for seed in range(8)])
    result = train(TrainingData.of_array(array), tiny_options())
    assert any("does not say" in note for note in result.notes)


@brief
def test_a_loss_that_is_no_number_keeps_the_best(
    tiny_options: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = tiny_options(epochs=20)
    original = Validation.evaluate

    def poisoned(validation: Validation, number: int, **how: bool) -> None:
        original(validation, number, **how)
        if number == 2:
            bias = validation.model.to_patches.bias
            bias.assign(np.full(bias.shape, np.nan))

    monkeypatch.setattr(Validation, "evaluate", poisoned)
    with pytest.raises(TrainingError, match="no longer a number") as caught:
        train(music(), options)
    assert "\n" not in str(caught.value)
    assert np.isfinite(Codec.load(options.path).decode(np.zeros((1, 64)))).all()
    assert training_state.read_state(options.path) is None


@brief
@pytest.mark.usefixtures("learning_nothing", "reporting_every_step")
def test_a_flag_stops_it_and_the_best_is_kept(tiny_options: Make) -> None:
    options = tiny_options(epochs=1000)
    flag = threading.Event()

    def stop_soon(done: float, total: float, message: str = "") -> None:
        if "epoch 3" in message:
            flag.set()

    result = train(music(), options, stop_soon, flag)
    assert result.stopped == "as asked"
    assert result.epochs < 1000
    Codec.load(options.path)


@brief
@pytest.mark.usefixtures("learning_nothing", "reporting_every_step")
def test_ctrl_c_stops_it_and_the_best_is_kept(tiny_options: Make) -> None:
    options = tiny_options(epochs=1000)

    def interrupt(done: float, total: float, message: str = "") -> None:
        if "epoch 2" in message:
            raise KeyboardInterrupt

    result = train(music(), options, interrupt)
    assert result.stopped == "as asked"
    Codec.load(options.path)


@brief
@pytest.mark.usefixtures("learning_nothing")
def test_a_full_disk_leaves_the_earlier_model(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = trained.copied(tmp_path, epochs=1, seed=9)
    before = Codec.load(options.path).hash

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keras_archive, "compress", full)
    with pytest.raises(OutputError, match="disk is full"):
        train(music(), options)
    assert Codec.load(options.path).hash == before
    assert {path.name for path in options.path.parent.iterdir()} == {
        "vae_best.keras", "vae_best.state.npz", "vae_best.history.json", "vae_best.history.png",
    }  # fmt: skip


@brief
@pytest.mark.usefixtures("learning_nothing")
def test_it_gives_up_when_nothing_improves(tiny_options: Make) -> None:
    result = train(music(), tiny_options(epochs=500, patience=2))
    assert result.stopped == "no longer improving"
    assert result.best_epoch == 0
    assert result.epochs < 20


@brief
@pytest.mark.usefixtures("learning_nothing")
def test_time_stops_it(tiny_options: Make) -> None:
    result = train(music(), tiny_options(epochs=None, minutes=0.02, patience=None))
    assert result.stopped == "time"
