"""Filters and sends of a composition: where they move, and where they rest."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from core.arrangement import movement
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.automation import PARAMETERS
from core.arrangement.clip import Clip, RealSource
from core.arrangement.compose import ComposeOptions, compose
from core.arrangement.form import FormSection
from core.arrangement.mixdown import Mixdown
from core.settings import TICKS_PER_BAR as BAR
from core.settings import TICKS_PER_BEAT as BEAT
from tests.core.arrangement.fakes import material
from tests.core.arrangement.strategies import loop_of

MUSIC = material()


def made(seed: int = 0, **options: object) -> Arrangement:
    return compose(MUSIC, ComposeOptions(seed=seed, **options), np.random.default_rng(seed))  # type: ignore[arg-type]


def section(name: str, start: int, bars: int) -> FormSection:
    entry = "open" if start == 0 else "cut" if name == "drop" else "mix"
    return FormSection(name, start, bars, (0.5, 0.5), 0.5, entry)  # type: ignore[arg-type]


FORM = [
    section("intro", 0, 16),
    section("drop", 16, 16),
    section("break", 32, 16),
    section("rise", 48, 8),
    section("drop", 56, 16),
    section("outro", 72, 16),
]
END = 88 * BAR


def clip(name: str, start: int, end: int, **fields: object) -> Clip:
    return Clip(name, RealSource("s"), start, end - start, **fields)  # type: ignore[arg-type]


def lanes(*clips: Clip) -> tuple[Lane, ...]:
    """The body, with these clips, and tops and bass that go on throughout."""
    body = clips or (clip("body", 0, END),)
    return (
        Lane("lane-tops", "Tops", (clip("tops", 0, END),)),
        Lane("lane-body", "Body", body),
        Lane("lane-bass", "Bass", (clip("bass", 0, END),)),
    )


def value(lane: Lane, parameter: str, tick: float) -> float:
    curve = lane.curve(parameter)
    kind = PARAMETERS[parameter]
    return kind.default if curve is None else kind.value(curve.share(tick))


def test_a_break_is_filtered_and_opens() -> None:
    body = movement.moved(lanes(), FORM, END)[1]
    cutoffs = [value(body, "low_pass", bar * BAR) for bar in (33, 36, 40, 44, 47)]
    assert min(cutoffs) == cutoffs[1] < 1000.0
    assert cutoffs[1:] == sorted(cutoffs[1:])


def test_what_leads_to_a_drop_gets_thinner_and_wider_and_the_drop_is_dry() -> None:
    tops, body, _ = movement.moved(lanes(), FORM, END)
    thin = [value(body, "high_pass", bar * BAR) for bar in (47, 49, 52, 55)]
    assert thin == sorted(thin)
    assert thin[0] == PARAMETERS["high_pass"].default
    for lane in (tops, body):
        wide = [value(lane, "reverb", bar * BAR) for bar in (49, 52, 55)]
        assert wide == sorted(wide)
    for lane, name in itertools.product((tops, body), PARAMETERS):
        for bar in (17, 24, 31, 57, 64, 71):
            assert value(lane, name, bar * BAR) == PARAMETERS[name].default


def test_what_is_cut_off_leaves_its_echo() -> None:
    gap, short = (20 * BAR, 24 * BAR), (26 * BAR, 26 * BAR + BEAT)
    body = movement.moved(
        lanes(
            clip("a", 0, gap[0]),
            clip("b", gap[1], short[0]),
            clip("c", short[1], 30 * BAR),
            clip("d", 30 * BAR, END, fade_out=BAR),
        ),
        FORM,
        END,
    )[1]
    curve = body.curve("echo")
    assert curve is not None
    sent = [point.tick for point in curve.points if point.value > curve.kind.low]
    assert sent == [gap[0] - BEAT, gap[0]]
    assert value(body, "echo", gap[0] + 1) == curve.kind.low


def test_the_bass_stays_as_it_is() -> None:
    assert movement.moved(lanes(), FORM, END)[2] == lanes()[2]


def test_an_opening_of_ones_own_is_not_filtered() -> None:
    body = movement.moved(lanes(), FORM, END, keep_opening=True)[1]
    assert value(body, "low_pass", 0) == PARAMETERS["low_pass"].default
    assert value(movement.moved(lanes(), FORM, END)[1], "low_pass", 0) < 1000.0


def test_a_quiet_beginning_and_end_of_a_curve_are_an_intro_and_an_outro() -> None:
    """Fault: they closed for four bars at the beginning, and opened while the track faded out."""
    curve = [section("break", 0, 16), section("drop", 16, 32), section("break", 48, 16)]

    def body(*, keep_opening: bool) -> Lane:
        return movement.moved(lanes(), curve, 64 * BAR, keep_opening=keep_opening)[1]

    made = body(keep_opening=False)
    opening = [value(made, "low_pass", bar * BAR) for bar in (0, 4, 12, 15)]
    closing = [value(made, "low_pass", bar * BAR + 1) for bar in (48, 52, 60, 63)]
    assert opening == sorted(opening)
    assert closing == sorted(closing, reverse=True)
    own = body(keep_opening=True)
    assert {value(own, "low_pass", bar * BAR) for bar in range(16)} == {
        PARAMETERS["low_pass"].default
    }


def test_an_opening_of_ones_own_that_leads_to_a_drop_is_not_thinned() -> None:
    curve = [section("build", 0, 8), section("drop", 8, 24)]
    assert movement._rises(curve)
    body = movement.moved(lanes(), curve, 32 * BAR, keep_opening=True)[1]
    assert value(body, "high_pass", 8 * BAR - 1) == PARAMETERS["high_pass"].default


@pytest.mark.parametrize("seed", range(4))
def test_echoes_are_over_at_the_end_of_a_composition(seed: int) -> None:
    """So its length stays exact to the sample."""
    arrangement = made(seed, minutes=2.0)
    assert any(lane.curve("echo") for lane in arrangement.lanes)
    assert Mixdown(arrangement, lambda c: loop_of(c.source, arrangement.bpm)).tail == 0


@pytest.mark.parametrize("bars", [1, 2, 5, 9, 17, 33])
def test_short_ones_have_room_for_it(bars: int) -> None:
    for seed in range(7):
        made(seed, bars=bars)
        made(seed, bars=bars, energy=[0.2, 0.9, 0.1])


def test_it_can_be_left_out() -> None:
    plain, whole = made(bars=98, effects=False), made(bars=98)
    assert not any(lane.automation for lane in plain.lanes)
    assert [lane.clips for lane in plain.lanes] == [lane.clips for lane in whole.lanes]
