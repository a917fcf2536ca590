"""Loops from both children, on the built-in demo."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from core import resources
from core.arrangement.clip import LatentSource, RealSource
from core.library import latent_map
from core.settings import segment_frames
from core.workers.decoder_link import DecoderLink
from core.workers.loop_store import LoopStore
from core.workers.sounds import Sounds

BPM = 131.0
PATIENCE = 60_000


@pytest.fixture
def sounds(qapp: object) -> Iterator[tuple[DecoderLink, Sounds]]:
    link = DecoderLink()
    made = Sounds(link)
    made.set_library(resources.demo_library())
    yield link, made
    made.close()
    link.close()


@pytest.fixture(scope="module")
def demo() -> latent_map.LatentMap:
    found = latent_map.load(resources.demo_library(), resources.demo_model())
    assert found is not None
    return found


@pytest.fixture
def decoding(sounds: tuple[DecoderLink, Sounds]) -> tuple[DecoderLink, Sounds]:
    """With the demo's model, which its child begins to load."""
    sounds[0].open(resources.demo_library(), resources.demo_model())
    return sounds


@pytest.fixture
def latent(demo: latent_map.LatentMap) -> LatentSource:
    return LatentSource((demo.latents[3],), model_hash=demo.model_hash)


def test_real_segments_sound_without_a_decoder(
    sounds: tuple[DecoderLink, Sounds], demo: latent_map.LatentMap, qtbot: Any
) -> None:
    _, made = sounds
    source = RealSource(demo.segments[5].id)
    with qtbot.waitSignal(made.auditioned, timeout=PATIENCE) as told:
        made.audition(source, BPM)
    assert told.args[0].loop.shape == (segment_frames(BPM), 2)
    assert told.args[0].renderer == "original"
    assert np.abs(told.args[0].loop).max() > 0.05
    with qtbot.waitSignal(made.auditioned):  # at once, from memory
        made.audition(source, BPM)


def test_the_bar_that_comes_next_is_there_before_the_rest(
    sounds: tuple[DecoderLink, Sounds], demo: latent_map.LatentMap, qtbot: Any
) -> None:
    link, made = sounds
    link.open(demo.library_path, demo.model_path)
    real = RealSource(demo.segments[9].id)
    between = LatentSource(demo.latents[[3, 20]].mean(axis=0), model_hash=demo.model_hash)  # type: ignore[arg-type]
    order: list[tuple[str, Any]] = []
    made.begun.connect(lambda it: order.append(("bar", it)))
    made.auditioned.connect(lambda it: order.append(("whole", it)))
    for source in (real, between):
        order.clear()
        with qtbot.waitSignal(made.auditioned, timeout=PATIENCE):
            made.audition(source, BPM, bar=2)
        assert [name for name, _ in order] == ["bar", "whole"]
        (_, bar), (_, whole) = order
        assert bar.loop.shape == whole.loop.shape
        assert made.loop(source, BPM) is whole.loop  # what is kept is the whole


def test_what_cannot_be_heard_is_told(sounds: tuple[DecoderLink, Sounds], qtbot: Any) -> None:
    _, made = sounds
    with qtbot.waitSignal(made.failed, timeout=PATIENCE) as told:
        made.want([RealSource("nothing-0-0")], BPM)
    assert told.args[0] == RealSource("nothing-0-0")
    assert made.outstanding == 0


@pytest.mark.slow
def test_latents_are_decoded_and_a_killed_child_comes_back(
    decoding: tuple[DecoderLink, Sounds], demo: latent_map.LatentMap, qtbot: Any
) -> None:
    link, made = decoding
    source = LatentSource((demo.latents[3],), model_hash=demo.model_hash)
    with qtbot.waitSignal(made.arrived, timeout=PATIENCE):  # asked before the child is ready
        made.want([source], BPM)
    loop = made.loop(source, BPM)
    assert loop is not None
    assert loop.shape == (segment_frames(BPM), 2)
    with qtbot.waitSignal(link.seen, timeout=PATIENCE) as seen:
        link.spectrogram("mine", source)
    assert seen.args[0].spectrogram.shape == (512, 128)
    other = LatentSource((demo.latents[4],), model_hash=demo.model_hash)
    assert link.pid is not None
    with qtbot.waitSignals([link.died, made.auditioned], timeout=PATIENCE):
        os.kill(link.pid, signal.SIGKILL)
        made.audition(other, BPM)
    made.refresh()
    with qtbot.waitSignal(made.auditioned, timeout=PATIENCE) as again:
        made.audition(source, BPM)
    np.testing.assert_array_equal(again.args[0].loop, loop)


