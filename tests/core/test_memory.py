"""Memory between arrays that are still in use goes back to the system."""

from __future__ import annotations

import subprocess
import sys

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
