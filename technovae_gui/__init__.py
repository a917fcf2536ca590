"""The window. Importing it makes the engine, `core`, importable as well.

In a checkout `core` lies beside this package. A wheel has it inside, as `engine/core`: a package of
that name at the top level of an environment would overwrite other distributions' `core`, and be
overwritten by theirs. Processes that are spawned get the path of the one that starts them.
"""

import sys
from pathlib import Path

_ENGINE = str(Path(__file__).parent / "engine")

if _ENGINE not in sys.path:
    sys.path.insert(0, _ENGINE)
