"""`python -m core.cli` in a checkout: the same as `technovae`, without the window."""

from __future__ import annotations

import sys

from core.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
