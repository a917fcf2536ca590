"""Which part of the map's view hears which."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from technovae_gui.map.view import LatentMapView


def connect(view: LatentMapView) -> None:
    """Connect the parts of `view` to its actions, and these to its signals."""
    _connect_canvas(view)
    _connect_tools(view)
    _connect_choices(view)


def _connect_canvas(view: LatentMapView) -> None:
    canvas, act = view.canvas, view.act
    canvas.clicked.connect(act.click)
    canvas.dragged_out.connect(act.drag)
    canvas.lassoed.connect(act.lassoed)
    canvas.menu_wanted.connect(act.show_menu)
    canvas.drawn.connect(view.path_drawn)
    canvas.play_wanted.connect(view.play_requested)
    view.panes.hovered.connect(view.hovered)
    view.panes.invited.connect(view.invited)
    view.panes.legend.tracks_highlighted.connect(view.highlight)
    act.selected.connect(view.selection_changed)
    act.place_requested.connect(view.place_requested)
    act.path_drawn.connect(view.path_drawn)
    act.path_cleared.connect(view.path_cleared)


def _connect_tools(view: LatentMapView) -> None:
    tools, act, morph = view.tools, view.act, view.morph
    tools.colour_by_changed.connect(view.set_colour_by)
    tools.search_changed.connect(act.search)
    tools.search_entered.connect(act.show_found)
    tools.left.connect(view.canvas.setFocus)
    tools.fit_requested.connect(view.framing.fit)
    tools.random_requested.connect(act.random)
    tools.mode_changed.connect(view.set_mode)
    tools.end_requested.connect(act.set_end)
    tools.morph_moved.connect(morph.move)
    tools.attributes_toggled.connect(view.attributes.setVisible)
    morph.changed.connect(lambda: tools.show_morph(morph))


def _connect_choices(view: LatentMapView) -> None:
    choosing, morph, announce = view.choosing, view.morph, view.announce
    choosing.dot_chosen.connect(lambda it: announce(view.dot_chosen, it))
    choosing.point_chosen.connect(lambda it: announce(view.point_chosen, it))
    choosing.latent_chosen.connect(lambda *it: announce(view.latent_chosen, *it))
    choosing.amounts_changed.connect(
        lambda: view.attributes.show_amounts(choosing.amounts, view.act.can_move)
    )
    view.attributes.moved.connect(choosing.set_amount)
    morph.moved.connect(view.act.morphed)
    morph.moved.connect(lambda *it: announce(view.morph_changed, *it))
