"""Without keras and its backend one line says how to get them."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from core.errors import TrainingError


@pytest.mark.parametrize(("frozen", "cure"), [(False, "pip install"), (True, "training pack into")])
def test_a_missing_keras_is_told(
    frozen: bool, cure: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "core.keras_backend", raising=False)
    monkeypatch.setitem(sys.modules, "keras", None)
    monkeypatch.setattr(sys, "frozen", frozen, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "technovae" / "technovae"))
    with pytest.raises(TrainingError, match=f"learning needs keras, which is not.*{cure}"):
        importlib.import_module("core.keras_backend")
