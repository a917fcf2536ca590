"""How clips are described to the timeline and the inspector, and re-decoding them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QColor

from core.arrangement import edits
from core.arrangement.clip import Clip, ClipSource, LatentSource, RealSource, SingleSource
from core.arrangement.project import Origin
from core.dsp.key import Key
from core.library.latent_map import LatentMap
from core.library.store import Library
from core.session import Session
from technovae_gui import theme
from technovae_gui.document import Document
from technovae_gui.inspector.controller import InspectorController
from technovae_gui.inspector.sound_panel import SoundPanel
from tests.technovae_gui.fakes import FakeBackground, FakeSessions


@dataclass
class Room:
    """The inspector room around a controller, without processes and threads."""

    document: Document
    panel: SoundPanel
    map: LatentMap
    sessions: FakeSessions = field(init=False)

    def __post_init__(self) -> None:
        self.sessions = FakeSessions(Session())
        self.clip_info: Any = None
        self.origins: dict[ClipSource, Origin] = {}
        self.keys: dict[str, Key] = {}
        sessions: Any = self.sessions
        services: Any = SimpleNamespace(background=FakeBackground())
        timeline: Any = SimpleNamespace(
            set_clip_info=self._set_clip_info, set_key_of=self._set_key_of
        )
        self.controller = InspectorController(
            sessions,
            services,
            self.document,
            timeline,
            self.panel,
            origin_of=lambda source: self.origins.get(source),
            key_of=lambda segment: self.keys.get(segment.id),
        )
        self.put(self.map)

    def put(self, latent_map: LatentMap) -> None:
        """Open a session with this map."""
        self.sessions.put_in_place(
            Session(
                library_path=latent_map.library_path,
                tracks=tuple(latent_map.tracks.values()),
                map=latent_map,
            )
        )

    def _set_key_of(self, key_of: Callable[[SingleSource], Key | None]) -> None:
        self.key_of = key_of

    def _set_clip_info(self, clip_info: object) -> None:
        self.clip_info = clip_info


@pytest.fixture
def room(document: Document, demo_map: LatentMap, qtbot: Any) -> Room:
    panel = SoundPanel(document)
    qtbot.addWidget(panel)
    return Room(document, panel, demo_map)


def latent(latent_map: LatentMap, row: int, offset: float = 0.0) -> LatentSource:
    """The latent of a segment, moved by `offset` in every dimension."""
    numbers = tuple((latent_map.latents[row] + offset).tolist())
    return LatentSource((numbers,), model_hash=latent_map.model_hash)


def test_a_segment_is_named_and_coloured_by_its_track(room: Room) -> None:
    segment = room.map.segments[80]
    info = room.clip_info(Clip("a", RealSource(segment.id), 0))
    row = list(room.map.tracks).index(segment.track_id)
    assert (info.name, info.colour) == (room.map.title(segment), theme.track_colour(row))
    assert room.clip_info(Clip("a", RealSource("gone-0-8"), 0)).name == "bar 9"


def test_a_latent_has_the_paler_colour_of_its_nearest_track(room: Room) -> None:
    hues = set()
    for row in (3, 80, 200):
        real = room.clip_info(Clip("a", RealSource(room.map.segments[row].id), 0))
        near = room.clip_info(Clip("b", latent(room.map, row, 0.01), 0))
        assert abs(QColor(near.colour).hslHueF() - QColor(real.colour).hslHueF()) < 0.06
        assert QColor(near.colour).hslSaturationF() < QColor(real.colour).hslSaturationF()
        assert near.name == f"Near {real.name}"
        hues.add(near.colour)
    assert len(hues) > 1


def test_clips_of_a_library_that_was_open_keep_their_names(room: Room, tmp_path: Path) -> None:
    real = Clip("a", RealSource(room.map.segments[3].id), 0)
    near = Clip("b", latent(room.map, 3, 0.01), 0)
    before = [room.clip_info(clip) for clip in (real, near)]
    room.sessions.put_in_place(Session(2, library_path=tmp_path))
    assert [room.clip_info(clip) for clip in (real, near)] == before


def test_a_latent_of_an_unknown_model_has_the_colour_of_no_track(room: Room) -> None:
    other = replace(latent(room.map, 3), model_hash="another")
    info = room.clip_info(Clip("a", other, 0))
    assert (info.name, info.colour) == ("Decoded", theme.LATENT_COLOUR)


def test_a_latent_of_the_last_model_keeps_its_colour(room: Room) -> None:
    clip = Clip("a", latent(room.map, 80), 0)
    before = room.clip_info(clip).colour
    better = replace(room.map, model_hash="better", latents=room.map.latents[::-1].copy())
    room.put(better)
    assert room.clip_info(clip).colour == before


def test_the_two_nearest_segments_of_a_latent_are_named(room: Room) -> None:
    order = np.argsort(np.linalg.norm(room.map.latents - room.map.latents[3], axis=1))[:2]
    (name, near), *_ = room.controller.details(latent(room.map, 3))
    assert name == "Near"
    assert near == "; ".join(room.map.title(room.map.segments[row]) for row in order)


def test_attributes_are_percentiles_of_the_library(room: Room) -> None:
    values = room.map.values("kick")
    loudest = room.map.segments[int(values.argmax())]
    assert room.controller.attributes(RealSource(loudest.id))["kick"] > 0.99
    assert room.controller.attributes(latent(room.map, 3)) == {}


@pytest.fixture
def better(room: Room) -> LatentMap:
    """The map of a model whose numbers are those of the last one, twice as large."""
    made = replace(room.map, model_hash="better", latents=2.0 * room.map.latents)
    room.put(made)
    return made


def redecoded(room: Room, source: LatentSource) -> LatentSource:
    """A clip's source after the button of the inspector was pressed."""
    room.document.edit("place", lambda now: edits.put(now, [(0, Clip("a", source, 0))]))
    room.panel.inspector.redecode_requested.emit(["a"])
    now = room.document.arrangement.clip("a").source
    assert isinstance(now, LatentSource)
    assert now.model_hash == "better"
    return now


