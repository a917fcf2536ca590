"""TechnoVAE's engine: from a folder of techno to new techno, without a screen."""

import os

from core import standard_streams

# Before any file is opened.
standard_streams.ensure()

# Before numpy comes, which reads this: a process multiplies matrices on one thread. Such threads
# wait for each other by spinning. With two busy processes on two cores that made a spectrogram take
# 120 ms, on one thread each 17; alone 18, and 16.
for _name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(_name, "1")
