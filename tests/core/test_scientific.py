"""Several threads that want scipy at once get it whole."""

from __future__ import annotations

import subprocess
import sys

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


def test_nothing_is_imported_before_it_is_asked_for() -> None:
    code = "import sys; from core import scientific; assert 'scipy' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
