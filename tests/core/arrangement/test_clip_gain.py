"""Gain curves of clips: as they are drawn, where clips are cut and moved, and as they are heard."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.arrangement import edits, project_file
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.automation import Breakpoint
from core.arrangement.clip import Clip, RealSource
from core.arrangement.export import export
from core.arrangement.export_options import ExportOptions
from core.arrangement.lane_effects import LaneEffects
from core.arrangement.mixdown import Mixdown
from core.arrangement.placement import with_end, with_start
from core.arrangement.project import Project
from core.arrangement.values import db_to_gain
from core.errors import InputError
from core.settings import TICKS_PER_BAR as BAR
from core.settings import segment_frames
from tests.core.arrangement.strategies import rendered

BPM = 131.0
POINTS = (Breakpoint(0, -20.0, 0.5), Breakpoint(BAR, 0.0), Breakpoint(3 * BAR, -60.0))


def clip(name: str = "c", start: int = 2 * BAR, **fields: object) -> Clip:
    made = Clip(name, RealSource("s"), start, 4 * BAR, gain_curve=POINTS)
    return made.changed(**fields)


def arrangement(*clips: Clip, **lane: object) -> Arrangement:
    return Arrangement(BPM, (Lane("l", clips=clips).changed(**lane),))


def constant() -> np.ndarray:
    return np.full((segment_frames(BPM), 2), 0.5, np.float32)


def mixed(made: Arrangement) -> np.ndarray:
    return Mixdown(made, lambda _: constant()).render(0, made.length_frames)


def value(made: Clip, tick: int) -> float:
    curve = made.gain_automation
    return 0.0 if curve is None else curve.value(tick - made.start)


@pytest.mark.parametrize(
    "points",
    [
        (Breakpoint(4 * BAR + 1, 0.0),),
        (Breakpoint(0, 7.0),),
        (Breakpoint(0, 0.0), Breakpoint(0, 1.0), Breakpoint(0, 2.0)),
    ],
)
def test_a_curve_lies_within_the_clip_and_its_range(points: tuple[Breakpoint, ...]) -> None:
    with pytest.raises(InputError):
        clip(gain_curve=points)


def test_it_is_heard_as_it_is_drawn() -> None:
    made = arrangement(clip(gain_db=-6.0))
    sound, floor = mixed(made), db_to_gain(-60.0)
    for tick in range(2 * BAR + 240, 6 * BAR - 240, 317):
        gain = db_to_gain(value(made.clip("c"), tick))
        expected = 0.5 * db_to_gain(-6.0) * (gain - floor) / (1.0 - floor)
        assert sound[made.frame(tick), 0] == pytest.approx(expected, abs=1e-3)
    assert not sound[made.frame(5 * BAR) + 64 : made.frame(6 * BAR)].any()


def test_a_clip_that_is_cut_sounds_as_before() -> None:
    made = arrangement(clip())
    for tick in (2 * BAR + 1000, 3 * BAR, 4 * BAR + 7):
        cut = edits.split(made, "c", tick, right_id="r")
        left, right = cut.clip("c"), cut.clip("r")
        assert value(left, tick) == pytest.approx(value(right, tick))
        np.testing.assert_allclose(mixed(cut), mixed(made), atol=1e-3)
        moved = edits.move(cut, ["r"], ticks=4 * BAR)
        assert value(moved.clip("r"), tick + 5 * BAR) == pytest.approx(value(right, tick + BAR))


def test_trimming_leaves_the_curve_where_it_sounds() -> None:
    made = clip()
    inside = range(4 * BAR, 5 * BAR, 100)
    for trimmed in (
        with_start(made, 3 * BAR + 11),
        with_end(made, 5 * BAR + 11),
        with_start(made, BAR),
        with_end(made, 9 * BAR),
    ):
        assert [value(trimmed, t) for t in inside] == pytest.approx(
            [value(made, t) for t in inside]
        )
    assert value(with_start(made, BAR), BAR) == -20.0
    longer = with_end(with_start(made, 0), 9 * BAR).gain_curve
    assert [it.tick for it in longer] == [2 * BAR, 3 * BAR, 5 * BAR]


def test_blocks_exports_and_effects_make_no_difference(tmp_path: Path) -> None:
    second = clip("d", 5 * BAR, gain_curve=(Breakpoint(BAR, 3.0), Breakpoint(BAR, -9.0)))
    for effects in (LaneEffects(), LaneEffects(low_pass_hz=900.0)):
        made = arrangement(clip(), second, effects=effects)
        whole = mixed(made)
        for block in (333, 4096):
            mix = Mixdown(made, lambda _: constant())
            np.testing.assert_array_equal(rendered(mix, 0, len(whole), block), whole)
        path = tmp_path / "a.wav"
        export(
            made,
            lambda _: constant(),
            path,
            ExportOptions(bit_depth=32, lufs=None, ceiling_dbtp=20),
        )
        written, _ = soundfile.read(tmp_path / "a.wav", dtype="float32")
        np.testing.assert_array_equal(written[: len(whole)], whole)


def test_a_curve_that_is_dragged_renders_no_sound_again() -> None:
    asked: list[str] = []

    def audio_of(it: Clip) -> np.ndarray:
        asked.append(it.id)
        return constant()

    before = Mixdown(arrangement(clip()), audio_of)
    before.prepare()
    after = Mixdown(arrangement(clip(gain_curve=POINTS[:2])), audio_of, reuse=before)
    after.prepare()
    assert asked == ["c"]
    assert after.render(after.arrangement.frame(5 * BAR), 64).any()


def test_projects_keep_it_and_only_then_need_the_sixth_version(tmp_path: Path) -> None:
    path = tmp_path / "p.technovae"
    project_file.save(Project(arrangement(clip(gain_curve=()))), path)
    assert json.loads(path.read_text())["version"] == 1
    assert "gain_curve" not in path.read_text()
    made = arrangement(clip())
    project_file.save(Project(made), path)
    assert json.loads(path.read_text())["version"] == 6
    assert project_file.load(path).arrangement == made
