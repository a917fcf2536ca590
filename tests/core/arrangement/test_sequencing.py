"""Blocks with sounds become clips on a lane for each layer."""

from __future__ import annotations

from dataclasses import replace

from core.arrangement.arrangement import Lane
from core.arrangement.clip import Clip, RealSource
from core.arrangement.form import FormSection
from core.arrangement.layers import Block, Fill, LayerName
from core.arrangement.sequencing import (
    LayerSound,
    SectionBlocks,
    SoundingBlock,
    sequence_lanes,
)
from core.settings import TICKS_PER_BAR as BAR
from core.settings import TICKS_PER_BEAT as BEAT
from core.settings import TICKS_PER_SEGMENT


def section(
    name: str, start: int, entry: str, *fills: Fill, layers: tuple[LayerName, ...] = ("body",)
) -> SectionBlocks:
    """A block for each fill; every layer has a sound of its own in each."""
    blocks = [
        SoundingBlock(
            Block(start + 4 * number, 4, fill=fill),
            {it: LayerSound(RealSource(f"{name}-{it}-{number}"), 0.0) for it in layers},
        )
        for number, fill in enumerate(fills)
    ]
    form = FormSection(name, start, 4 * len(fills), (0.5, 0.5), 0.5, entry)  # type: ignore[arg-type]
    return SectionBlocks(form, tuple(blocks))


def lane(lanes: tuple[Lane, ...], name: str) -> tuple[Clip, ...]:
    return next(it.clips for it in lanes if it.name == name)


PLAIN = Fill()


def test_steps_of_a_section_blend_before_the_downbeat() -> None:
    lanes = sequence_lanes([section("a", 0, "open", PLAIN, PLAIN)], 8 * BAR)
    first, second = lane(lanes, "Body")
    assert (first.start, first.end) == (0, 4 * BAR)
    assert (second.start, second.offset) == (4 * BAR - BEAT, TICKS_PER_SEGMENT - BEAT)
    assert (second.end, second.fade_out) == (8 * BAR, 4 * BAR)


def test_a_mix_lies_around_its_downbeat() -> None:
    parts = [section("a", 0, "open", PLAIN, PLAIN), section("b", 8, "mix", PLAIN, PLAIN)]
    _, ending, coming, _ = lane(sequence_lanes(parts, 16 * BAR), "Body")
    assert (coming.start, ending.end) == (6 * BAR, 10 * BAR)
    assert (coming.fade_in, ending.fade_out) == (4 * BAR, 4 * BAR)
    assert coming.offset == 2 * BAR
    sources = [it.source for it in (coming, ending)]
    assert sources == [RealSource("b-body-0"), RealSource("a-body-1")]


def test_a_cut_is_on_its_downbeat_and_so_is_every_change_of_the_bass() -> None:
    for name, entry in (("body", "cut"), ("bass", "mix"), ("bass", "cut")):
        layers: tuple[LayerName, ...] = (name,)  # type: ignore[assignment]
        parts = [
            section("a", 0, "open", PLAIN, PLAIN, layers=layers),
            section("b", 8, entry, PLAIN, PLAIN, layers=layers),
        ]
        clips = lane(sequence_lanes(parts, 16 * BAR), name.capitalize())
        assert clips[2].start == 8 * BAR == clips[1].end
        assert clips[2].fade_in == clips[1].fade_out == 0


def test_what_goes_on_unchanged_is_one_clip() -> None:
    part = section("a", 0, "open", PLAIN, PLAIN, layers=("bass",))
    same = tuple(replace(it, sounds=part.blocks[0].sounds) for it in part.blocks)
    (clip,) = lane(sequence_lanes([replace(part, blocks=same)], 9 * BAR), "Bass")
    assert (clip.start, clip.end) == (0, 8 * BAR)
    assert clip.bands == (True, False, False)


def test_fills_take_layers_out_for_some_beats() -> None:
    part = section("a", 0, "open", Fill({"bass": 2, "tops": 4}), PLAIN, layers=("bass", "tops"))
    lanes = sequence_lanes([part], 8 * BAR)
    assert [clip.end for clip in lane(lanes, "Bass")] == [4 * BAR - 2 * BEAT, 8 * BAR]
    assert [clip.end for clip in lane(lanes, "Tops")] == [3 * BAR, 8 * BAR]
    assert [clip.start for clip in lane(lanes, "Tops")] == [0, 4 * BAR]


def test_half_a_bar_is_played_again_by_body_and_tops() -> None:
    layers: tuple[LayerName, ...] = ("bass", "body", "tops")
    part = section("a", 0, "open", Fill(repeat=True), PLAIN, layers=layers)
    lanes = sequence_lanes([part], 8 * BAR)
    for name in ("Body", "Tops"):
        before, fill, after = lane(lanes, name)
        assert (before.end, fill.start, fill.end) == (4 * BAR - 2 * BEAT, before.end, 4 * BAR)
        assert fill.source == before.source
        assert fill.offset == (fill.start - 2 * BEAT) % TICKS_PER_SEGMENT
        assert after.start == 4 * BAR
    assert len(lane(lanes, "Bass")) == 2


def test_a_teaser_sounds_in_the_last_bar_alone() -> None:
    part = section("a", 0, "open", Fill(teaser="tops"), layers=("body", "tops"))
    rest = section("b", 4, "cut", PLAIN)
    (clip,) = lane(sequence_lanes([part, rest], 8 * BAR), "Tops")
    assert (clip.start, clip.end, clip.offset) == (3 * BAR, 4 * BAR, 3 * BAR)


def test_nothing_goes_on_after_the_end() -> None:
    part = section("a", 0, "open", PLAIN, PLAIN, layers=("body", "bass"))
    lanes = sequence_lanes([part], 5 * BAR - 7)
    assert {clips[-1].end for clips in (it.clips for it in lanes)} == {5 * BAR - 7}
    assert all(clips[-1].fade_out > 0 for clips in (it.clips for it in lanes))