def test_a_redecoded_latent_keeps_its_place_and_can_be_undone(
    room: Room, better: LatentMap
) -> None:
    with Library.open(better.library_path, read_only=True) as library:
        (last, *_) = [m.model_hash for m in library.maps()]
    source = replace(latent(room.map, 7), model_hash=last)
    now = redecoded(room, source)
    np.testing.assert_allclose(now.array[0], better.latents[7], atol=0.05)
    room.document.undo_stack.undo()
    assert room.document.arrangement.clip("a").source == source


def test_a_latent_of_an_unknown_model_keeps_its_numbers(room: Room, better: LatentMap) -> None:
    source = replace(latent(room.map, 7), model_hash="gone")
    assert redecoded(room, source) == replace(source, model_hash="better")


def test_only_what_is_unlike_most_clips_is_written_on_them(room: Room) -> None:
    real, made = RealSource(room.map.segments[2].id), latent(room.map, 3)
    other = replace(made, renderer="phase")
    infos = [room.clip_info(Clip("a", source, 0)) for source in (real, made, other)]
    assert [info.subtitle for info in infos] == ["original", "audio mosaic", "pure synthesis"]
    assert [info.badge for info in infos] == ["", "", "pure synthesis"]


def test_a_clip_of_a_library_that_is_not_open_says_so(room: Room, tmp_path: Path) -> None:
    real = RealSource("elsewhere-0-0")
    made = latent(room.map, 3)
    room.origins = {real: Origin(tmp_path), made: Origin(tmp_path / "lost")}
    room.controller.describe_anew()
    assert room.clip_info(Clip("a", real, 0)).subtitle == f"from {tmp_path.name}, not open"
    assert room.clip_info(Clip("b", made, 0)).subtitle == "from lost, gone"
    assert room.clip_info(Clip("a", real, 0)).badge == f"from {tmp_path.name}, not open"
    assert room.controller.details(real) == [("Library", f"{tmp_path.name}, not open")]
    assert room.controller.details(made) == [("Library", "lost, gone")]


def test_tracks_of_the_library_before_keep_their_colours(room: Room) -> None:
    segment = room.map.segments[80]
    colour = room.clip_info(Clip("a", RealSource(segment.id), 0)).colour
    room.sessions.put_in_place(Session())
    assert room.clip_info(Clip("a", RealSource(segment.id), 0)).colour == colour


def test_a_segment_has_its_key_where_it_is_known(room: Room) -> None:
    segment = room.map.segments[0]
    source = RealSource(segment.id)
    assert "Key" not in dict(room.controller.details(source))
    room.keys[segment.id] = Key(9, True)
    assert dict(room.controller.details(source))["Key"] == "A minor 8A"


def test_a_latent_has_the_key_of_the_segment_it_lies_nearest_to(room: Room) -> None:
    segment, other = room.map.segments[3], room.map.segments[4]
    assert room.key_of(RealSource(segment.id)) is None
    room.keys[segment.id] = Key(9, True)
    room.keys[other.id] = Key(2, False)
    assert room.key_of(RealSource(segment.id)) == Key(9, True)
    assert room.key_of(latent(room.map, 3, 1e-4)) == Key(9, True)
    assert room.key_of(latent(room.map, 4, 1e-4)) == Key(2, False)
    assert room.key_of(RealSource("of-no-library")) is None
    assert room.key_of(LatentSource(latent(room.map, 3).latents, model_hash="unknown")) is None
    room.sessions.put_in_place(Session())
    assert room.key_of(RealSource(segment.id)) is None
