"""Where the self-contained program begins, and each of its workers."""

import ctypes.util
import multiprocessing
import sys
from pathlib import Path


def find_own_libraries() -> None:
    """Let `ctypes.util.find_library`, which asks the system alone, find the PortAudio in here."""
    of_the_system = ctypes.util.find_library

    def find(name: str) -> str | None:
        own = sorted(Path(sys._MEIPASS).glob(f"lib{name}.so*"))  # type: ignore[attr-defined]
        return own[0].name if own else of_the_system(name)

    ctypes.util.find_library = find


if __name__ == "__main__":
    multiprocessing.freeze_support()  # a worker is this program once more, and ends in here
    if sys.platform == "linux":
        find_own_libraries()
    from technovae_gui.launch import main

    sys.exit(main())
