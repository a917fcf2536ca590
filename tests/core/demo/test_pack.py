"""What ships is built, trained again and refitted; on two short tracks instead of the catalogue."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from core.demo import pack
from core.demo.catalogue import find
from core.demo.spec import TrackSpec
from core.library.store import SPECTROGRAMS, Library
from core.render.workspace import open_workspace
from core.resources import digest
from core.vae import network_file
from core.vae.codec import Codec
from core.vae.training import TrainOptions
from tests import synthetic
from tests.core.vae.conftest import TINY, train_uncompiled

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
MINUTES = 0.02
SPECS = [replace(find(name), bars=20) for name in ("Parallax", "Pin Tumbler")]


def played(specs: list[TrackSpec], workers: int) -> Iterator[tuple[TrackSpec, np.ndarray]]:
    """Kicks and hats at the tempo of each, which take no time to render."""
    for spec in specs:
        parts = (synthetic.Part(spec.bars),)
        made = synthetic.Spec(bpm=spec.bpm, parts=parts, seed=spec.seed, channels=2)
        yield spec, synthetic.render(made).samples[: spec.frames]


small = partial(TrainOptions, model=TINY)
"""A network that an epoch takes a moment of."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> pack.PackResult:
    folder = tmp_path_factory.mktemp("pack")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pack, "catalogue", lambda: SPECS)
        patch.setattr(pack, "render_many", played)
        patch.setattr(pack, "TrainOptions", small)
        train_uncompiled(patch)
        return pack.build_pack(
            folder / "resources" / "demo", folder / "saved" / "vae.keras", minutes=MINUTES
        )


def sounds(library: Path) -> dict[str, str]:
    files = (library / "audio").iterdir()
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


def weights(model: Path) -> bytes:
    with zipfile.ZipFile(model) as archive:
        (name,) = [n for n in archive.namelist() if n.endswith(".h5")]
        return archive.read(name)


def is_placed(library: Path, model: Path) -> bool:
    """Under this model, and no other."""
    with open_workspace(library, model) as space:
        expected = {segment.id for segment in space.library.segments()}
        latents, _ = space.library.latents(space.codec.hash)
        placed, xy = space.library.map(space.codec.hash)
        only = [saved.model_hash for saved in space.library.maps()] == [space.codec.hash]
        return bool(
            expected and expected == set(latents) == set(placed) and np.isfinite(xy).all() and only
        )


def test_what_is_built_is_ready_to_be_played(built: pack.PackResult) -> None:
    assert built.worst_tempo_error < 0.02
    assert built.worst_downbeat_error < 0.010
    assert is_placed(built.library, built.model)
    assert not list((built.library / SPECTROGRAMS).glob("*.npy"))
    assert sorted(p.name for p in built.model.parent.iterdir()) == [
        "vae.history.json", "vae.history.png", "vae.keras",
    ]  # fmt: skip
    with Library.open(built.library, read_only=True) as library:
        assert library.id == pack.LIBRARY_ID
        assert {track.title for track in library.tracks()} == {spec.name for spec in SPECS}
        assert len(library.segments()) == built.segments
    assert any(f"{built.segments} segments" in line for line in built.lines())


def test_training_again_changes_the_model_and_no_music(
    built: pack.PackResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pack, "TrainOptions", small)
    train_uncompiled(monkeypatch)
    codec = Codec.load(built.model)
    network_file.save(network_file.load(built.model), built.model, {**codec.info, "epoch": 999})
    with Library.open(built.library) as library:
        library.forget_model(codec.hash)  # the map of a file that is no longer there
    before, music = digest(built.model), sounds(built.library)
    assert pack.retrain_pack(built.library, built.model, minutes=MINUTES).path == built.model
    assert digest(built.model) != before
    assert sounds(built.library) == music
    assert is_placed(built.library, built.model)
    assert not list(built.model.parent.glob(".training-*"))


def test_refitting_keeps_the_weights(built: pack.PackResult) -> None:
    before = weights(built.model)
    assert pack.refit_pack(built.library, built.model) == built.segments
    assert weights(built.model) == before
    assert is_placed(built.library, built.model)
