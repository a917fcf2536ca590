"""Random clips, lanes and arrangements, and sounds for them to play."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.automation import Breakpoint
from core.arrangement.clip import Clip, LatentSource, RealSource, new_id
from core.arrangement.lane_effects import LaneEffects
from core.arrangement.lane_sound import LaneStates
from core.arrangement.marker import Marker
from core.arrangement.mixdown import Mixdown
from core.arrangement.placement import place_clips
from core.settings import LATENT_SIZE, TICKS_PER_BEAT, TICKS_PER_SEGMENT, segment_frames

EFFECTS = (LaneEffects(), LaneEffects(bass_kill=True, high_pass_hz=120.0, resonance=0.25))
SOURCES = tuple(RealSource(f"segment-{i}", max(i - 2, 0)) for i in range(4))


@lru_cache(64)
def loop_of(source: object, bpm: float) -> NDArray[np.float32]:
    """Four bars of seamless noise that is the same for the same source."""
    seed = sum(map(ord, repr(source)[:60]))
    noise = np.random.default_rng(seed).standard_normal((segment_frames(bpm), 2), np.float32)
    noise *= 0.1
    noise.flags.writeable = False
    return noise


def rendered(mix: Mixdown, start: int, frames: int, block: int) -> NDArray[np.float32]:
    """What a mixdown gives from frame `start` on in blocks that follow on each other."""
    states, parts = LaneStates(), []
    for at in range(start, start + frames, block):
        count = min(block, start + frames - at)
        parts.append(mix.render(at, count, states=states).copy())
    return np.concatenate(parts)


def real_sources() -> st.SearchStrategy[RealSource]:
    return st.sampled_from(SOURCES)


def latent_sources() -> st.SearchStrategy[LatentSource]:
    @st.composite
    def build(draw: st.DrawFn) -> LatentSource:
        rows = draw(st.sampled_from([1, 4]))
        seed = draw(st.integers(0, 2**32 - 1))
        latents = np.random.default_rng(seed).standard_normal((rows, LATENT_SIZE))
        return LatentSource(
            latents, seed, draw(st.sampled_from(["guided", "phase"])), "abc", seed % 5 - 2
        )

    return build()


@st.composite
def gain_curves(draw: st.DrawFn, length: int) -> tuple[Breakpoint, ...]:
    """Up to four points of a curve in dB over a clip of `length` ticks."""
    ticks = draw(st.lists(st.integers(0, length), max_size=4, unique=True).map(sorted))
    return tuple(
        Breakpoint(tick, draw(st.floats(-60.0, 6.0)), draw(st.just(0.0) | st.floats(-1.0, 1.0)))
        for tick in ticks
    )


@st.composite
def clips(
    draw: st.DrawFn, sources: st.SearchStrategy[object] | None = None, bars: int = 12
) -> Clip:
    length = draw(st.integers(1, bars * 4 * TICKS_PER_BEAT))
    fade_in = draw(st.just(0) | st.integers(0, length))
    return Clip(
        id=new_id(),
        source=draw(real_sources() if sources is None else sources),
        start=draw(st.integers(0, bars * 4 * TICKS_PER_BEAT)),
        length=length,
        offset=draw(st.just(0) | st.integers(0, TICKS_PER_SEGMENT - 1)),
        gain_db=draw(st.just(0.0) | st.floats(-30.0, 12.0)),
        fade_in=fade_in,
        fade_out=draw(st.just(0) | st.integers(0, length - fade_in)),
        bass_swap=draw(st.booleans()),
        bass_cut=draw(st.booleans()),
        mid_cut=draw(st.booleans()),
        treble_cut=draw(st.booleans()),
        width=draw(st.just(1.0) | st.floats(0.0, 1.0)),
        mute=draw(st.sampled_from([False, False, False, True])),
        reverse=draw(st.booleans()),
        colour=draw(st.sampled_from(["", "#06d6a0"])),
        gain_curve=draw(st.just(()) | gain_curves(length)),
    )


@st.composite
def lanes(draw: st.DrawFn, sources: st.SearchStrategy[object] | None = None) -> Lane:
    empty = Lane(
        new_id(),
        draw(st.text(max_size=8)),
        gain_db=draw(st.floats(-20, 6)),
        pan=draw(st.floats(-1, 1)),
        mute=draw(st.booleans()),
        solo=draw(st.booleans()),
        effects=draw(st.sampled_from(EFFECTS)),
    )
    return place_clips(empty, draw(st.lists(clips(sources), max_size=5)))


@st.composite
def markers(draw: st.DrawFn) -> Marker:
    colour = draw(st.sampled_from(["", "#4cc9f0"]))
    return Marker(new_id(), draw(st.integers(0, 10**6)), draw(st.text(max_size=5)), colour)


@st.composite
def arrangements(
    draw: st.DrawFn, sources: st.SearchStrategy[object] | None = None, min_lanes: int = 1
) -> Arrangement:
    return Arrangement(
        bpm=draw(st.sampled_from([120.0, 130.0, 127.3, 174.001]) | st.floats(100, 300)),
        lanes=tuple(draw(st.lists(lanes(sources), min_size=min_lanes, max_size=3))),
        title=draw(st.text(max_size=10)),
        markers=tuple(draw(st.lists(markers(), max_size=3))),
    )
