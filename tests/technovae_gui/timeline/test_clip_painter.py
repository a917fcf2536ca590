"""What is written on clips."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from technovae_gui.timeline import paint_cache
from technovae_gui.timeline.clip_painter import fitting_facts, fitting_name


@pytest.mark.parametrize(
    ("name", "room", "shown"),
    [("path", 100, "◇ path"), ("path", 25, ""), ("path", 0, ""), ("Red Line, bar 21", 30, "…")],
)
def test_a_name_without_room_is_left_out(
    qapp: QApplication, name: str, room: int, shown: str
) -> None:
    text = fitting_name("◇ ", name, room)
    assert text == shown or (shown == "…" and text.endswith(" 21"))


def test_facts_without_room_are_left_out_not_cut(qapp: QApplication) -> None:
    facts = ("-9.4 dB", "no bass", "original")
    room = paint_cache.text_width("-9.4 dB  ·  no bass", 2.0)
    assert fitting_facts(facts, 500) == "-9.4 dB  ·  no bass  ·  original"
    assert fitting_facts(facts, room) == "-9.4 dB  ·  no bass"
    assert fitting_facts(facts, 5) == fitting_facts((), 500) == ""
