"""Model files as somebody might make them who wants to harm: refused in one line, nothing run."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import ModelError
from core.latent.axes import AttributeAxes
from core.vae import model_file, network_file
from core.vae.codec import Codec
from core.vae.contrast import Contrast
from core.vae.model import SegmentVAE, input_shape
from tests.core.vae.conftest import TINY
from tests.fuzzing import examples

WEIGHTS = "model.weights.h5"
Members = dict[str, bytes]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model that is fine."""
    made = SegmentVAE(**TINY)
    made.build(input_shape())
    path = tmp_path_factory.mktemp("model") / "fine.keras"
    network_file.save(made, path, {"tracks": 6})
    return path


def changed(saved: Path, path: Path, change: Callable[[Members], None]) -> Path:
    """A copy of the model with other members."""
    with zipfile.ZipFile(saved) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def configured(saved: Path, path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """A copy of the model with another configuration."""

    def edit(members: Members) -> None:
        config = json.loads(members["config.json"])
        change(config["config"])
        members["config.json"] = json.dumps(config).encode()

    return changed(saved, path, edit)


def weights(make: Callable[[h5py.File], None]) -> bytes:
    """An HDF5 file."""
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        make(file)
    return content.getvalue()


def refused(path: Path, says: str) -> None:
    """The model is refused in one line."""
    with pytest.raises(ModelError, match=says) as caught:
        Codec.load(path)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("name", ["../../evil.py", "/etc/passwd", "assets/x", "C:\\x", "a.py"])
def test_other_members_are_refused(saved: Path, tmp_path: Path, name: str) -> None:
    def edit(members: Members) -> None:
        members[name] = b"evil"

    refused(changed(saved, tmp_path / "evil.keras", edit), "other files")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["evil.keras"]


@pytest.mark.parametrize("name", ["config.json", WEIGHTS])
def test_a_member_that_says_ten_gigabytes_is_not_unpacked(
    saved: Path, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "bomb.keras"
    octets = bytearray(saved.read_bytes())
    with zipfile.ZipFile(saved) as archive:
        size = archive.getinfo(name).file_size.to_bytes(4, "little")
    at = octets.rindex(name.encode()) - 46 + 24  # in the central directory, of 46 bytes a name
    assert octets[at : at + 4] == size
    octets[at : at + 4] = (0xF0000000).to_bytes(4, "little")
    path.write_bytes(octets)
    refused(path, "too large once unpacked")


def test_a_member_of_zeros_without_end_is_not_unpacked(saved: Path, tmp_path: Path) -> None:
    content = bytes(5 << 20)
    path = changed(saved, tmp_path / "b.keras", lambda m: m.update({"config.json": content}))
    refused(path, "too large once unpacked")


@pytest.mark.parametrize("content", [b"[" * 100_000, b"{}", b"[]", b"9" * 5000, b"\xff", b"null"])
def test_any_configuration_that_is_none_is_refused(
    saved: Path, tmp_path: Path, content: bytes
) -> None:
    path = changed(saved, tmp_path / "m.keras", lambda m: m.update({"config.json": content}))
    with pytest.raises(ModelError):
        model_file.read_info(path)
    assert AttributeAxes.of_model(path) is None


@pytest.mark.parametrize("name", ["width", "depth", "encoder_depth", "patch", "trunk", "latents"])
@pytest.mark.parametrize("value", [10**9, -1, "x", None, 1e300])
def test_networks_of_gigantic_size_are_not_built(
    saved: Path, tmp_path: Path, name: str, value: Any
) -> None:
    refused(configured(saved, tmp_path / "m.keras", lambda c: c.update({name: value})), "size")


@pytest.mark.parametrize(
    "facts",
    [
        {"windows": "many"},
        {"held_out_db": [1]},
        {"axes": 5},
        {"contrast": "high"},
        {"format": "1"},
        {"epoch": {}},
    ],
)
def test_facts_that_are_none_are_refused(saved: Path, tmp_path: Path, facts: Any) -> None:
    path = configured(saved, tmp_path / "m.keras", lambda c: c["info"].update(facts))
    refused(path, "damaged")


@pytest.mark.parametrize(
    "contrast", [{}, {"slopes": "x", "bias": 0}, {"slopes": [1], "bias": 0}, {"slopes": [0] * 63}]
)
def test_contrast_that_is_none_is_left_out(contrast: dict[str, Any]) -> None:
    assert Contrast.of({"contrast": contrast}) is None
    assert Contrast.of({"contrast": {"slopes": [0] * 64, "bias": float("inf")}}) is None
    assert Contrast.of({"contrast": {"slopes": [0] * 64, "bias": 0.5}}) is not None


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30, 9e5])
def test_weights_that_lead_to_no_numbers_are_refused(
    saved: Path, tmp_path: Path, value: float
) -> None:
    def fill(members: Members) -> None:
        content = io.BytesIO(members[WEIGHTS])
        with h5py.File(content, "r+") as file:
            file.visititems(
                lambda _, item: (
                    item.write_direct(np.full(item.shape, value, item.dtype))
                    if isinstance(item, h5py.Dataset)
                    else None
                )
            )
        members[WEIGHTS] = content.getvalue()

    path = changed(saved, tmp_path / "filled.keras", fill)
    with pytest.raises(ModelError, match=r"damaged|no number"):
        Codec.load(path).decode(np.ones((1, 64), np.float32))


def _huge(file: h5py.File) -> None:
    file.create_dataset("layers/w", shape=(10**7, 10**6), dtype="f4", chunks=(1024, 1024))


def _external_link(file: h5py.File) -> None:
    file.create_group("layers")["w"] = h5py.ExternalLink("/etc/hostname", "/w")


def _soft_link(file: h5py.File) -> None:
    file["w"] = h5py.SoftLink("/nowhere")


def _external_data(file: h5py.File) -> None:
    file.create_dataset("w", (8,), "u1", external=[("/etc/hostname", 0, 8)])


def _virtual(file: h5py.File) -> None:
    layout = h5py.VirtualLayout((8,), "u1")
    layout[:] = h5py.VirtualSource("/etc/hostname", "w", (8,))
    file.create_virtual_dataset("w", layout)


@pytest.mark.parametrize("make", [_huge, _external_link, _soft_link, _external_data, _virtual])
def test_weights_are_arrays_of_this_file(
    saved: Path, tmp_path: Path, make: Callable[[h5py.File], None]
) -> None:
    content = weights(make)
    path = changed(saved, tmp_path / "m.keras", lambda m: m.update({WEIGHTS: content}))
    refused(path, "its weights")


@settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data())
def test_any_bytes_over_a_model_are_refused_or_change_nothing(
    saved: Path, tmp_path: Path, data: st.DataObject
) -> None:
    octets = bytearray(saved.read_bytes())
    place = st.one_of(
        st.integers(0, len(octets) - 1),
        st.integers(max(0, len(octets) - 400), len(octets) - 1),
        st.integers(0, 3000),
    )
    for at in data.draw(st.lists(place, min_size=1, max_size=8)):
        octets[at] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del octets[data.draw(place) :]
    path = tmp_path / "any.keras"
    path.write_bytes(octets)
    said = ""
    try:
        model_file.read_info(path, check_weights=data.draw(st.booleans()))
    except ModelError as error:
        said = str(error)
    assert "\n" not in said
    axes = AttributeAxes.of_model(path)
    assert axes is None or np.isfinite(axes.directions).all()
