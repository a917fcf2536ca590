"""Labels never widen what they are in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from technovae_gui.widgets.labels import ElidedLabel, MessageLabel

TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=300)


@pytest.mark.usefixtures("qapp")
@given(TEXTS)
def test_an_elided_label_asks_for_no_room(text: str) -> None:
    label = ElidedLabel()
    empty = label.minimumSizeHint().width()
    label.show_text(text)
    assert label.minimumSizeHint().width() == empty
    assert label.toolTip() == text
    assert label.accessibleName() == text


def test_an_elided_label_loses_its_middle(qtbot: QtBot) -> None:
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.resize(120, 20)
    label.show_text("/home/me/music/a very long folder name/another one/my techno")
    label.show()
    assert "…" in label.text()
    assert label.text().startswith("/home")
    label.resize(2000, 20)
    assert label.text() == label.toolTip()


def test_a_label_hides_while_it_is_empty_unless_it_keeps_its_room(qtbot: QtBot) -> None:
    collapsing, staying = ElidedLabel(), ElidedLabel(collapses=False)
    for label in (collapsing, staying):
        qtbot.addWidget(label)
        label.show_text("")
    assert collapsing.isHidden()
    assert not staying.isHidden()


def test_a_message_is_an_error_only_until_the_next_one(qtbot: QtBot) -> None:
    label = MessageLabel()
    qtbot.addWidget(label)
    assert label.isHidden()
    label.show_error("the disk is full")
    assert label.property("bad") is True
    assert label.accessibleName() == "the disk is full"
    label.show_text("saved")
    assert label.property("bad") is False
    label.show_text("")
    assert label.isHidden()
