"""Brings keras in quietly, and compiles calls for whichever backend it runs on.

Every module that needs keras takes it from here, so that it is imported once, the way it must be.
"""

from __future__ import annotations

import contextlib
import importlib.abc
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import TrainingError


@contextlib.contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Send file descriptor 2 to nowhere: TensorFlow's C++ writes there before it can be asked not
    to, one paragraph about instruction sets at every start."""
    try:
        sys.stderr.flush()
        kept = os.dup(2)
    except (OSError, AttributeError, ValueError):
        yield
        return
    try:
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123
            os.dup2(nowhere.fileno(), 2)
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


class _NotInstalled(importlib.abc.MetaPathFinder):
    """Finds that some packages are not installed, for the thread that made it."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        self._thread = threading.get_ident()

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name in self._names and threading.get_ident() == self._thread:
            raise ModuleNotFoundError(f"{name} is not needed now", name=name)


@contextlib.contextmanager
def _without(*names: str) -> Iterator[None]:
    """Inside, this thread imports what wants these packages if they are there as if they were not.

    What has been imported already stays, and afterwards they can be imported as ever.
    """
    hidden = _NotInstalled(names)
    sys.meta_path.insert(0, hidden)
    try:
        yield
    finally:
        sys.meta_path.remove(hidden)


def _not_needed() -> list[str]:
    """What keras and TensorFlow import where it is installed, for wrappers, galleries and exports
    that nobody here calls: more than a third of the time that they take, and 200 MB."""
    on_tensorflow = os.environ.get("KERAS_BACKEND") == "tensorflow"
    return ["sklearn", "matplotlib", *(["jax"] if on_tensorflow else [])]


def _missing(package: str) -> TrainingError:
    """What to do about keras or its backend, which is not installed."""
    if getattr(sys, "frozen", False):
        cure = f"unpack the training pack into {Path(sys.executable).parents[1]}"
    else:
        cure = "install the program again: pip install --force-reinstall technovae"
    return TrainingError(f"learning needs {package}, which is not installed; {cure}")


try:
    with _quiet_stderr(), _without(*_not_needed()):
        import keras
        from keras import ops
except ModuleNotFoundError as error:
    if error.name not in ("keras", "tensorflow"):
        raise
    raise _missing(error.name) from error

__all__ = ["compiled", "keras", "ops", "values"]


def compiled(
    function: Callable[..., Any],
    *shapes: tuple[int | None, ...],
    variables: Iterable[Any] = (),
) -> Callable[..., Any]:
    """Compile a function where the backend can.

    On TensorFlow with a fixed signature and a free batch size: without one it traces anew for every
    batch size it meets. Nothing here branches on what is in a tensor, so TensorFlow need not
    translate the Python code first, which took a quarter of the time before the first result.
    JAX compiles once for each batch size.

    Args:
        function: of float32 tensors.
        shapes: of each of them; None: any size.
        variables: keras's, all that the function reads. JAX must be told, as it keeps the values of
            others for good; without any, it and other backends run the function as it is.

    Returns:
        A function that does the same, with the variables as they are when it is called.
    """
    variables = list(variables)
    if keras.backend.backend() == "jax" and variables:
        return _jitted(function, variables)
    if keras.backend.backend() != "tensorflow":
        return function
    import tensorflow as tf

    signature = [tf.TensorSpec(shape, tf.float32) for shape in shapes]
    return tf.function(function, input_signature=signature, autograph=False)  # type: ignore[no-any-return]


def _jitted(function: Callable[..., Any], variables: list[Any]) -> Callable[..., Any]:
    import jax

    def pure(values: list[Any], *tensors: Any) -> Any:
        with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
            return function(*tensors)

    jitted = jax.jit(pure)
    return lambda *tensors: jitted([variable.value for variable in variables], *tensors)


def values(variables: Iterable[Any]) -> list[NDArray[Any]]:
    """What keras's `variables` hold, as arrays of their own."""
    # `np.array(variable)` asks for its copy as numpy 2 does it, which they do not know: a warning.
    return [np.asarray(variable).copy() for variable in variables]
