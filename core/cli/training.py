"""`technovae train`."""

from __future__ import annotations

from argparse import Namespace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core import resources
from core.cli import learning_data
from core.cli.console import progress_bar, say
from core.cli.grids import find_track
from core.cli.interrupts import cancel_on_interrupt
from core.errors import InputError, OutputError, TechnoVAEError
from core.library.model_versions import Figures, keep_present_model, keep_version
from core.library.models import MODEL_NAME, is_demo, remember_model
from core.library.store import Library
from core.library.training_weights import LearningChoice, span_of
from core.progress import silent
from core.session import describe_learning
from core.vae.options import TrainOptions, require_model_path
from core.vae.training_processes import ProcessLayout, TrainingSummary, train_in_processes

if TYPE_CHECKING:
    from core.progress import CancelFlag, Progress
    from core.vae.data import TrainingData
    from core.vae.options import TrainResult

_DEFAULT_MINUTES = 10.0


def run(options: Namespace) -> int:
    """Train on a library or an array; the best model so far is always on disk."""
    layout = _layout(options)
    if layout is not None and not layout.leads:
        return _help(options, layout)
    out = options.out or _default_out(options.data)
    require_model_path(out)
    choice = _choice(options)
    data = learning_data.load(options.data, choice)
    say(f"training on {data.describe()}; Ctrl-C stops and keeps the best model")
    chosen = TrainOptions(
        path=out,
        epochs=options.epochs,
        minutes=options.minutes or _DEFAULT_MINUTES,
        seed=options.seed,
        resume=options.resume,
    )
    if options.data.is_dir():
        keep_present_model(options.data)
    with cancel_on_interrupt() as cancel, progress_bar("training") as progress:
        result: TrainResult | TrainingSummary
        if layout is None:
            result = _train_here(data, chosen, progress, cancel)
        else:
            load = partial(learning_data.load, options.data.absolute(), choice)
            made = train_in_processes(load, chosen, layout, progress, cancel)
            assert made is not None
            result = made
    for line in result.lines():
        say(line)
    if options.data.is_dir():
        _remember(options.data, out)
        _keep(options, result)
    return 0


def _train_here(
    data: TrainingData, chosen: TrainOptions, progress: Progress, cancel: CancelFlag
) -> TrainResult:
    from core.vae import training

    return training.train(data, chosen, progress=progress, cancel=cancel)


def _help(options: Namespace, layout: ProcessLayout) -> int:
    """Be one of the processes that process 0, elsewhere, trains with."""
    say(f"process {layout.index} of {layout.count}: trains with {layout.coordinator} until it ends")
    load = partial(learning_data.load, options.data.absolute(), _choice(options))
    # Process 0's options hold for all; a path must be there, and nothing is written to it.
    unused = TrainOptions(path=MODEL_NAME)
    with cancel_on_interrupt() as cancel:
        train_in_processes(load, unused, layout, silent, cancel)
    say("over; process 0 has the model")
    return 0


def _layout(options: Namespace) -> ProcessLayout | None:
    """Where the processes of this training run; None: this one alone, without JAX."""
    if options.processes is None:
        if options.coordinator is not None or options.process is not None:
            raise InputError("--coordinator and --process go with --processes, how many there are")
        return None
    if (options.coordinator is None) != (options.process is None):
        raise InputError(
            "--coordinator and --process go together; without both, all processes run here"
        )
    return ProcessLayout(options.processes, options.coordinator or "", options.process or 0)


def _keep(options: Namespace, result: TrainResult | TrainingSummary) -> None:
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


def _choice(options: Namespace) -> LearningChoice:
    """The tracks that are named to be learned, or to be left out."""
    names = (options.only, options.exclude)
    if not any(names):
        return LearningChoice()
    if not options.data.is_dir():
        raise InputError("--only and --exclude choose tracks of a library, not of an array")
    with Library.open(options.data, read_only=is_demo(options.data)) as library:
        only, without = (
            tuple(span_of(find_track(library, name)) for name in some) for some in names
        )
    return LearningChoice(only, without)


def _default_out(data: Path) -> Path:
    """`saved_models/vae_best.keras` here; but never over the built-in demo's model."""
    if MODEL_NAME.resolve() != resources.demo_model().resolve():
        return MODEL_NAME
    folder = data if data.is_dir() else data.parent
    say(f"{MODEL_NAME} here is the built-in demo's; the new model goes to {folder / MODEL_NAME}")
    return folder / MODEL_NAME
