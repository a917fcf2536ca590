"""What is dragged to the window may come from any program."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QUrl

from core.arrangement.clip import LatentSource, RealSource
from technovae_gui import mime

SOURCES = [
    mime.DraggedSource(RealSource("0123456789abcdef-0-4"), "Track, bar 5"),
    mime.DraggedSource(LatentSource.of([0.25] * 64, seed=3, model_hash="abc")),
]


def offered(content: bytes) -> QMimeData:
    """Mime data with `content` in the place of sources."""
    data = QMimeData()
    data.setData(mime.SOURCES, content)
    return data


def test_sources_come_back() -> None:
    assert mime.decode(mime.encode(SOURCES)) == SOURCES


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"{}",
        b"[1]",
        b"[[]]",
        b"[" * 100_000,
        b'[{"source": {}}]',
        b'[{"source": ' + b'{"a": ' * 50_000,
        b'[{"source": {"segment": "x"}, "name": 5}]',
        b'[{"source": {"segment": "x"}}]',
        b'[{"source": {"segment": "../../victim"}, "name": ""}]',
        b'[{"source": {"segment": "a\\u0000b"}, "name": ""}]',
        b'[{"source": {"latents": [[1e999]]}, "name": ""}]',
        b'[{"source": {"latents": [[NaN]]}, "name": ""}]',
        b'[{"source": {"latents": []}, "name": ""}]',
        b'[{"source": {"latents": [[' + b",".join([b"1e30"] * 64) + b']]}, "name": ""}]',
        b'[{"source": {"latents": [[' + b",".join([b"1e39"] * 64) + b']]}, "name": ""}]',
        b'[{"source": {"latents": [[' + b",".join([b"0"] * 64) + b']], "seed": -1}, "name": ""}]',
        b"\xff\xfe",
        b"9" * 5000,
    ],
)
def test_anything_else_is_no_source(content: bytes) -> None:
    assert mime.decode(offered(content)) == []


def test_names_of_megabytes_are_refused() -> None:
    row = {"source": {"segment": "x"}, "name": "x" * 1_000_000}
    assert mime.decode(offered(json.dumps([row]).encode())) == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.fixed_dictionaries(
            {"name": json_values},
            optional={
                "source": st.fixed_dictionaries(
                    {}, optional={"segment": json_values, "latents": json_values}
                )
            },
        ),
        max_size=3,
    )
)
def test_any_json_is_read_or_left(rows: Any) -> None:
    for dragged in mime.decode(offered(json.dumps(rows).encode())):
        assert isinstance(dragged.name, str)


def test_only_files_that_can_be_are_taken() -> None:
    data = QMimeData()
    data.setUrls([QUrl("file:"), QUrl("https://example.org/a.wav"), QUrl("file:///music/a.wav")])
    assert mime.local_files(data) == ["/music/a.wav"]
