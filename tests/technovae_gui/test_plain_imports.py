"""What importing PySide6 does to every later import, and that it is undone."""

from __future__ import annotations

import subprocess
import sys


def test_the_text_of_modules_is_not_read_and_kept() -> None:
    code = (
        "import linecache\n"
        "from technovae_gui import plain_imports\n"
        "plain_imports.restore()\n"
        "import PySide6.QtCore\n"
        "plain_imports.restore()\n"
        "before = set(linecache.cache)\n"
        "import colorsys\n"
        "print(set(linecache.cache) - before)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
