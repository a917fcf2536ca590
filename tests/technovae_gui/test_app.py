"""Memory of loops that are no longer needed goes back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

_SCRIPT = """
import numpy as np
from core.memory import return_large_arrays

def resident():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024

return_large_arrays()
del_me = np.ones(5 << 20, np.float32)  # the system's own rule learns from what is freed
del del_me
loops = [np.ones((330_000, 2), np.float32) for _ in range(60)]
full = resident()
del loops[::2]
print(full - resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc keeps them")
def test_freed_loops_go_back_to_the_system() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True
    )
    assert float(done.stdout) > 60  # of 75 MB; without it none
