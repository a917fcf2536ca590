"""Names and colours of clips, and which of them wait for their sound."""

from __future__ import annotations

from typing import Any

import pytest

from core.arrangement.clip import Clip, LatentSource
from technovae_gui import theme
from technovae_gui.timeline.clip_style import ClipInfo, ClipStyle, default_info
from tests.technovae_gui.timeline.mouse_driver import clip


@pytest.fixture
def style(qapp: object) -> ClipStyle:
    return ClipStyle()


def test_a_clip_is_asked_about_once_for_each_of_its_states(style: ClipStyle) -> None:
    asked: list[Clip] = []

    def info_of(one: Clip) -> ClipInfo:
        asked.append(one)
        return ClipInfo(f"{one.gain_db}")

    style.set_info(info_of)
    a = clip("a", 0)
    louder = a.changed(gain_db=3.0)
    assert [style.info(one).name for one in (a, a, louder, louder)] == ["0.0", "0.0", "3.0", "3.0"]
    assert asked == [a, louder]
    style.set_info(info_of)
    style.info(louder)
    assert asked == [a, louder, louder]


def test_without_a_library_a_clip_has_its_own_name_and_a_colour() -> None:
    latent = clip("z", 0).changed(source=LatentSource(tuple([0.0] * 64)), name="Dark")
    assert default_info(latent) == ClipInfo("Dark", theme.LATENT_COLOUR, "mosaic")
    assert default_info(clip("a", 0)).name == "x-0-a"


def test_only_another_set_of_waiting_sounds_is_announced(style: ClipStyle, qtbot: Any) -> None:
    source = clip("a", 0).source
    with qtbot.waitSignal(style.sources_changed) as changed:
        style.set_pending([source])
    assert changed.args == [{source}]
    assert style.is_pending(source)
    with qtbot.assertNotEmitted(style.sources_changed):
        style.set_pending([source])
    other = clip("b", 0).source
    with qtbot.waitSignal(style.sources_changed) as changed:
        style.set_pending([other])
    assert changed.args == [{source, other}]
