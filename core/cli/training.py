"""`technovae train`."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from core import resources
from core.cli.console import progress_bar, say
from core.cli.grids import find_track
from core.cli.interrupts import cancel_on_interrupt
from core.errors import InputError, OutputError, TechnoVAEError
from core.library.model_versions import Figures, keep_present_model, keep_version
from core.library.models import MODEL_NAME, is_demo, remember_model
from core.library.store import Library
from core.library.training_weights import LearningChoice, stretch_of
from core.session import describe_learning, with_demo
from core.session import training_data as library_data
from core.vae import training
from core.vae.data import TrainingData
from core.vae.options import require_model_path

_DEFAULT_MINUTES = 10.0


def run(options: Namespace) -> int:
    """Train on a library or an array; the best model so far is always on disk."""
    out = options.out or _default_out(options.data)
    require_model_path(out)
    data = _data(options)
    say(f"training on {data.describe()}; Ctrl-C stops and keeps the best model")
    chosen = training.TrainOptions(
        path=out,
        epochs=options.epochs,
        minutes=options.minutes or _DEFAULT_MINUTES,
        seed=options.seed,
        resume=options.resume,
    )
    if options.data.is_dir():
        keep_present_model(options.data)
    with cancel_on_interrupt() as cancel, progress_bar("training") as progress:
        result = training.train(data, chosen, progress=progress, cancel=cancel)
    for line in result.lines():
        say(line)
    if options.data.is_dir():
        _remember(options.data, out)
        _keep(options, result)
    return 0


def _keep(options: Namespace, result: training.TrainResult) -> None:
    """Keep the model as a version of the library's."""
    try:
        learned = describe_learning(options.data, _choice(options))
        figures = Figures(**result.figures(), learned=learned)
        kept = keep_version(options.data, result.path, figures, options.note)
    except (TechnoVAEError, OSError) as error:
        say(f"it is not kept as a version: {error}")
    else:
        say(f"kept as version {kept.model_hash}; `technovae info {options.data}` lists them")


def _remember(library: Path, model: Path) -> None:
    try:
        remember_model(library, model)
    except OutputError:
        say(f"this library is read-only and cannot note its model; name it: --model {model}")


def _data(options: Namespace) -> TrainingData:
    path: Path = options.data
    if path.is_dir():
        return library_data(path, _choice(options))
    if options.only or options.exclude:
        raise InputError("--only and --exclude choose tracks of a library, not of an array")
    if path.suffix == ".npy":
        return with_demo(TrainingData.from_file(path))
    raise InputError(f"{path}: neither a library nor a spectrogram_dataset.npy")


def _choice(options: Namespace) -> LearningChoice:
    """The tracks that are named to be learned, or to be left out."""
    names = (options.only, options.exclude)
    if not any(names):
        return LearningChoice()
    with Library.open(options.data, read_only=is_demo(options.data)) as library:
        only, without = (
            tuple(stretch_of(find_track(library, name)) for name in some) for some in names
        )
    return LearningChoice(only, without)


def _default_out(data: Path) -> Path:
    """`saved_models/vae_best.keras` here; but never over the built-in demo's model."""
    if MODEL_NAME.resolve() != resources.demo_model().resolve():
        return MODEL_NAME
    folder = data if data.is_dir() else data.parent
    say(f"{MODEL_NAME} here is the built-in demo's; the new model goes to {folder / MODEL_NAME}")
    return folder / MODEL_NAME
