"""Python's own `import` again, once PySide6 has put another in its place.

PySide6's reads the text of every module that is imported after it, in search of its own name, and
keeps it: what it finds matters to `from __feature__ import …` alone, which is not used here.
Without it the window needs 18 MB less.
"""

import builtins


def restore() -> None:
    """Undo what importing PySide6 did to `import`; nothing where it has not been imported."""
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
