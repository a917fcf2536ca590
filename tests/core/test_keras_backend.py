"""Without keras and its backend one line says how to get them; with them, nothing else comes."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core import keras_backend
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


def test_what_is_not_needed_is_hidden_from_the_thread_that_imports_and_not_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("unneeded", "other"):
        (tmp_path / f"{name}.py").write_text("")
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with keras_backend._without("unneeded"):
        importlib.import_module("other")
        with pytest.raises(ModuleNotFoundError, match="unneeded") as told:
            importlib.import_module("unneeded")
        assert told.value.name == "unneeded"
        with ThreadPoolExecutor(1) as elsewhere:
            assert elsewhere.submit(importlib.import_module, "unneeded").result()
        importlib.import_module("unneeded")  # there already
    monkeypatch.delitem(sys.modules, "unneeded")
    importlib.import_module("unneeded")


_IMPORTED = """
import sys
import core.vae
from core.keras_backend import keras
assert keras.backend.backend() == "tensorflow"
print(*({"sklearn", "matplotlib", "jax"} & set(sys.modules)))
"""


@pytest.mark.slow
def test_keras_brings_nothing_that_is_not_needed() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _IMPORTED],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == ""
