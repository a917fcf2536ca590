"""Brings keras in quietly, and compiles calls for whichever backend it runs on.

Every module that needs keras takes it from here, so that it is imported once, the way it must be.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray


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


with _quiet_stderr():
    import keras
    from keras import ops

__all__ = ["compiled", "gradient", "keras", "ops", "values"]


def compiled(function: Callable[..., Any], *shapes: tuple[int | None, ...]) -> Callable[..., Any]:
    """`function` of float32 tensors of `shapes`, compiled once where the backend can.

    A fixed signature with a free batch size: without one TensorFlow traces anew for every batch
    size it meets. Nothing here branches on what is in a tensor, so TensorFlow need not translate
    the Python code first, which took a quarter of the time before the first result. Other backends
    run the function as it is.
    """
    if keras.backend.backend() != "tensorflow":
        return function
    import tensorflow as tf

    signature = [tf.TensorSpec(shape, tf.float32) for shape in shapes]
    return tf.function(function, input_signature=signature, autograph=False)  # type: ignore[no-any-return]


def gradient(function: Callable[[Any], Any], at: Any) -> Any:
    """The derivative of a scalar function; TensorFlow only, `keras.ops` has none.

    Args:
        function: tensor -> scalar.
        at: where, any shape.

    Returns:
        A tensor of the shape of `at`.
    """
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(at)
        value = function(at)
    return tape.gradient(value, at)


def values(variables: Iterable[Any]) -> list[NDArray[Any]]:
    """What keras's `variables` hold, as arrays of their own."""
    # `np.array(variable)` asks for its copy as numpy 2 does it, which they do not know: a warning.
    return [np.asarray(variable).copy() for variable in variables]
