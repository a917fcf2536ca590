"""Icons come from SVG files, in the colour of each state of a button."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QIcon

import technovae_gui
from technovae_gui import theme
from technovae_gui.widgets import icons

FILES = sorted((Path(technovae_gui.__file__).parent / "icons").glob("*.svg"))


def colours(icon: QIcon, mode: QIcon.Mode, state: QIcon.State) -> set[str]:
    """Of all pixels that are opaque."""
    image = icon.pixmap(icons.SIZE, 3.0, mode, state).toImage()
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {pixel.name() for pixel in pixels if pixel.alpha() == 255}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_file_is_drawn_in_the_colours_of_the_theme(qapp: object, file: Path) -> None:
    icon = icons.icon(file.stem)
    modes, states = QIcon.Mode, QIcon.State
    for mode, state, colour in (
        (modes.Normal, states.Off, theme.TEXT),
        (modes.Active, states.Off, theme.BRIGHT),
        (modes.Normal, states.On, theme.ACCENT),
        (modes.Active, states.On, theme.BRIGHT),
        (modes.Disabled, states.Off, theme.DISABLED),
    ):
        assert colours(icon, mode, state) == {QColor(colour).name()}


def test_an_icon_that_does_not_exist_is_an_error(qapp: object) -> None:
    with pytest.raises(OSError, match="nothing"):
        icons.icon("nothing")


def test_the_program_s_icon_is_sharp_at_every_size_that_desktops_ask_for(qapp: object) -> None:
    icon = icons.program_icon()
    for side in (16, 32, 48, 128):
        image = icon.pixmap(side, side, QIcon.Mode.Normal, QIcon.State.Off).toImage()
        assert image.width() == side
        assert image.pixelColor(0, 0).alpha() == 0  # round corners
        assert len({image.pixelColor(x, side // 2).name() for x in range(side)}) > 4