@pytest.mark.slow
def test_the_last_audition_wins(
    decoding: tuple[DecoderLink, Sounds], demo: latent_map.LatentMap, qtbot: Any
) -> None:
    _, made = decoding
    heard: list[Any] = []
    made.auditioned.connect(lambda it: heard.append(it.source))
    asked = [LatentSource((latent,), model_hash=demo.model_hash) for latent in demo.latents[:8]]
    for source in asked:
        made.audition(source, BPM)
    qtbot.waitUntil(lambda: asked[-1] in heard, timeout=PATIENCE)
    assert len(heard) <= 2


def test_a_model_of_nothing_is_refused(
    sounds: tuple[DecoderLink, Sounds], qtbot: Any, tmp_path: Any
) -> None:
    link, _ = sounds
    bad = tmp_path / "bad.keras"
    bad.write_bytes(b"no model")
    with qtbot.waitSignal(link.failed, timeout=PATIENCE) as told:
        link.open(resources.demo_library(), bad)
    assert "bad.keras" in told.args[0].message


def test_the_window_side_imports_nothing_heavy() -> None:
    heavy = ("tensorflow", "keras", "librosa", "numba", "scipy", "sklearn")
    code = (
        "import sys, core.workers.sounds, core.workers.child_job, core.workers.work;"
        "import core.library.latent_map;"
        f"print([m for m in {heavy!r} if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_what_is_needed_stays_however_much_that_is(
    sounds: tuple[DecoderLink, Sounds],
    demo: latent_map.LatentMap,
    qtbot: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Or wanting it again and again would make it again and again."""
    _, made = sounds
    monkeypatch.setattr(made, "_kept", LoopStore(0))
    wanted = [RealSource(segment.id) for segment in demo.segments[:4]]
    bpm = demo.segments[0].bpm
    made.want(wanted, bpm)
    qtbot.waitUntil(lambda: made.outstanding == 0, timeout=PATIENCE)
    assert all(made.loop(source, bpm) is not None for source in wanted)
    made.want(wanted, bpm)
    assert made.outstanding == 0
    made.want(wanted[:1], bpm)
    assert made.loop(wanted[0], bpm) is not None
    assert sum(made.loop(source, bpm) is not None for source in wanted) <= 2


def test_another_model_lets_be_heard_what_there_is(
    sounds: tuple[DecoderLink, Sounds],
    demo: latent_map.LatentMap,
    latent: LatentSource,
    qtbot: Any,
) -> None:
    _, made = sounds
    real = RealSource(demo.segments[5].id)
    with qtbot.waitSignal(made.arrived, timeout=PATIENCE):
        made.want([real, latent], BPM)
    assert made.outstanding == 1
    made.outdate_latents()
    assert made.outstanding == 0
    assert made.loop(real, BPM) is not None


def test_a_clip_sounds_on_while_another_model_renders_it(
    decoding: tuple[DecoderLink, Sounds], latent: LatentSource, qtbot: Any
) -> None:
    _, made = decoding
    with qtbot.waitSignal(made.arrived, timeout=PATIENCE):
        made.want([latent], BPM)
    before = made.loop(latent, BPM)
    made.outdate_latents()
    assert made.loop(latent, BPM) is before
    with qtbot.waitSignal(made.arrived, timeout=PATIENCE):
        made.want([latent], BPM)
        assert made.outstanding == 1
    assert made.loop(latent, BPM) is not before
    assert made.outstanding == 0


def test_what_the_last_model_was_still_at_is_not_taken(
    decoding: tuple[DecoderLink, Sounds], latent: LatentSource, qtbot: Any
) -> None:
    link, made = decoding
    with qtbot.waitSignal(link.sounded, timeout=PATIENCE):
        made.want([latent], BPM)
        made.outdate_latents()
        link.render("another's", latent, BPM)
    assert made.loop(latent, BPM) is None
