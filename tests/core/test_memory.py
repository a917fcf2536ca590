"""Memory between arrays that are still in use goes back to the system."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_SCRIPT = """
import numpy as np
from core.memory import trim

def resident():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024

del_me = np.ones(5 << 20, np.float32)  # freed, it raises the size from which arrays are mapped
del del_me
loops = [np.ones((330_000, 2), np.float32) for _ in range(60)]
del loops[::2]
freed = resident()
trim()
print(freed - resident(), all((loop == 1.0).all() for loop in loops))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc keeps it")
def test_what_is_free_goes_back() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True
    )
    megabytes, whole = done.stdout.split()
    assert float(megabytes) > 60  # of 75 that are free
    assert whole == "True"


_THREADS = """
import ctypes, sys, threading
from core.memory import share_arenas

share_arenas()
held, ready = [], threading.Barrier(7)

def work():
    held.append([bytearray(50_000) for _ in range(20)])
    ready.wait()
    ready.wait()

threads = [threading.Thread(target=work) for _ in range(6)]
for thread in threads:
    thread.start()
ready.wait()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
ready.wait()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc has arenas")
def test_threads_share_two_arenas(tmp_path: Path) -> None:
    found = tmp_path / "arenas.xml"
    subprocess.run([sys.executable, "-c", _THREADS, str(found)], check=True)
    assert found.read_text().count("<heap nr=") <= 2
