"""Listens to a virtual device: when sound began or ended there."""

from __future__ import annotations

import os
import subprocess
import threading
import time

import numpy as np

from core.settings import SAMPLE_RATE
from tests.virtual_device import VirtualDevice


class Ear:
    """A context manager. What reaches it is some ten milliseconds behind the stream."""

    def __init__(self, device: VirtualDevice) -> None:
        command = ["parec", "-d", "null.monitor", "--format=float32le", f"--rate={SAMPLE_RATE}"]
        command += ["--channels=2", "--latency-msec=5", "--raw"]
        environment = {**os.environ, **device.env}
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
        self._thread = threading.Thread(target=self._listen)
        self._wanted: bool | None = None
        self._detected = threading.Event()
        self._listening = threading.Event()
        self.at = 0.0

    def __enter__(self) -> Ear:
        self._thread.start()
        # The null sink keeps streams that begin before its reader waiting for seconds.
        self._listening.wait(5.0)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._thread.join()
        self._process.wait()

    def wait_for(self, sound: bool) -> None:
        """Listen from now on for sound, or silence; `detected` says so, `at` is when."""
        self._detected.clear()
        self._wanted = sound

    @property
    def detected(self) -> bool:
        """What was waited for has come; `at` is when (`time.monotonic`)."""
        return self._detected.is_set()

    def until(self, sound: bool) -> float:
        """Seconds from now on until there is sound, or silence. Raises `TimeoutError`."""
        start = time.monotonic()
        self.wait_for(sound)
        if not self._detected.wait(5.0):
            raise TimeoutError("nothing changed")
        return self.at - start

    def _listen(self) -> None:
        assert self._process.stdout is not None
        while data := os.read(self._process.stdout.fileno(), 1 << 16):
            self._listening.set()
            sound = bool(np.frombuffer(data[: len(data) // 4 * 4], np.float32).any())
            if self._wanted is sound:
                self.at, self._wanted = time.monotonic(), None
                self._detected.set()
