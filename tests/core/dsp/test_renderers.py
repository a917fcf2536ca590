from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.dsp import renderers
from core.dsp.attributes import total_power
from core.dsp.bank import bank
from core.dsp.griffin_lim import GriffinLimRenderer
from core.dsp.phase import PhaseRenderer
from core.dsp.renderers import Renderer, RenderSource
from core.dsp.spectrogram import db_to_power, of_loop, of_segment
from core.errors import InputError
from core.settings import FLOOR_DB, RENDERERS, bar_rows, segment_frames

Array = NDArray[np.float32]
Groove = Callable[..., Array]
EACH = pytest.mark.parametrize("name", RENDERERS)
FRAMES = segment_frames(172.0)


def quick(name: str) -> Renderer:
    """The renderer called `name`; the baseline with fewer of its slow iterations."""
    made = renderers.get(name)
    return replace(made, iterations=6) if isinstance(made, GriffinLimRenderer) else made


def band_error(samples: Array, target: Array) -> float:
    """Mean absolute difference in dB over the cells within 50 dB of the loudest."""
    audible = target > target.max() - 50
    return float(np.abs(of_segment(samples) - target)[audible].mean())


def seam_step(loop: Array) -> float:
    """Largest second difference at the seam over the 99.9th percentile of all others.

    The second difference is a steep high-pass: a click stands out of it wherever the music is.
    """
    turned = np.roll(loop[:, 0], len(loop) // 2)
    bend = np.abs(np.diff(turned, 2))
    at = len(loop) - len(loop) // 2
    return float(bend[at - 3 : at + 2].max() / np.quantile(bend, 0.999))


@pytest.mark.parametrize(
    ("name", "quality", "worst"),
    [
        ("phase", "interactive", 2.0),
        ("phase", "export", 1.5),
        ("griffin_lim", "interactive", 4.0),
    ],
)
def test_round_trip(name: str, quality: str, worst: float, groove: Groove) -> None:
    loop = groove(130.0)
    target = of_segment(loop)
    made = renderers.get(name, quality).render(target, len(loop))
    assert made.shape == (len(loop), 1)
    assert made.dtype == np.float32
    assert band_error(made, target) < worst


def test_guided_by_the_segment_itself_returns_it(groove: Groove) -> None:
    loop = groove(130.0)
    loop[:, 1] = np.roll(loop[:, 1], 5_000)
    made = renderers.get("guided").render(of_segment(loop), len(loop), [RenderSource(loop)])
    assert made.shape == loop.shape
    error = np.linalg.norm(made - loop) / np.linalg.norm(loop)
    assert 20 * np.log10(error) < -30


def test_guided_reaches_a_target_that_is_not_its_source(groove: Groove) -> None:
    wanted = of_segment(groove(130.0, hat=0.3, kick=0.2))
    source = groove(130.0, hat=0.05, kick=0.6)
    made = renderers.get("guided").render(wanted, len(source), [RenderSource(source)])
    assert band_error(made, wanted) < 0.4 * band_error(source, wanted)


def test_guided_mixes_by_weight(groove: Groove) -> None:
    a, b = groove(130.0, hat=0.0), groove(130.0, kick=0.0)[:, :1]
    guided = renderers.get("guided")
    target = of_segment(a)
    alone = guided.render(target, len(a), [RenderSource(a, 3.0), RenderSource(b, 0.0)])
    same = guided.render(target, len(a), [RenderSource(a, 1.0)])
    np.testing.assert_allclose(alone, same, atol=1e-6)
    assert alone.shape[1] == 2


def test_guided_fills_what_the_sources_lack(groove: Groove) -> None:
    target = of_segment(groove(130.0, kick=0.5, hat=0.2))
    dull = groove(130.0, kick=0.5, hat=0.0)
    made = of_segment(renderers.get("guided").render(target, len(dull), [RenderSource(dull)]))
    highs = bank().centres_hz > 5_000
    lacking = db_to_power(of_segment(dull))[:, highs].sum()
    wanted, got = (db_to_power(x)[:, highs].sum() for x in (target, made))
    assert 10 * np.log10(wanted / lacking) > 30
    assert 10 * np.log10(wanted / got) == pytest.approx(0.0, abs=3.0)


def test_guided_puts_back_the_detail_of_its_sources(groove: Groove) -> None:
    loop = groove(130.0)
    exact = of_segment(loop)
    blurred = np.repeat(exact.reshape(128, 4, 128).mean(axis=1), 4, axis=0)
    guided = renderers.get("guided")
    plain = guided.render(blurred, len(loop), [RenderSource(loop)])
    detailed = guided.render(blurred, len(loop), [RenderSource(loop, 1.0, exact - blurred)])
    assert np.linalg.norm(detailed - loop) < 0.1 * np.linalg.norm(plain - loop)


def test_guided_without_sources_is_phase(groove: Groove) -> None:
    target = of_segment(groove(172.0))
    np.testing.assert_array_equal(
        renderers.get("guided").render(target, FRAMES, seed=3),
        renderers.get("phase").render(target, FRAMES, seed=3),
    )


@EACH
def test_equal_arguments_give_equal_bits_and_seeds_differ(name: str, groove: Groove) -> None:
    target = of_segment(groove(172.0))
    renderer = quick(name)
    first = renderer.render(target, FRAMES, seed=5)
    np.testing.assert_array_equal(first, renderer.render(target, FRAMES, seed=5))
    assert not np.array_equal(first, renderer.render(target, FRAMES, seed=6))


@EACH
def test_level_is_the_target_s(name: str, groove: Groove) -> None:
    target = of_segment(groove(172.0))
    for offset in (0.0, -20.0):
        lowered = np.maximum(target + np.float32(offset), np.float32(FLOOR_DB))
        made = quick(name).render(lowered, FRAMES, [RenderSource(groove(172.0))])
        wanted = total_power(db_to_power(lowered)).mean()
        got = total_power(db_to_power(of_segment(made))).mean()
        assert 10 * np.log10(got / wanted) == pytest.approx(0.0, abs=1.0)


@EACH
def test_no_click_at_the_seam(name: str, rng: np.random.Generator) -> None:
    # A steady low tone over soft noise: nothing in it bends as sharply as a cut would.
    t = np.arange(FRAMES) / FRAMES
    tone = 0.5 * np.sin(2 * np.pi * 400 * t).astype(np.float32)[:, None]
    loop = tone + rng.standard_normal((FRAMES, 1)).astype(np.float32) * np.float32(1e-4)
    made = quick(name).render(of_segment(loop), FRAMES, [RenderSource(loop)])
    assert seam_step(made) < 2.0


def test_the_seam_test_finds_a_click() -> None:
    t = np.arange(FRAMES) / FRAMES
    cut = 0.5 * np.sin(2 * np.pi * 400.5 * t + 1.0).astype(np.float32)[:, None]
    assert seam_step(cut) > 20.0


@EACH
def test_silence_gives_silence(name: str) -> None:
    silent = np.full((512, 128), FLOOR_DB, np.float32)
    nothing = np.zeros((FRAMES, 2), np.float32)
    made = quick(name).render(silent, FRAMES, [RenderSource(nothing)])
    assert np.abs(made).max() < 1e-5


def test_guided_by_silent_sources_still_sounds(groove: Groove) -> None:
    target = of_segment(groove(172.0))
    nothing = RenderSource(np.zeros((FRAMES, 2), np.float32))
    made = renderers.get("guided").render(target, FRAMES, [nothing])
    assert made.shape == (FRAMES, 2)
    assert band_error(made, target) < 3.0


@given(bpm=st.floats(60.0, 200.0), name=st.sampled_from(["phase", "guided"]))
@settings(deadline=None, max_examples=10)
def test_length_is_exact_at_any_tempo(bpm: float, name: str) -> None:
    frames = segment_frames(bpm)
    target = np.full((512, 128), -40.0, np.float32)
    source = np.random.default_rng(0).standard_normal((frames, 2)).astype(np.float32)
    made = quick(name).render(target, frames, [RenderSource(source)])
    assert len(made) == frames
    assert np.isfinite(made).all()


@given(seed=st.integers(0, 2**32 - 1), spread=st.floats(0.0, 100.0))
@settings(deadline=None, max_examples=10)
def test_any_target_gives_finite_sound(seed: int, spread: float) -> None:
    rng = np.random.default_rng(seed)
    target = (-45.0 + spread * rng.uniform(-1, 1, (512, 128))).astype(np.float32)
    source = RenderSource(rng.standard_normal((FRAMES, 1)).astype(np.float32) * 0.1)
    for made in (
        PhaseRenderer(iterations=2).render(target, FRAMES, seed=seed),
        renderers.get("guided").render(target, FRAMES, [source], seed=seed),
    ):
        assert np.isfinite(made).all()


GOOD = np.full((512, 128), -30.0, np.float32)
SOUND = np.zeros((FRAMES, 2), np.float32)


@pytest.mark.parametrize(
    ("target", "frames", "sources", "message"),
    [
        (GOOD[:500], FRAMES, [], "whole beats"),
        (GOOD[0], FRAMES, [], "whole beats"),
        (GOOD[:, :64], FRAMES, [], "whole beats"),
        (np.where(np.eye(512, 128) > 0, np.nan, GOOD), FRAMES, [], "NaN"),
        (GOOD, 100, [], "too few"),
        (GOOD, FRAMES, [RenderSource(SOUND[:-1])], "does not fit"),
        (GOOD, FRAMES, [RenderSource(SOUND[:, 0])], "does not fit"),
        (GOOD, FRAMES, [RenderSource(SOUND + np.inf)], "NaN or infinity"),
        (GOOD, FRAMES, [RenderSource(SOUND, -1.0)], "weights"),
        (GOOD, FRAMES, [RenderSource(SOUND, 0.0)], "weights"),
        (GOOD, FRAMES, [RenderSource(SOUND, float("nan"))], "weights"),
        (GOOD, FRAMES, [RenderSource(SOUND, 1.0, GOOD[:3])], "whole beats"),
        (GOOD, FRAMES, [RenderSource(SOUND, 1.0, GOOD[:128])], "as long as"),
    ],
)
def test_bad_input_is_one_clear_line(
    target: Array, frames: int, sources: list[RenderSource], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        renderers.get("guided").render(target, frames, sources)


@EACH
@pytest.mark.parametrize("beats", [4, 2])
def test_a_bar_alone_sounds_as_that_bar_of_four(name: str, groove: Groove, beats: int) -> None:
    """And so do its first beats."""
    samples = groove(172.0)
    target = of_segment(groove(172.0, kick=0.3, hat=0.2))
    rows, first = bar_rows(1, beats), FRAMES // 4
    four = of_segment(quick(name).render(target, FRAMES, [RenderSource(samples)]))[rows]
    frames = FRAMES * beats // 16
    bar = samples[first : first + frames]
    alone = quick(name).render(target[rows], frames, [RenderSource(bar)])
    assert len(alone) == frames
    off = np.abs(of_loop(alone, beats / 4) - four)[four > four.max() - 50]
    seams = 4 / beats  # of what is short, more lies beside its own seam
    assert off.mean() < (0.4 * seams if name == "guided" else 3.0)


def test_unknown_names_list_the_choices() -> None:
    with pytest.raises(InputError, match=", ".join(RENDERERS)):
        renderers.get("vocoder")
    with pytest.raises(InputError, match="interactive or export"):
        renderers.get("phase", "best")


@EACH
def test_name_is_the_one_asked_for(name: str) -> None:
    assert renderers.get(name).name == name


def test_importing_the_renderers_does_not_import_numba() -> None:
    code = "import sys, core.dsp.renderers; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
