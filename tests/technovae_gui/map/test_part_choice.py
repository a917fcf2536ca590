"""Mutes and locks of parts, without a window."""

from __future__ import annotations

import pytest

from core.arrangement.clip import RealSource, with_parts
from technovae_gui.map.part_choice import PartChoice

ONE, OTHER = RealSource("one"), RealSource("other")
KICK, BASS, DRUMS, REST = range(4)


@pytest.fixture
def choice(qapp: object) -> PartChoice:
    made = PartChoice()
    made.set_available(True)
    return made


def test_at_first_all_is_heard_as_it_is(choice: PartChoice) -> None:
    assert not choice.in_use
    assert choice.apply(ONE) is ONE
    assert choice.unmuted(ONE) is ONE
    assert choice.gains == (1.0,) * 4
    assert choice.label == ""


def test_solo_mutes_the_others_and_lets_them_back(choice: PartChoice) -> None:
    choice.solo(BASS)
    assert choice.gains == (0.0, 1.0, 0.0, 0.0)
    choice.solo(KICK)
    assert choice.gains == (1.0, 0.0, 0.0, 0.0)
    choice.solo(KICK)
    assert choice.gains == (1.0,) * 4
    choice.toggle(REST)
    assert choice.apply(ONE) == with_parts([ONE] * 4, (False, False, False, True))


def test_locked_parts_are_those_of_what_was_chosen(choice: PartChoice) -> None:
    choice.toggle_lock(KICK, ONE)
    choice.toggle_lock(BASS, OTHER)
    choice.toggle(DRUMS)
    third = RealSource("third")
    assert choice.unmuted(third) == with_parts([ONE, OTHER, third, third])
    assert choice.label == "without drums · kick, bass locked"
    choice.toggle_lock(KICK, third)
    assert choice.unmuted(third) == with_parts([third, OTHER, third, third])
    choice.clear()
    assert not choice.in_use


def test_nothing_can_be_locked_where_nothing_is_chosen(choice: PartChoice) -> None:
    choice.toggle_lock(KICK, None)
    assert not choice.in_use


def test_without_the_network_nothing_is_muted(choice: PartChoice) -> None:
    choice.toggle(KICK)
    choice.toggle_lock(BASS, ONE)
    choice.set_available(False)
    assert choice.apply(OTHER) is OTHER
    choice.solo(KICK)
    assert not choice.in_use
