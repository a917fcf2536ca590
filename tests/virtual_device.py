"""A real sound device without hardware: PulseAudio's null sink on a private socket, recorded.

PortAudio reaches it through ALSA's pulse plug-in. It paces in real time and is sample-exact, but
for the first few frames of a stream (lead in with 20 ms of silence) and what a busy
machine loses.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import numpy as np
import pytest
from numpy.typing import NDArray

RATE = 44_100
_START_SECONDS = 60.0
_ASOUND = """
pcm.!default { type pulse }
ctl.!default { type pulse }
"""


@dataclass
class VirtualDevice:
    """A running daemon.

    env: what a process needs in its environment to play on it
    """

    env: dict[str, str]
    folder: Path
    _daemon: subprocess.Popen[bytes]
    _recorders: list[tuple[subprocess.Popen[bytes], IO[bytes]]] = field(default_factory=list)

    def record(self, path: Path) -> None:
        """Record what plays to `path`, raw float32 stereo, until `stop` (or the end)."""
        out = path.open("wb")
        command = ["parec", "-d", "null.monitor", "--format=float32le", f"--rate={RATE}"]
        command += ["--channels=2", "--latency-msec=5", "--raw"]
        process = subprocess.Popen(
            command, stdout=out, stderr=subprocess.DEVNULL, env={**os.environ, **self.env}
        )
        self._recorders.append((process, out))
        _wait_for(lambda: path.stat().st_size > 0, "the recorder")

    def stop(self) -> None:
        """End the recordings."""
        for process, out in self._recorders:
            _end(process)
            out.close()
        self._recorders = []

    def unplug(self) -> None:
        """Take the device away."""
        self.stop()
        _end(self._daemon)

    def plug_in(self) -> None:
        """Bring it back, with nobody listening yet."""
        self._daemon = _daemon(self.folder, self.env)

    def close(self) -> None:
        """End everything; the recorder before the daemon."""
        self.unplug()


def read(path: Path) -> NDArray[np.float32]:
    """(frames, 2) that were recorded to `path` up to now."""
    raw = np.frombuffer(path.read_bytes(), np.float32)
    return raw[: len(raw) // 2 * 2].reshape(-1, 2)


def from_first_sound(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """`samples` from the first frame on that is not silent."""
    loud = np.flatnonzero(samples.any(axis=1))
    return samples[loud[0] :] if len(loud) else samples[:0]


@dataclass(frozen=True)
class Heard:
    """What a recording has of a sound that was played.

    frames: of the sound that were heard, in order, each as it is in the sound
    foreign: of the recording before the last of these that are neither these nor silence; after a
        tenth of a second of them nothing more is looked for
    """

    frames: int
    foreign: int


def compare(heard: NDArray[np.float32], wanted: NDArray[np.float32]) -> Heard:
    """Find `wanted` (n, 2) in `heard` (m, 2), which a busy machine may have interrupted: a block
    that comes late leaves silence, one that is lost is left out.

    Both count from their first sound on.
    """
    here, there = _frames(heard), _frames(wanted)
    frames = foreign = unknown = 0
    while len(here) and len(there) and unknown < _GIVEN_UP:
        if same := _equal(here, there):
            frames, foreign, unknown = frames + same, foreign + unknown, 0
            here, there = here[same:], there[same:]
        here = here[np.argmax(here != 0) :] if here.any() else here[:0]
        if len(here) and (place := _place(here[:_PIECE], there)) is not None:
            there = there[place:]
        else:
            here, unknown = here[1:], unknown + 1
    return Heard(frames, foreign + unknown * (unknown == _GIVEN_UP))


def _frames(samples: NDArray[np.float32]) -> NDArray[np.uint64]:
    """(n,): from the first sound on, each frame of (n, 2) as one number; 0 is silence."""
    return (from_first_sound(samples) + np.float32(0.0)).view(np.uint64).ravel()


_GIVEN_UP = RATE // 10
_PIECE = 64
"""Frames that tell one place of a sound from every other."""


def _equal(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> int:
    """How many frames are the same, from the first on."""
    length = min(len(one), len(other))
    apart = np.flatnonzero(one[:length] != other[:length])
    return int(apart[0]) if len(apart) else length


def _place(piece: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> int | None:
    """Where `piece` is in `wanted` for the first time; None: nowhere."""
    for place in np.flatnonzero(wanted == piece[0]):
        length = min(len(piece), len(wanted) - int(place))
        if _equal(piece, wanted[place:]) == length:
            return int(place)
    return None


@contextmanager
def virtual_device() -> Iterator[VirtualDevice]:
    """A daemon of its own for as long as the context lasts; skips where PulseAudio is missing."""
    if not all(shutil.which(name) for name in ("pulseaudio", "parec", "pactl")):
        pytest.skip("needs PulseAudio: apt install pulseaudio pulseaudio-utils libasound2-plugins")
    # The socket's path must be short.
    with tempfile.TemporaryDirectory(prefix="tv", dir="/tmp") as name:
        device = _started(Path(name))
        try:
            yield device
        finally:
            device.close()


def _started(folder: Path) -> VirtualDevice:
    socket = folder / "socket"
    asound = folder / "asound.conf"
    asound.write_text(f"</usr/share/alsa/alsa.conf>\n{_ASOUND}")
    (folder / "cookie").touch()
    env = {
        "PULSE_SERVER": f"unix:{socket}",
        "PULSE_RUNTIME_PATH": str(folder),
        "PULSE_COOKIE": str(folder / "cookie"),
        "XDG_RUNTIME_DIR": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "HOME": str(folder),
        "ALSA_CONFIG_PATH": str(asound),
    }
    return VirtualDevice(env, folder, _daemon(folder, env))


def _daemon(folder: Path, env: dict[str, str]) -> subprocess.Popen[bytes]:
    modules = [
        f"module-native-protocol-unix socket={folder / 'socket'} auth-anonymous=1",
        f"module-null-sink sink_name=null rate={RATE} channels=2 format=float32le",
    ]
    command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
    command += ["--disable-shm=yes", *(f"--load={module}" for module in modules)]
    environment = {**os.environ, **env}
    with (folder / "log").open("wb") as log:
        daemon = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def answers() -> bool:
        asked = subprocess.run(["pactl", "info"], env=environment, capture_output=True)
        return asked.returncode == 0

    try:
        _wait_for(answers, "PulseAudio")
    except TimeoutError as error:
        _end(daemon)
        raise TimeoutError(f"{error}: {(folder / 'log').read_text()}") from error
    return daemon


def _wait_for(ready: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not start")
        time.sleep(0.05)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()
