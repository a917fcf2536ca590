"""One root for everything that can go wrong in a way the user can mend.

Each message is one line: what is wrong, then how to go on. The command line prints it and exits
with status 2; the window shows it in a panel.
"""

from __future__ import annotations


class TechnoVAEError(Exception):
    """Root of all errors whose message is meant for the user."""


class InputError(TechnoVAEError):
    """An argument, option or value that cannot be used."""


class AudioError(TechnoVAEError):
    """An audio file that cannot be read, or holds nothing usable."""


class ReadError(AudioError):
    """An audio file whose bytes cannot be read now; another try may end otherwise."""


class OutputError(TechnoVAEError):
    """A file that cannot be written: read-only folder, full disk, unknown extension."""


class LibraryError(TechnoVAEError):
    """A library that is missing, damaged, empty or of another version."""


class ModelError(TechnoVAEError):
    """A model file that is missing, damaged, unsafe or does not fit the library."""


class TrainingError(TechnoVAEError):
    """Training that cannot start or go on: too little data, loss not a number."""


class ProcessGone(TrainingError):  # noqa: N818  (what happened to another process, not a fault here)
    """Another process of the same training has ended, so that none can go on."""

    MESSAGE = (
        "another process of this training has ended, and none can go on without it; start all of "
        "them again, process 0 with --resume where it has kept a model"
    )


class ProjectError(TechnoVAEError):
    """A project file that is damaged, too new, or points at things that are gone."""


class DeviceError(TechnoVAEError):
    """No sound device, or one that went away."""


class Cancelled(TechnoVAEError):  # noqa: N818  (a request honoured, not a fault)
    """The user asked a job to stop; what was finished before is kept."""
