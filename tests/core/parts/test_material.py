"""Songs on disk, and new mixes of their parts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.errors import InputError
from core.parts.material import Material, spectrograms_of_parts
from core.parts.remix import Remix
from tests.core.parts.conftest import BPM, parts_of


def test_parts_and_mix_are_analysed() -> None:
    parts = parts_of(1)
    twice = np.concatenate([parts, parts, parts[:, :1000]], axis=1)
    layers = spectrograms_of_parts(twice, BPM).astype(np.float32)
    assert layers.shape == (2, 5, 512, 128)
    powers = 10.0 ** (layers / 10.0)
    lows, highs = slice(2, 5), slice(100, 120)
    assert powers[1, 0, :, lows].mean() > 100 * powers[1, 2, :, lows].mean()  # the kick
    assert powers[1, 2, :, highs].mean() > 100 * powers[1, 1, :, highs].mean()  # the ticks
    np.testing.assert_allclose(powers[:, :4].sum(axis=1).mean(), powers[:, 4].mean(), rtol=0.05)


def test_what_is_no_song_is_refused() -> None:
    with pytest.raises(InputError, match="four parts"):
        spectrograms_of_parts(parts_of(0)[:3], BPM)
    with pytest.raises(InputError, match="less than a segment"):
        spectrograms_of_parts(parts_of(0)[:, :9000], BPM)


def test_styles_are_held_out_whole(songs: Path) -> None:
    assert Material.of_folder(songs).songs == 3
    assert Material.of_folder(songs, ("other",)).songs == 2
    assert Material.of_folder(songs, ("other",), only=True).songs == 1
    assert len(Material.of_folder(songs / "none")) == 0


def test_damaged_songs_are_left_out(songs: Path, tmp_path: Path) -> None:
    whole = next(songs.glob("other__*")).read_bytes()
    (tmp_path / "plain__1.npy").write_bytes(whole[:5000])
    (tmp_path / "plain__2.npy").write_bytes(b"")
    np.save(tmp_path / "plain__3.npy", np.zeros((2, 5, 512, 64), np.float16))
    (tmp_path / "plain__4.npy").write_bytes(whole)
    assert Material.of_folder(tmp_path).songs == 1


@hypothesis_settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32), bars=st.sampled_from([1, 2, 4]))
def test_every_remix_can_be_learned_from(material: Material, seed: int, bars: int) -> None:
    mix, powers = Remix(bars=bars).example(material, np.random.default_rng(seed))
    assert mix.shape == (bars * 128, 128)
    assert powers.shape == (bars * 128, 128, 4)
    assert np.isfinite(mix).all()
    assert np.isfinite(powers).all()
    assert powers.min() >= 0.0
    assert 0.3 < powers.sum() / (bars * 128 * 128) < 3.0  # against the mean power of the mix


def test_a_remix_is_its_seeds(material: Material) -> None:
    first, again, other = (
        Remix().example(material, np.random.default_rng(seed))[0] for seed in (4, 4, 5)
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1.0


def test_parts_come_and_go_within_an_example(material: Material) -> None:
    def silent_beats(chance: float) -> int:
        gates = (chance, 0.0, 0.0, 0.0)
        remix = Remix(whole=0.0, missing=(0, 1, 1, 1), alone=0.0, gated=gates, off_beat=0.0)
        silent = 0
        for seed in range(20):
            _, powers = remix.example(material, np.random.default_rng(seed))
            beats = powers[..., 0].reshape(8, -1).sum(axis=1)
            assert beats.any()
            silent += int((beats < 1e-4 * beats.max()).sum())
        return silent

    assert silent_beats(1.0) >= silent_beats(0.0) + 10


def test_a_part_is_far_quieter_than_usual_now_and_then(material: Material) -> None:
    def drums_db(faint: float) -> float:
        """Median level of the drums against the kick, over a few examples."""
        remix = Remix(whole=0.0, missing=(0, 0, 0, 0), alone=0.0, faint=(0, 0, faint, 0))
        levels = []
        for seed in range(12):
            powers = remix.example(material, np.random.default_rng(seed))[1].sum(axis=(0, 1))
            levels.append(10.0 * np.log10(powers[2] / powers[0]))
        return float(np.median(levels))

    assert -20.0 < drums_db(1.0) - drums_db(0.0) < -4.0


def test_the_mix_is_what_its_parts_add_up_to(material: Material) -> None:
    for seed in range(8):
        mix, powers = Remix(whole=0.0).example(material, np.random.default_rng(seed))
        expected = 10 * np.log10(powers.sum(axis=-1) + 1e-9)
        mix, expected = mix[:, 60:], expected[:, 60:]  # no interference there
        loud = expected > max(expected.max() - 20.0, -25.0)  # above the added noise
        if loud.any():
            difference = (mix - expected)[loud]
            assert np.percentile(np.abs(difference - np.median(difference)), 95) < 1.0
