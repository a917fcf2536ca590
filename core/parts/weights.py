"""Names, places and shapes of the weights in the file of a parts network.

Keras writes each layer under the attribute of the network that holds it; layers of one kind in a
list or a dictionary under the kind's name and a number, and two of them, which come after the
attribute `layers` in the alphabet, under that.
"""

from __future__ import annotations

from collections.abc import Sequence

from core import settings
from core.parts.dimensions import FEATURES, TAPS

Shape = tuple[int, ...]

AFFINES = ("fine", "middle", "coarse", "up_middle", "up_fine")
"""Where bands have gains and offsets of their own, in the order in which the network has them."""
_PARTS = len(settings.PARTS)
_BANDS = settings.N_BANDS


def shapes(widths: Sequence[int], floor: int, blocks: int) -> dict[str, tuple[Shape, ...]]:
    """The weights of each layer.

    Args:
        widths: channels at the three scales, from fine to coarse.
        floor: width of the stack along time.
        blocks: how many blocks it has.

    Returns:
        By the layer's name the shapes of its weights, in order: kernel and bias, or gain and
        offset.
    """
    fine, middle, coarse = widths
    floor_channels = _BANDS // 16 * coarse
    at_fine, at_middle = (_BANDS // 2, fine), (_BANDS // 4, middle)
    affines = (at_fine, at_middle, (_BANDS // 16, coarse), at_middle, at_fine)
    layers: dict[str, tuple[Shape, ...]] = {
        "entry": _kernel(3, 3, 4 * FEATURES, fine),
        "at_fine": _kernel(3, 3, fine, fine),
        "down_middle": _kernel(4, 4, fine, middle),
        "at_middle": _kernel(3, 3, middle, middle),
        "down_coarse": _kernel(4, 6, middle, coarse),
        "floor_in": _kernel(floor_channels, floor),
        "floor_norm": ((floor,), (floor,)),
        "floor_out": _kernel(floor, floor_channels),
        "up_middle": ((2, 4, middle, 2 * coarse), (middle,)),
        "join_middle": _kernel(3, 3, 2 * middle, middle),
        "up_fine": ((2, 2, fine, middle), (fine,)),
        "join_fine": _kernel(3, 3, 2 * fine, fine),
        "head": _kernel(3, 3, fine, 4 * _PARTS),
        "detail": _kernel(4 * FEATURES, 4 * _PARTS),
        "bias": ((_BANDS, _PARTS), (_BANDS, _PARTS)),
    }
    layers |= {f"affine/{name}": (at, at) for name, at in zip(AFFINES, affines, strict=True)}
    for k in range(blocks):
        layers[f"floor_blocks/{k}"] = ((TAPS, floor),)
        layers[f"floor_blocks/{k}/norm"] = ((floor,), (floor,))
        layers[f"floor_blocks/{k}/inner"] = _kernel(floor, 2 * floor)
        layers[f"floor_blocks/{k}/outer"] = _kernel(2 * floor, floor)
    return layers


def place(layer: str) -> str:
    """Where in the file keras puts the weights of a layer of `shapes`."""
    kind, _, rest = layer.partition("/")
    if layer in _UNDER_LAYERS:
        kind = f"layers/{_numbered('conv2d_transpose', _UNDER_LAYERS.index(layer))}"
    elif kind == "affine":
        kind = f"affine/{_numbered('band_affine', AFFINES.index(rest))}"
    elif kind == "floor_blocks":
        number, _, inner = rest.partition("/")
        kind = f"floor_blocks/{_numbered('time_block', int(number))}{inner and '/' + inner}"
    return kind


_UNDER_LAYERS = ("up_middle", "up_fine")


def _numbered(kind: str, number: int) -> str:
    return f"{kind}_{number}" if number else kind


def _kernel(*shape: int) -> tuple[Shape, Shape]:
    return shape, shape[-1:]
