from __future__ import annotations

from core.settings import RENDERERS
from technovae_gui.widgets.renderer_names import RENDERER_NAMES, renderer_name


def test_every_renderer_has_a_name_on_screen_in_the_order_of_the_table() -> None:
    assert tuple(RENDERER_NAMES) == RENDERERS
    assert renderer_name("original") == "original"
