"""The archive that a model file is: what it says of itself, read without keras, and its packing."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any, Final

from core import settings
from core.errors import ModelError

FORMAT: Final = 1
_REGISTERED: Final = "technovae>SegmentVAE"
_DATE: Final = (2000, 1, 1, 0, 0, 0)
"""Of every member: the same weights give the same bytes, so the same hash."""


def layout() -> dict[str, Any]:
    """What a latent of this version's models means; another layout is another instrument."""
    return {
        "latents": settings.LATENT_SIZE,
        "frames": settings.FRAMES_PER_SEGMENT,
        "bands": settings.N_BANDS,
        "n_fft": settings.N_FFT,
        "top_hz": settings.TOP_HZ,
        "floor_db": settings.FLOOR_DB,
        "ceiling_db": settings.CEILING_DB,
    }


def read_info(path: Path) -> dict[str, Any]:
    """The facts that a model file carries.

    The whole archive is checked, so that keras, whose messages are pages long, need not say what
    is wrong with it.

    Returns:
        Plain JSON values: `layout`, `format`, `epoch`, `tracks`, `windows`, `held_out_db`, `seed`,
        `axes` and `contrast`, as far as the training wrote them.

    Raises:
        ModelError: missing, damaged, of another program or version.
    """
    if path.is_dir() or not path.exists():
        raise ModelError(f"{path}: there is no such model file; train one, or check the name")
    try:
        with zipfile.ZipFile(path) as archive:
            config = json.loads(archive.read("config.json"))
            damaged = archive.testzip()
    except PermissionError as error:
        raise ModelError(f"{path}: the model file may not be read; check its rights") from error
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, ValueError, EOFError) as error:
        raise ModelError(f"{path}: the model file is damaged; train it again") from error
    except KeyError as error:
        raise ModelError(f"{path}: not a model file; choose a .keras file") from error
    if damaged:
        raise ModelError(f"{path}: the model file is damaged ({damaged}); train it again")
    if not isinstance(config, dict) or config.get("registered_name") != _REGISTERED:
        raise ModelError(f"{path}: a model of another program; choose a file that `train` wrote")
    return _checked_info(path, config)


def compress(path: Path) -> None:
    """Compress the archive in place and take its dates out; keras only stores.

    Raises:
        OSError: it cannot be written.
    """
    with zipfile.ZipFile(path) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in members:
            member = zipfile.ZipInfo(name, _DATE)
            archive.writestr(member, _undated(name, content), zipfile.ZIP_DEFLATED)


def _checked_info(path: Path, config: dict[str, Any]) -> dict[str, Any]:
    inner = config.get("config")
    info = inner.get("info") if isinstance(inner, dict) else None
    if not isinstance(info, dict):
        raise ModelError(f"{path}: the model file says nothing about itself; train it again")
    if info.get("format", 0) > FORMAT:
        raise ModelError(f"{path}: written by a newer TechnoVAE; update this one")
    for name, value in layout().items():
        if info.get(name) != value:
            raise ModelError(
                f"{path}: made for {name} {info.get(name)}, but this version has {value}; "
                "train it again"
            )
    return info


def _undated(name: str, content: bytes) -> bytes:
    if name != "metadata.json":
        return content
    return json.dumps({**json.loads(content), "date_saved": ""}).encode()
