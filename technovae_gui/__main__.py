"""`python -m technovae_gui`."""

import sys

from technovae_gui.launch import main

if __name__ == "__main__":
    sys.exit(main())
