"""`technovae info`: what a library, model, project or audio file holds."""

from __future__ import annotations

import contextlib
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import resources
from core.cli.console import progress_bar, quiet_libraries, table
from core.cli.interrupts import cancel_on_interrupt
from core.errors import InputError, ModelError
from core.file_times import local_time
from core.settings import SAMPLE_RATE

if TYPE_CHECKING:
    from core.rhythm.onsets import OnsetFeatures


def run(options: Namespace) -> int:
    """Print a table about `path`; its kind is found by looking at it."""
    path: Path = options.path or resources.demo_library()
    if not path.exists():
        raise InputError(f"{path}: no such file or folder; check the name")
    if path.is_dir():
        _library(path, with_segments=options.segments, with_keys=options.keys)
    elif _is_audio(path):
        _audio(path)
    elif path.suffix == ".keras":
        _model(path)
    elif path.suffix in (".json", ".technovae"):
        _project(path)
    else:
        _audio(path)
    return 0


def _is_audio(path: Path) -> bool:
    """Whether its bytes begin as some audio file does; its name may say anything."""
    from core.audio.containers import Kind, kind_of

    try:
        return kind_of(path)[0] is not Kind.UNKNOWN
    except OSError:
        return False


def _facts(title: str, facts: Mapping[str, object]) -> None:
    table(title, ("", ""), facts.items())


def _library(path: Path, *, with_segments: bool, with_keys: bool) -> None:
    from core.library.describe import describe
    from core.library.key_analysis import analyse_keys
    from core.library.models import is_demo
    from core.library.store import Library

    with Library.open(path, read_only=is_demo(path)) as library:
        if with_keys:
            with cancel_on_interrupt() as cancel, progress_bar("keys") as progress:
                analyse_keys(library, progress, cancel)
        about = describe(library)
        _facts(str(path), about.facts)
        columns = ("no.", *about.columns)
        rows = [(number, *row) for number, row in enumerate(about.rows, 1)]
        table("tracks", columns, rows, right=columns[4:])
        if with_segments:
            _segments(library)
    _versions(path)


def _versions(path: Path) -> None:
    from core.library.model_versions import describe, read_versions, total_size
    from core.library.models import model_for

    versions = read_versions(path)
    if not versions:
        return
    columns = (
        "version",
        "trained",
        "minutes",
        "error",
        "held out",
        "sharpness",
        "learned",
        "note",
        "in use",
    )
    in_use = ""
    with contextlib.suppress(ModelError):
        in_use = resources.digest(model_for(path))
    rows = [
        (
            it.model_hash,
            *describe(it),
            it.figures.learned,
            " ".join(it.note.split()),
            "yes" if it.model_hash == in_use else "",
        )
        for it in versions
    ]
    size = total_size(versions) / 1e6
    table(f"versions of the model, {size:.0f} MB", columns, rows, right=columns[2:6])


def _segments(library: object) -> None:
    from core.dsp.attributes import NAMES
    from core.library.store import Library

    assert isinstance(library, Library)
    titles = {track.id: track.title for track in library.tracks()}
    columns = ("segment", "track", "bar", "at (s)", *NAMES)
    rows = [
        (
            s.id,
            titles[s.track_id],
            s.bar + 1,
            f"{s.start_seconds:.2f}",
            *(f"{getattr(s.attributes, name):.2f}" for name in NAMES),
        )
        for s in library.segments()
    ]
    table("segments", columns, rows, right=columns[2:])


def _model(path: Path) -> None:
    from core.vae import model_file

    info = model_file.read_info(path)
    file = path.stat()
    _facts(
        str(path),
        {
            "hash": resources.digest(path),
            "written": local_time(file.st_mtime).strftime("%Y-%m-%d %H:%M"),
            "size": f"{file.st_size / 1e6:.1f} MB",
            "trained on": _trained_on(info),
            "best epoch": info.get("epoch", ""),
            **_errors(path, info),
            "latents": info["latents"],
            "a segment is": f"{info['frames']} frames of {info['bands']} bands up to "
            f"{info['top_hz']:,.0f} Hz, {info['floor_db']:g} to {info['ceiling_db']:g} dB",
            "attribute axes": ", ".join(info.get("axes") or ()) or "none",
            "restores contrast": "yes" if info.get("contrast") else "no",
            **({"sharpness": f"{info['sharpness']:.2f}"} if info.get("sharpness") else {}),
            "seed": info.get("seed", ""),
        },
    )


