"""Marks of tests that not every system can run: it skips them there, and says why."""

from __future__ import annotations

import os
import signal
import sys

import pytest

needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
needs_kill = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills as POSIX does")
needs_modes = pytest.mark.skipif(os.name != "posix", reason="modes of files as POSIX has them")
needs_names_of_bytes = pytest.mark.skipif(
    sys.platform != "linux", reason="names of files are text here, not bytes"
)
