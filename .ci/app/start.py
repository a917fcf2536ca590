"""Where the self-contained program begins, and each of its workers."""

import multiprocessing
import sys

if __name__ == "__main__":
    multiprocessing.freeze_support()  # a worker is this program once more, and ends in here
    from technovae_gui.launch import main

    sys.exit(main())
