"""A test that fails with its processes running takes them along."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import processes

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc")

LASTING = "import time; time.sleep(900)"
FAILS = f"""
import subprocess, sys
from pathlib import Path

child = '''
import subprocess, sys
grandchild = subprocess.Popen([sys.executable, "-c", "{LASTING}"])
print(grandchild.pid, flush=True)
grandchild.wait()
'''

def test_that_fails():
    process = subprocess.Popen([sys.executable, "-c", child], stdout=subprocess.PIPE, text=True)
    Path("pids").write_text(f"{{process.pid}} {{process.stdout.readline()}}")
    assert False
"""


def is_running(pid: str) -> bool:
    """Whether there is such a process, and not only its exit status for whoever asks."""
    try:
        return Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_failed_test_leaves_no_process_behind(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(FAILS)
    # Plugins of this environment are no part of it, and take a second.
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment["PYTHONPATH"] = str(Path(processes.__file__).parents[1])
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.processes", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert "1 failed" in ended.stdout, ended.stdout + ended.stderr
    child, grandchild = (tmp_path / "pids").read_text().split()
    until = time.monotonic() + 300
    while (is_running(child) or is_running(grandchild)) and time.monotonic() < until:
        time.sleep(0.01)
    assert not is_running(child)
    assert not is_running(grandchild)


def test_only_younger_processes_are_killed() -> None:
    started = [subprocess.Popen([sys.executable, "-c", LASTING])]
    try:
        begun = processes.ticks() + 1
        while processes.ticks() < begun:  # a hundredth of a second
            pass
        started.append(subprocess.Popen([sys.executable, "-c", LASTING]))
        assert processes.kill_started_since(begun) == [started[1].pid]
        assert started[1].wait(60) < 0
        assert started[0].poll() is None
    finally:
        for process in started:
            process.kill()
            process.wait()
