"""What a child process finds when it starts."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from core.workers.child import Child
from tests.core.workers import services


def threads_of_a_child() -> object:
    child = Child(services.tell_threads, (), name="teller", niceness=0)
    told = child.connection.recv()
    assert child.reap() == 0
    return told


def test_matrices_are_multiplied_on_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    assert threads_of_a_child() == "1"
    assert "OPENBLAS_NUM_THREADS" not in os.environ


def test_the_user_s_own_choice_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")
    assert threads_of_a_child() == "3"
    assert os.environ["OPENBLAS_NUM_THREADS"] == "3"


def test_keras_comes_without_what_it_only_plots_with_and_that_can_come_later() -> None:
    code = (
        "import sys; from core.workers import decoding; decoding._import_network();"
        "early = [m for m in ('sklearn', 'matplotlib') if m in sys.modules];"
        "import matplotlib.pyplot; from sklearn.manifold import TSNE;"
        "print('keras' in sys.modules, early)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "True []"
