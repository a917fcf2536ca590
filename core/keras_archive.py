"""The archive that a `.keras` file is: checked before keras reads it, and packed."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelError

WEIGHTS: Final = "model.weights.h5"
_DATE: Final = (2000, 1, 1, 0, 0, 0)
"""Of every member: the same weights give the same bytes, so the same hash."""
_LEVEL: Final = 1
"""Of compression. Six takes four seconds for a model, six times as long, and makes it 1 % smaller;
a training writes one for each epoch that is better than the last."""
_MOST_BYTES: Final = {"config.json": 4 << 20, "metadata.json": 1 << 20, WEIGHTS: 1 << 30}
"""Of the members of an archive, unpacked. The shipped model's weights take 28 million."""
_LARGEST_WEIGHT: Final = 1e6
"""Of what was learned here none is a hundredth of that."""
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    OSError,
    ValueError,
    EOFError,
    RecursionError,
    NotImplementedError,  # another kind of compression
    RuntimeError,  # an encrypted member
)


class Weights:
    """The weights of a model file, by the names that keras gives them inside it; each is read when
    it is taken."""

    def __init__(self, path: Path, content: bytes) -> None:
        """
        Args:
            path: of the model file.
            content: the HDF5 file inside it, checked.
        """
        import h5py

        self._path = path
        self._file = h5py.File(io.BytesIO(content), "r")

    def take(self, layer: str, number: int, *shape: int) -> NDArray[np.float32]:
        """One weight of a layer.

        Args:
            layer: its name, like "decoder_blocks/block/mix"; empty for the model itself.
            number: of the weight: 0 is a kernel, 1 its bias.
            shape: that it must have.

        Returns:
            An array of its own.

        Raises:
            ModelError: there is none of this shape, or it holds what is no weight.
        """
        try:
            found = self._file[f"{layer}/vars/{number}"]
            if found.shape != shape or found.dtype.kind != "f":
                raise ValueError(layer)
            weight = np.asarray(found[()], np.float32)
            if not np.all(np.abs(weight) < _LARGEST_WEIGHT):  # nor are there any that are no number
                raise ValueError(layer)
            return weight
        except Exception as error:  # h5py raises nearly anything for a damaged file
            raise ModelError(f"{self._path}: the model file is damaged; train it again") from error


def read_model(path: Path, registered_name: str) -> tuple[dict[str, Any], Weights]:
    """Configuration and weights of a model file, without keras.

    Args:
        path: of the file.
        registered_name: of the class that the file must hold.

    Raises:
        ModelError: as `read_config` with its weights checked.
    """
    config, content = _read(path, registered_name, check_weights=True)
    return config, Weights(path, content)


def read_config(path: Path, registered_name: str, *, check_weights: bool = False) -> dict[str, Any]:
    """The configuration that a model file carries, after the whole archive was checked, so that
    keras, whose messages are pages long, need not say what is wrong with it.

    Args:
        path: of the file.
        registered_name: of the class that the file must hold.
        check_weights: see also that the weights are plain arrays which fit into memory, as must be
            known before keras reads them. An HDF5 file of some bytes may declare an array of
            terabytes, or one that lies in another file.

    Returns:
        Plain JSON values.

    Raises:
        ModelError: missing, damaged, or of another program.
    """
    return _read(path, registered_name, check_weights)[0]


def compress(path: Path) -> None:
    """Compress the archive in place and take its dates out; keras only stores.

    Raises:
        OSError: it cannot be written.
    """
    with zipfile.ZipFile(path) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members:
            member = zipfile.ZipInfo(name, _DATE)  # which does not take the archive's own level
            archive.writestr(member, _undated(name, content), zipfile.ZIP_DEFLATED, _LEVEL)


def _read(path: Path, registered_name: str, check_weights: bool) -> tuple[dict[str, Any], bytes]:
    """As `read_config`; also the HDF5 file inside, empty where it was not to be checked."""
    content = b""
    if not path.is_file():  # a pipe would never answer, a device never end
        raise ModelError(f"{path}: there is no such model file; train one, or check the name")
    try:
        with zipfile.ZipFile(path) as archive:
            _require_members(path, archive)
            config = json.loads(archive.read("config.json"))
            if check_weights:
                content = archive.read(WEIGHTS)
                _check_weights(path, content)
            damaged = None if check_weights else archive.testzip()
    except PermissionError as error:
        raise ModelError(f"{path}: the model file may not be read; check its rights") from error
    except _DAMAGED as error:
        raise ModelError(f"{path}: the model file is damaged; train it again") from error
    except KeyError as error:
        raise ModelError(f"{path}: not a model file; choose a .keras file") from error
    if damaged:
        raise ModelError(f"{path}: the model file is damaged ({damaged}); train it again")
    if not isinstance(config, dict) or config.get("registered_name") != registered_name:
        raise ModelError(f"{path}: a model of another program; choose a file that `train` wrote")
    return config, content


def _check_weights(path: Path, content: bytes) -> None:
    """Raise `ModelError` unless `content` is an HDF5 file of arrays of a sane size."""
    import h5py

    total = 0

    def visit(name: str, item: object) -> None:
        nonlocal total
        if isinstance(item, h5py.Dataset):
            total += item.size * item.dtype.itemsize if item.shape is not None else 0
            if item.is_virtual or item.external or total > _MOST_BYTES[WEIGHTS]:
                raise ValueError(name)

    try:
        with h5py.File(io.BytesIO(content), "r") as weights:
            _refuse_links(weights)
            weights.visititems(visit)
    except Exception as error:  # h5py raises nearly anything for a damaged file
        raise ModelError(f"{path}: the model file is damaged (its weights); train it again") from (
            error
        )


def _refuse_links(group: Any) -> None:
    """Raise `ValueError` for links into other files, which `visititems` does not show."""
    import h5py

    for name in group:
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise ValueError(name)
        if isinstance(group[name], h5py.Group):
            _refuse_links(group[name])


def _require_members(path: Path, archive: zipfile.ZipFile) -> None:
    """See that an archive holds what is packed into it and nothing else, none of it too large.

    Raises:
        ModelError: it does not; nothing is unpacked.
    """
    members = archive.infolist()
    names = [member.filename for member in members]
    if "config.json" not in names:
        raise KeyError("config.json")
    if set(names) - _MOST_BYTES.keys() or len(set(names)) != len(names):
        raise ModelError(
            f"{path}: holds other files than a model does, so it is not opened; "
            "choose a file that `train` wrote"
        )
    if any(member.file_size > _MOST_BYTES[member.filename] for member in members):
        raise ModelError(
            f"{path}: too large once unpacked, so it is not opened; "
            "choose a file that `train` wrote"
        )


def _undated(name: str, content: bytes) -> bytes:
    if name != "metadata.json":
        return content
    return json.dumps({**json.loads(content), "date_saved": ""}).encode()


def rounded(weights: NDArray[Any], mantissa_bits: int) -> NDArray[Any]:
    """Round weights so that they pack better.

    Args:
        weights: of any shape; only float32 is rounded, other types are returned as they are.
        mantissa_bits: how many bits of the mantissa stay, 1 to 22.

    Returns:
        An array of the same shape and type, rounded to nearest, half up.
    """
    if weights.dtype != np.float32:
        return weights
    dropped = 23 - mantissa_bits
    bits = np.ascontiguousarray(weights).view(np.uint32)
    half = np.uint32(1 << (dropped - 1))
    mask = np.uint32(0xFFFFFFFF << dropped & 0xFFFFFFFF)
    return ((bits + half) & mask).view(np.float32).reshape(weights.shape)
