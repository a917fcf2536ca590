"""Several threads that want scipy at once get it whole."""

from __future__ import annotations

import subprocess
import sys

import pytest

TOGETHER = """
import threading
from core import scientific
from core.playback.meters import Meter

start, failed = threading.Barrier(4), []

def run(work):
    start.wait()
    try:
        work()
    except BaseException as error:
        failed.append(repr(error))

def inverse():
    scientific.load()
    import core.latent.inverse, core.latent.paths, core.latent.sampling

def library():
    scientific.load()
    import core.library.store

def mixdown():
    scientific.load()
    import core.arrangement.mixdown

threads = [threading.Thread(target=run, args=(each,))
           for each in (Meter().load, inverse, library, mixdown)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(failed)
"""


def test_four_threads_import_at_once() -> None:
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", TOGETHER], capture_output=True, text=True)
        assert done.stdout.strip() == "[]", done.stdout + done.stderr


@pytest.mark.parametrize(
    "module", ["core.scientific", "core.render.workspace", "core.render.decoder"]
)
def test_nothing_is_imported_before_it_is_asked_for(module: str) -> None:
    """Who plays latents needs scipy.fft; what else was imported took a sixth of the renderer's
    start."""
    code = f"import sys, {module}; assert 'scipy' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_only_what_is_asked_for_is_imported() -> None:
    code = (
        "import sys; from core import scientific; scientific.load('fft');"
        "assert 'scipy.fft' in sys.modules and 'scipy.ndimage' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
