"""A session says why it has no map, and what brings one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.session import Session


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({}, "wait until the library is open"),
        ({"generation": 1}, "import music and train a model first"),
        ({"generation": 1, "tracks": ("one",)}, "train a model first"),
        ({"generation": 1, "tracks": ("one",), "model_path": Path("m.keras")}, "is being made"),
    ],
)
def test_it_says_what_is_missing_for_a_map(fields: dict[str, Any], what: str) -> None:
    line = Session(**fields).missing_map
    assert line.startswith("there is no map yet; ")
    assert line.endswith(what)


def test_with_a_map_nothing_is_missing() -> None:
    a_map: Any = object()
    assert Session(map=a_map).missing_map == ""
