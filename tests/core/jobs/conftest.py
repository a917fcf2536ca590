"""Qt without a screen, for the jobs' signals."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
