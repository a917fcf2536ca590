"""Workers end with the window's process, however it ends, and bring nothing heavy to it."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

WINDOW = """
import os, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from core.workers.jobs import Job
from core.workers.service_client import ServiceClient
from core.workers.worker import WorkerConfig
from tests.core.workers import sample_service, sample_tasks

def main():
    app = QCoreApplication([])
    client = ServiceClient(WorkerConfig("pretender", sample_service.SampleService))
    job = Job(sample_tasks.wait_until_cancelled, {})
    ready = set()
    def note(what):
        ready.add(what)
        if len(ready) == 2:
            print(client.pid, job.pid, flush=True)
            {end}
    client.ready.connect(lambda _: note("service"))
    job.emitted.connect(lambda _: note("job"))
    client.open(Path("1"))
    job.start()
    app.exec()

if __name__ == "__main__":
    main()
"""


def window(tmp_path: Path, end: str) -> subprocess.Popen[str]:
    script = tmp_path / "window.py"
    script.write_text(WINDOW.replace("{end}", end))
    return subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def worker_pids(process: subprocess.Popen[str]) -> list[int]:
    assert process.stdout is not None
    return [int(word) for word in process.stdout.readline().split()]


def gone(pids: list[int], seconds: float = 300.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(alive(pid) for pid in pids):
            return True
        time.sleep(0.02)
    return False


def alive(pid: int) -> bool:
    """A zombie that nobody has fetched yet is dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


needs_proc = pytest.mark.skipif(not Path("/proc/self").exists(), reason="asks /proc for processes")


@needs_proc
def test_a_killed_window_leaves_no_worker(tmp_path: Path) -> None:
    process = window(tmp_path, "pass")
    pids = worker_pids(process)
    assert len(pids) == 2
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert gone(pids)


@needs_proc
@pytest.mark.parametrize("end", ["app.quit()", "sys.exit(0)"])
def test_a_window_that_ends_without_closing_ends_its_workers(tmp_path: Path, end: str) -> None:
    process = window(tmp_path, end)
    pids = worker_pids(process)
    assert len(pids) == 2
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    assert gone(pids)


RESULTS = """
import pickle, sys
sys.path.insert(0, {root!r})
names = "protocol process queue worker thread service_client loops jobs tasks training_task"
names += " render_service segment_service background"
for name in names.split():
    __import__("core.workers." + name)
import core.library.latent_map
early = [m for m in {early!r} if m in sys.modules]
for answer in {answers!r}:
    pickle.loads(answer)
late = [m for m in {late!r} if m in sys.modules]
print(early, late)
"""


def test_neither_modules_nor_answers_bring_anything_heavy() -> None:
    from core.arrangement.arrangement import Arrangement
    from core.arrangement.export import ExportResult
    from core.library.report import ImportReport
    from core.vae.history import Epoch
    from core.workers.training_task import Reconstruction, TrainingResult

    here = Path("x")
    answers = [
        TrainingResult(here, "hash", "time", 1, 1, 1.0, 1.0, None, True, ()),
        Reconstruction(None, None),  # type: ignore[arg-type]
        Epoch(0, 0.0, None, 1.0, 1.0, 64, 1.0, 1e-3, 1.0),
        ImportReport(here, (), 1.0, 130.0),
        Arrangement(130.0, ()),
        ExportResult(here, (), 1, -14.0, -1.0),
    ]
    heavy = ["tensorflow", "keras", "librosa", "numba"]
    code = RESULTS.format(
        root=str(ROOT),
        early=[*heavy, "scipy", "sklearn", "pebble"],
        late=heavy,
        answers=[pickle.dumps(answer) for answer in answers],
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[] []"