def _trained_on(info: Mapping[str, Any]) -> str:
    if "windows" not in info:
        return ""
    tracks = info.get("tracks", 1)
    return f"{info['windows']:,} windows of four bars, {tracks} track{'s' * (tracks != 1)}"


def _errors(path: Path, info: Mapping[str, Any]) -> dict[str, str]:
    """Mean absolute errors, as far as the file and the history of its training know them."""
    from core.vae.history import History

    held = info.get("held_out_db")
    facts = {} if held is None else {"error on held-out music": f"{held:.2f} dB"}
    try:
        history = History.read(path)
    except (OSError, ValueError, KeyError, TypeError):
        return facts
    for epoch in history.epochs:
        if epoch.number == info.get("epoch"):
            facts["error on its own music"] = f"{epoch.library_db:.2f} dB"
    facts["epochs in all"] = str(history.last)
    return facts


def _project(path: Path) -> None:
    from core.arrangement import project_file

    document = project_file.load(path)
    arrangement = document.arrangement
    seconds = arrangement.length_frames / SAMPLE_RATE
    others = ", ".join(origin.library_name for origin in document.origins)
    _facts(
        str(path),
        {
            "title": arrangement.title,
            "tempo": f"{arrangement.bpm:g} BPM",
            "length": f"{int(seconds // 60)}:{seconds % 60:06.3f}",
            "library": document.library or "the built-in demo",
            "model": document.model or "the built-in demo's",
            "model's hash": document.model_hash,
            **({"clips are also from": others} if others else {}),
        },
    )
    columns = ("lane", "clips", "gain (dB)", "pan")
    rows = [
        (lane.name, len(lane.clips), f"{lane.gain_db:g}", lane.pan) for lane in arrangement.lanes
    ]
    table("lanes", columns, rows, right=columns[1:])


def _audio(path: Path) -> None:
    with quiet_libraries():
        facts = _sound(path)
    _facts(str(path), facts)


def _sound(path: Path) -> dict[str, object]:
    from core.audio import files, loudness
    from core.rhythm.onsets import OnsetStream

    reader = files.AudioReader(path)
    meter, onsets = loudness.LoudnessMeter(), OnsetStream()
    frames = 0
    for block in reader:
        meter.feed(block)
        onsets.feed(block)
        frames += len(block)
    info = reader.info
    remarks = {"remarks": "; ".join(reader.warnings)} if reader.warnings else {}
    return {
        "container": info.container,
        "codec": info.codec,
        "sample rate": f"{info.sample_rate} Hz",
        "channels": info.channels,
        "length": f"{frames / SAMPLE_RATE:.2f} s",
        "title": info.title or "",
        "artist": info.artist or "",
        "loudness": f"{meter.integrated:.1f} LUFS",
        "true peak": f"{meter.true_peak_dbtp:.1f} dBTP",
        "read by": info.reader,
        **remarks,
        **_beat(path, onsets.finish()),
    }


def _beat(path: Path, features: OnsetFeatures) -> dict[str, object]:
    from core.library import gridding
    from core.rhythm.loops import LoopTiming

    if not features.powers.any():
        return {"kind": "silence"}
    found = gridding.of_file(path, features)
    if isinstance(found, str):
        return {"kind": f"one-shot: {found}"}
    if isinstance(found, LoopTiming):
        bars, start = f"{found.bars} bar{'s' * (found.bars > 1)}", f"{found.start:.3f} s"
        return {
            "kind": f"loop of {bars}",
            "tempo": f"{found.bpm:.3f} BPM",
            "first downbeat": start,
            "confidence": f"{found.grid().confidence:.2f}",
        }
    return {
        "kind": "track",
        "tempo": f"{found.bpm:.3f} BPM" if found.is_steady else "no steady beat",
        "first downbeat": f"{found.downbeat:.3f} s" if found.is_steady else "",
        "confidence": f"{found.confidence:.2f}",
    }
