"""The size of the window at the first start."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize

from technovae_gui.layout import first_size


@pytest.mark.parametrize("laptop", [(1280, 800), (1366, 768), (1440, 860), (1920, 880)])
def test_a_laptop_gives_the_first_window_all_of_its_screen(laptop: tuple[int, int]) -> None:
    assert first_size(QSize(*laptop)) is None


@pytest.mark.parametrize("screen", [(1920, 1050), (2560, 1410), (3840, 2130)])
def test_a_desk_gives_it_most(screen: tuple[int, int]) -> None:
    size = first_size(QSize(*screen))
    assert size is not None
    assert 0.8 * screen[0] < size.width() < screen[0]
    assert 0.8 * screen[1] < size.height() < screen[1]
