"""The variational autoencoder: its network, training and model files.

Importing this package imports nothing heavy, nor does using a model (`core.vae.codec`);
`core.vae.training` brings keras with it (three to four seconds, 570 MB).
"""

from __future__ import annotations

import os

# TensorFlow reads these while it is imported, and keras which backend to take. Its start-up
# chatter (CPU features, missing CUDA drivers) says nothing that a musician could act upon.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
