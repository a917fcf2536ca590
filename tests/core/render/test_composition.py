"""What a composition is made of, gathered from a library; keys are found when asked for."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from core.errors import Cancelled
from core.library.store import Library
from core.render.composition import gather_material
from core.render.decoder import Decoder


def test_material_knows_segments_guides_and_keys(decoder: Decoder, library: Library) -> None:
    material = gather_material(library, decoder)
    ids, latents = decoder.latents()
    assert set(material.ids) == set(ids)
    assert material.guide_of is not None
    for segment_id, latent in list(zip(ids, latents, strict=True))[:3]:
        assert material.guide_of(latent) == segment_id
    assert len(library.keys()._chroma) == 0
    track_id = library.segment(ids[0]).track_id
    found = material.keys([ids[0], ids[0]])
    assert library.keys().knows(track_id)
    assert found == [library.keys().of_segment(library.segment(ids[0]))] * 2


def test_audio_that_is_gone_has_no_key(
    decoder: Decoder, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    material = gather_material(library, decoder)
    asked = []
    for track in library.tracks():
        library.audio_path(track).unlink()
    monkeypatch.setattr(Library, "blocks", _counting(Library.blocks, asked))
    assert material.keys(material.ids) == [None] * len(material)
    times = len(asked)
    assert times == len(library.tracks())
    material.keys(material.ids)
    assert len(asked) == times  # nobody waits for it again


def _counting(function, asked):  # type: ignore[no-untyped-def]
    def counted(self, track):  # type: ignore[no-untyped-def]
        asked.append(track.id)
        return function(self, track)

    return counted


def test_finding_keys_can_be_stopped(decoder: Decoder, library: Library) -> None:
    decoder.latents()
    cancel = threading.Event()
    material = gather_material(library, decoder, cancel=cancel)
    cancel.set()
    with pytest.raises(Cancelled):
        material.keys([material.ids[0]])
    assert np.isfinite(material.latents).all()
