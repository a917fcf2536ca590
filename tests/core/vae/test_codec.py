"""Model files: what goes in comes out, in another process too, and nothing else gets in."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError, ModelError
from core.keras_backend import keras
from core.vae import network_file, pca
from core.vae.codec import Codec
from core.vae.data import FOLDED, fold, unfold
from core.vae.layers import CELLS
from core.vae.model import SegmentVAE, input_shape
from core.vae.numpy_model import to_sixteenths
from tests.core.vae.conftest import TINY, music

_ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def model() -> SegmentVAE:
    keras.utils.set_random_seed(1)
    made = SegmentVAE(**TINY)
    made.build(input_shape())
    data = music()
    windows = data.batch(data.places()).reshape(-1, CELLS)
    made.linear.set_components(pca.fit(windows, 64))
    rng = np.random.default_rng(0)
    for weight in (made.to_patches.kernel, made.to_mean.kernel, made.to_log_variance.kernel):
        weight.assign(rng.normal(0, 0.1, weight.shape))
    made.standardise(rng.normal(size=64), rng.uniform(0.5, 2, 64))
    return made


@pytest.fixture(scope="module")
def saved(model: SegmentVAE, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "vae_best.keras"
    network_file.save(model, path, {"tracks": 6})
    return path


def test_a_fresh_process_decodes_the_same(saved: Path, tmp_path: Path) -> None:
    z = np.random.default_rng(5).normal(size=(3, 64)).astype(np.float32)
    np.save(tmp_path / "z.npy", z)
    script = (
        "import sys, numpy as np\n"
        "from core.vae.codec import Codec\n"
        "codec = Codec.load(sys.argv[1])\n"
        "out = codec.decode(np.load(sys.argv[2]))\n"
        "np.save(sys.argv[3], out)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, saved, tmp_path / "z.npy", tmp_path / "out.npy"],
        cwd=_ROOT, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (done.stdout, done.stderr) == ("", "")
    here = Codec.load(saved).decode(z)
    np.testing.assert_allclose(np.load(tmp_path / "out.npy"), here, atol=1e-3)


def test_playing_with_a_model_needs_no_keras(saved: Path) -> None:
    program = (
        "import sys, numpy as np\n"
        "from core.cli import composing, generating, mapping, reconstructing, rendering\n"
        "from core.render import composition\n"
        "from core.vae.codec import Codec\n"
        "from core.workers import render_service, tasks\n"
        "codec = Codec.load(sys.argv[1])\n"
        "codec.encode(codec.decode(np.zeros((1, 64))))\n"
        "print([m for m in ('keras', 'tensorflow', 'jax') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, saved],
        cwd=_ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.strip() == "[]", done.stderr


def test_the_codec_is_the_model(model: SegmentVAE, saved: Path) -> None:
    codec = Codec.load(saved)
    data = music()
    windows = data.batch(data.places()[:5])
    mean, log_variance = (np.asarray(out) for out in model.encode(windows))
    spectra = unfold(windows)
    found = codec.encode(spectra)
    cells = to_sixteenths(fold(spectra).transpose(0, 3, 1, 2).reshape(spectra.shape))
    refined, plain = (codec._network.misfit(cells, z)[0] for z in (found[0], mean))
    assert (refined < plain).all()
    np.testing.assert_allclose(found[1], log_variance, atol=1e-3)
    unrefined = codec.encode(spectra, refined=False)
    np.testing.assert_allclose(unrefined[0], mean, atol=1e-3)
    assert np.abs(found[0] - mean).max() > 1e-2
    expected = unfold(np.asarray(model.decode(mean)))
    np.testing.assert_allclose(codec.decode(mean), expected, atol=1e-2)


def test_shapes_ranges_and_facts(saved: Path, rng: np.random.Generator) -> None:
    codec = Codec.load(saved)
    spectra = codec.decode(100 * rng.normal(size=(70, 64)))
    assert spectra.shape == (70, 512, 128)
    assert spectra.dtype == np.float32
    assert spectra.min() >= -90.0
    assert spectra.max() <= 0.0
    assert codec.decode(np.zeros((0, 64))).shape == (0, 512, 128)
    assert codec.encode(np.zeros((0, 512, 128)))[0].shape == (0, 64)
    assert codec.info["tracks"] == 6
    assert codec.info["floor_db"] == -90.0
    assert codec.info["hash"] == codec.hash
    json.dumps(codec.info)


def test_the_same_weights_give_the_same_hash(
    model: SegmentVAE, saved: Path, tmp_path: Path
) -> None:
    network_file.save(model, tmp_path / "again.keras", {"tracks": 6})
    assert Codec.load(tmp_path / "again.keras").hash == Codec.load(saved).hash


@pytest.mark.parametrize("shape", [(64,), (2, 63), (1, 2, 64)])
def test_latents_of_another_shape_are_refused(saved: Path, shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="64"):
        Codec.load(saved).decode(np.zeros(shape))


def test_latents_that_are_no_numbers_are_refused(saved: Path) -> None:
    with pytest.raises(InputError, match="finite"):
        Codec.load(saved).decode(np.full((1, 64), np.nan))


def test_spectra_of_another_shape_are_refused(saved: Path) -> None:
    with pytest.raises(InputError, match="512"):
        Codec.load(saved).encode(np.zeros((1, 128, 512)))


def test_rounded_weights_are_close_and_compress() -> None:
    weights = np.random.default_rng(0).normal(size=1000).astype(np.float32)
    rounded = network_file.rounded(weights)
    np.testing.assert_allclose(rounded, weights, rtol=2.0**-13)
    assert not (rounded.view(np.uint32) & 0x7FF).any()
    np.testing.assert_array_equal(network_file.rounded(rounded), rounded)
    half = weights.astype(np.float16)
    assert network_file.rounded(half) is half


def _missing(path: Path) -> None:
    path.unlink()


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _text(path: Path) -> None:
    path.write_text("not a model")


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-4000])


def _flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(bytes(content))


def _other_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")


def _changed(path: Path, change: dict[str, object]) -> None:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(members["config.json"])
    config["config"]["info"].update(change)
    members["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def _newer(path: Path) -> None:
    _changed(path, {"format": 99})


def _other_bank(path: Path) -> None:
    _changed(path, {"bands": 80})


def _another_program(path: Path) -> None:
    other = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    other.save(path)


def _lambda(path: Path) -> None:
    evil = keras.Sequential([keras.Input((3,)), keras.layers.Lambda(lambda x: x)])
    evil.save(path)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (_missing, "no such model"),
        (_folder, "no such model"),
        (_text, "damaged"),
        (_empty, "damaged"),
        (_cut, "damaged"),
        (_flipped, "damaged"),
        (_other_zip, "not a model"),
        (_newer, "newer"),
        (_other_bank, "bands 80"),
        (_another_program, "another program"),
        (_lambda, "another program"),
    ],
)
def test_other_files_are_refused_in_one_line(  # type: ignore[no-untyped-def]
    saved: Path, tmp_path: Path, spoil, says: str
) -> None:
    path = tmp_path / "broken.keras"
    path.write_bytes(saved.read_bytes())
    spoil(path)
    with pytest.raises(ModelError, match=says) as caught:
        Codec.load(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_model_class_that_hides_inside_ours_is_not_run(saved: Path, tmp_path: Path) -> None:
    """A config that names our class but asks for an unknown option fails, and runs nothing."""
    path = tmp_path / "odd.keras"
    path.write_bytes(saved.read_bytes())
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(members["config.json"])
    config["config"]["surprise"] = {"class_name": "Lambda", "module": "keras.layers"}
    members["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(ModelError, match="damaged"):
        Codec.load(path)


def test_folded_shape_is_what_the_model_takes(model: SegmentVAE) -> None:
    assert model.decode(np.zeros((1, 64), np.float32)).shape == (1, *FOLDED)
    assert fold(np.zeros((1, 512, 128))).shape == (1, *FOLDED)
