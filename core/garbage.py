"""Python's search for garbage, put off while a program starts.

Reference counts free nearly everything at once; the search only finds objects that refer to each
other in circles. It goes through all objects there are whenever their number has grown by a
quarter, so while a program imports it goes through the same modules again and again: a tenth of the
time to the window's first paint, a quarter of importing keras. What was imported stays for good and
need not be searched later either: the longest pauses of an event loop were such searches.
"""

from __future__ import annotations

import gc


def pause() -> None:
    """Search no more, until `resume`."""
    gc.disable()


def resume() -> None:
    """Search again after `pause`, but never through what is there now."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
